"""`LabelledScene`: a photo and the boxes of its motifs; every source makes it, pools keep it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.regions import Photo

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LabelledScene:
    """A photo, its boxes, and how far one may trust that nothing else in it is a motif."""

    photo: Photo
    boxes: Floats  # (n, 4): x_min, y_min, x_max, y_max in pixels of the photo
    trust: float = 1.0  # the weight of "nothing here"; below 1 where marks may be unlabelled

    def __post_init__(self) -> None:
        if self.photo.ndim != 3 or self.photo.shape[2] != 3 or self.photo.dtype != np.uint8:
            raise ValueError(f"a photo is (H, W, 3) uint8, not {self.photo.shape}")
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4 or self.boxes.dtype != np.float32:
            raise ValueError(f"boxes are (n, 4) float32, not {self.boxes.shape}")
        height, width = self.photo.shape[:2]
        lows, highs = self.boxes[:, :2], self.boxes[:, 2:]
        if (lows < 0).any() or not (highs > lows).all() or (highs > (width, height)).any():
            raise ValueError(f"a box lies outside the photo of {width} x {height} pixels")
        if not 0 <= self.trust <= 1:
            raise ValueError(f"trust lies from 0 to 1, not at {self.trust}")


def size_shares(photo: Photo, boxes: Floats) -> Floats:
    """Return each box's longest side as a share of the photo's short side.

    >>> size_shares(np.zeros((100, 200, 3), np.uint8), np.float32([[0, 0, 30, 10]]))
    array([0.3], dtype=float32)
    """
    shares: Floats = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) / np.float32(min(photo.shape[:2]))
    return shares

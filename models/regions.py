"""`Regions`: a photo and the boxes in it that are worth a look.

The pair is the currency between the two seams of this package. An embedder that crops needs both,
and so does one that runs the photo once and pools inside it; neither needs to know which proposer
made the boxes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Photo = NDArray[np.uint8]  # (height, width, 3) RGB, upright
Boxes = NDArray[np.int32]  # (regions, 4): x_min, y_min, x_max, y_max; maxima exclusive
Embeddings = NDArray[np.float32]  # (regions, dim), unit rows


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Boxes inside one photo; checks itself, then its boxes are read-only."""

    photo: Photo
    boxes: Boxes

    def __post_init__(self) -> None:
        if self.photo.ndim != 3 or self.photo.shape[2] != 3 or self.photo.dtype != np.uint8:
            raise ValueError(f"a photo is (H, W, 3) uint8, not {self.photo.shape}")
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4 or self.boxes.dtype != np.int32:
            raise ValueError(f"boxes are (N, 4) int32, not {self.boxes.shape} {self.boxes.dtype}")
        height, width = self.photo.shape[:2]
        lows, highs = self.boxes[:, :2], self.boxes[:, 2:]
        if (lows < 0).any() or (highs <= lows).any() or (highs > (width, height)).any():
            raise ValueError(f"a box lies outside the photo of {width} x {height} pixels")
        self.boxes.setflags(write=False)

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def of(cls, photo: Photo, boxes: list[tuple[int, int, int, int]]) -> "Regions":
        """Build regions from plain tuples; an empty list gives no regions."""
        return cls(photo, np.asarray(boxes, dtype=np.int32).reshape(-1, 4))

"""How much there is to see in a reference, and whether two references look alike.

    region of a photo ─▶ shrink ─▶ cut off the even margin ─▶ 64 x 64 ─▶ contrast, structure, shape

A picture is *plain* when a profile along one coordinate explains it: stripes along a row or a
column, rings around the middle, round, square or on their tip. What is left unexplained is the
structure that a match can rest on. The shape is what two pictures are compared by; it knows neither
size, margin nor colour, and black on white is the same as white on black. Nothing here knows a
motif or passes a verdict.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.domain.box import Box

_LONGEST = 192  # pixels: more would only cost time
_SIDE = 64
_INK = 40.0  # difference from the margin, summed over the channels, that is more than JPEG's doing
_BINS = 32  # of a profile, for each half of the picture
_FLAT = 1e-6

Picture = NDArray[np.uint8]
Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What the eye gets of a region.

    Attributes:
        contrast: standard deviation of the brightness, 0 to 128.
        structure: share of the variance that no plain profile explains, 0 to 1.
        shape: `(4096,)`, centred brightness with unit length; zeros for a flat picture.
        ratio: logarithm of width over height, without the margin.
    """

    contrast: float
    structure: float
    shape: Grey
    ratio: float

    def agreement(self, other: "Appearance") -> float:
        """Return how well two shapes correlate, 0 to 1; 0 when their proportions differ.

        A fifth more width for the same height is another drawing.
        """
        if abs(self.ratio - other.ratio) > np.log(1.2):
            return 0.0
        return float(abs(self.shape @ other.shape))


def appearance(photo: Picture, region: Box) -> Appearance:
    """Look at one region of a `(H, W, 3)` photo."""
    x_min, y_min, x_max, y_max = region.as_tuple()
    image = Image.fromarray(np.ascontiguousarray(photo[y_min:y_max, x_min:x_max]))
    if max(image.size) > _LONGEST:
        image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    tight = image.crop(_ink(np.asarray(image, np.float32)))
    small = tight.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    grey = np.asarray(small, np.float32)
    centred = grey - grey.mean()
    length = float(np.linalg.norm(centred))
    shape = (centred / length if length > _FLAT else np.zeros_like(centred)).ravel()
    ratio = float(np.log(tight.width / tight.height))
    return Appearance(float(grey.std()), _unexplained(centred), shape, ratio)


def _ink(pixels: Grey) -> tuple[int, int, int, int]:
    """Return the box of what differs from the margin; everything where nothing does."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    differs = np.abs(pixels - np.median(border, axis=0)).sum(axis=2) > _INK
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return (0, 0, pixels.shape[1], pixels.shape[0])
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _unexplained(centred: Grey) -> float:
    """Return the smallest share of the variance that a plain profile leaves over."""
    total = float((centred**2).sum())
    if total < _FLAT:
        return 0.0
    axis = np.abs((np.arange(_SIDE) + 0.5) / _SIDE * 2 - 1)
    across, down = np.meshgrid(axis, axis)
    place = np.tile(np.arange(_SIDE) / _BINS, (_SIDE, 1))  # a bin for each column
    distances = (
        place,
        place.T,
        np.hypot(across, down),
        np.maximum(across, down),
        across + down,
    )
    return min(_left_over(centred, distance) for distance in distances) / total


def _left_over(centred: Grey, distance: NDArray[np.float64]) -> float:
    bins = np.minimum((distance * _BINS).astype(np.intp), 2 * _BINS - 1).ravel()
    values = centred.ravel()
    counts = np.bincount(bins)
    means = np.bincount(bins, values) / np.maximum(counts, 1)
    return float(((values - means[bins]) ** 2).sum())

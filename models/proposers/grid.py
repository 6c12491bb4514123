"""A multi-scale grid of overlapping square windows, with the whole photo always first.

It looks everywhere and knows nothing: the floor that a trained proposer has to beat. Every scale is
the side of a window as a share of the photo's short side, so the number of regions depends on the
photo's shape and not on its resolution.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.regions import Boxes, Photo, Regions

_MOST_STEPS = 127


@dataclass(frozen=True, slots=True)
class GridProposer:
    """Windows at each of `scales`, each overlapping the next by at least `overlap`.

    A window never shrinks below `min_side` pixels: there a region shows too little to embed, and
    smaller scales of a small photo are left out.
    """

    scales: tuple[float, ...] = (1.0, 0.5, 0.33)
    overlap: float = 0.5
    min_side: int = 24

    def __post_init__(self) -> None:
        if not self.scales or not all(0 < scale <= 1 for scale in self.scales):
            raise ValueError("grid scales lie above 0 and at most 1")
        if not 0 <= self.overlap < 0.9:
            raise ValueError("grid overlap lies from 0 to below 0.9")

    @property
    def name(self) -> str:
        """Names the grid with its settings, such as `grid-1-0.5-0.33-o0.5-m24`."""
        scales = "-".join(f"{scale:g}" for scale in self.scales)
        return f"grid-{scales}-o{self.overlap:g}-m{self.min_side}"

    def propose(self, photo: Photo) -> Regions:
        """Return the whole photo and its windows, coarse to fine, row by row."""
        height, width = photo.shape[:2]
        return Regions(photo, _windows(self, height, width).copy())


@lru_cache(maxsize=64)
def _windows(grid: GridProposer, height: int, width: int) -> Boxes:
    boxes = [(0, 0, width, height)]
    for scale in grid.scales:
        side = round(min(height, width) * scale)
        if side < grid.min_side:
            continue
        tops = _starts(height, side, grid.overlap)
        lefts = _starts(width, side, grid.overlap)
        boxes += [(left, top, left + side, top + side) for top in tops for left in lefts]
    unique = dict.fromkeys(boxes)  # a square photo's first scale is the whole photo again
    return np.asarray(list(unique), dtype=np.int32)


def _starts(length: int, side: int, overlap: float) -> list[int]:
    """Return evenly spaced starts that cover `length` from edge to edge.

    >>> _starts(100, 50, 0.5)
    [0, 25, 50]
    """
    room = length - side
    steps = int(np.ceil(room / (side * (1 - overlap)) - 1e-9)) if room else 0
    # A strip a thousand times as long as wide must not become a hundred thousand crops.
    steps = min(steps, _MOST_STEPS)
    return [round(room * step / steps) for step in range(steps + 1)] if steps else [0]

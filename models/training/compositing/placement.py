"""Where a mark goes in a photo: a spot apart from the others, the patch beneath it, its box.

Nothing here draws; it cuts, writes back and measures. A patch may hang over the edge of the photo.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from models.training.compositing.ink import Floats
from models.training.compositing.tricks import Box

_SEEN = 0.25  # coverage from which a pixel belongs to the mark
LEGIBLE = 1.0  # prominence from which a person can make a mark out
_GRAIN = 0.03  # noise that even a plain ground has


def spot(
    shape: tuple[int, ...],
    side: int,
    longest: int,
    others: Sequence[Box],
    rng: np.random.Generator,
    *,
    edge: bool,
) -> tuple[int, int]:
    """Return the left upper corner of a canvas of `side` with a mark of `longest` in its middle.

    Args:
        shape: of the photo, height and width first.
        side: of the square canvas, in pixels.
        longest: longer side of the mark.
        others: boxes to keep away from, where a few tries find room.
        rng: the only source of chance.
        edge: whether the photo's edge is to cut the mark.
    """
    height, width = shape[:2]
    spare = (side - longest) // 2  # the canvas may hang over the edge, the mark may not
    room_x, room_y = width - side + spare, height - side + spare
    best = (0, 0)
    for _ in range(6):
        # Goods lie in the middle of their photo, and marks on the goods.
        left = int(min(-spare, room_x) + rng.beta(1.6, 1.6) * (abs(room_x + spare) + 1))
        top = int(min(-spare, room_y) + rng.beta(1.6, 1.6) * (abs(room_y + spare) + 1))
        if edge:  # between an eighth and two fifths of the mark lie outside
            out = int(longest * rng.uniform(0.12, 0.4)) + spare
            left, top = [
                (-out, top),
                (width - side + out, top),
                (left, -out),
                (left, height - side + out),
            ][rng.integers(4)]
        best = (left, top)
        inner = (left + spare, top + spare, left + side - spare, top + side - spare)
        if not any(_overlap(inner, other) for other in others):
            break
    return best


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def cut_patch(canvas: Floats, left: int, top: int, side: int) -> tuple[Floats, Box]:
    """Cut a square that may hang over the edge; the missing part repeats the border."""
    height, width = canvas.shape[:2]
    inner = (max(0, left), max(0, top), min(width, left + side), min(height, top + side))
    cut = canvas[inner[1] : inner[3], inner[0] : inner[2]]
    padded = cv2.copyMakeBorder(
        cut,
        inner[1] - top,
        top + side - inner[3],
        inner[0] - left,
        left + side - inner[2],
        cv2.BORDER_REPLICATE,
    )
    return np.asarray(padded, np.float32), inner


def write_patch(canvas: Floats, patch: Floats, left: int, top: int, inner: Box) -> None:
    """Write back what of a patch lies inside the photo."""
    canvas[inner[1] : inner[3], inner[0] : inner[2]] = patch[
        inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left
    ]


def seen_box(coverage: Floats, left: int, top: int, shape: tuple[int, ...]) -> Box | None:
    """Return the box of what can be seen of a mark; `None` below 4 pixels a side."""
    rows = np.flatnonzero((coverage > _SEEN).any(axis=1))
    columns = np.flatnonzero((coverage > _SEEN).any(axis=0))
    if not len(rows) or not len(columns):
        return None
    height, width = shape[:2]
    box = (
        max(0, left + int(columns[0])),
        max(0, top + int(rows[0])),
        min(width, left + int(columns[-1]) + 1),
        min(height, top + int(rows[-1]) + 1),
    )
    return box if box[2] - box[0] >= 4 and box[3] - box[1] >= 4 else None


def prominence(ground: Floats, patch: Floats, coverage: Floats) -> float:
    """Return how much more a mark changes a patch than the ground varies by itself.

    Deviations are taken over the mark's box and over all channels, each channel about its own
    mean: a mark that is as strong as the structure it lies on has a prominence of about 1.

    Args:
        ground: `(s, s, 3)` before, values from 0 to 1.
        patch: the same with the mark in it.
        coverage: `(s, s)`, where the mark lies.
    """
    rows = np.flatnonzero((coverage > _SEEN).any(axis=1))
    columns = np.flatnonzero((coverage > _SEEN).any(axis=0))
    if not len(rows) or not len(columns):
        return 0.0
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    change = (patch[box] - ground[box]).std(axis=(0, 1))
    own = ground[box].std(axis=(0, 1))
    return float(np.sqrt((change**2).mean()) / (np.sqrt((own**2).mean()) + _GRAIN))

"""Outlines: where on the photo a good lies, and which pixels a drawn shape covers.

A good is drawn in its own units, x to the right and y down, about -1 to 1. A `View` says where
those units lie on the photo: shifted, scaled, turned, and seen in slight perspective. It maps both
ways: points to pixels for drawing, every pixel back to the good for printing on it.
Coverage is a field from 0 to 1, soft at the edge.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.demo.fields import Field, Size, plane

Points = NDArray[np.float64]
Corner = tuple[float, float]

# Shapes are drawn this many times larger and shrunk, which makes their edges soft.
_FINER: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A flat side of a good as the camera sees it: a 3 x 3 homography from its units to pixels."""

    matrix: Points

    def __post_init__(self) -> None:
        if self.matrix.shape != (3, 3) or abs(float(np.linalg.det(self.matrix))) < 1e-9:
            raise ValueError("a view is a 3 x 3 matrix that can be inverted")

    def pixels(self, points: Points) -> Points:
        """Return (n, 2) points of the good as pixels."""
        lifted = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
        return lifted[:, :2] / lifted[:, 2:]

    def good(self, size: Size) -> tuple[Field, Field]:
        """Return every pixel's x and y on the good, each (height, width)."""
        back = np.linalg.inv(self.matrix).astype(np.float32)
        x, y = plane(size)
        depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
        # On the vanishing line itself there is no point; anything far away will do.
        depth = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        along = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
        down = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
        return along, down


def pose(
    x: float, y: float, scale: float, *, turn: float = 0.0, lean: float = 0.0, swing: float = 0.0
) -> View:
    """Return a view with the good's origin at pixel (x, y) and `scale` pixels to its unit.

    `turn` is in degrees, clockwise. `lean` and `swing` are perspective: how much nearer to the
    camera the lower side and the right side are.
    """
    cosine = math.cos(math.radians(turn)) * scale
    sine = math.sin(math.radians(turn)) * scale
    place = np.asarray([[cosine, -sine, x], [sine, cosine, y], [0, 0, 1]])
    return View(place @ np.asarray([[1, 0, 0], [0, 1, 0], [-swing, -lean, 1.0]]))


def face(corners: Sequence[Corner]) -> View:
    """Return the view of a face by its four corners in pixels, from the upper left one clockwise.

    The face's own units run from -1 to 1 in both directions.
    """
    rows, values = [], []
    square = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    for (u, v), (x, y) in zip(square, corners, strict=True):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
        values += [x, y]
    solved = np.linalg.solve(np.asarray(rows, float), np.asarray(values, float))
    return View(np.append(solved, 1.0).reshape(3, 3))


def curve(points: Sequence[Corner], *, closed: bool = True, steps: int = 12) -> Points:
    """Return a smooth curve through points (Catmull and Rom, 1974), (n, 2).

    A point given twice in a row makes a corner there.
    """
    knots = np.asarray(points, float)
    if not closed:
        knots = np.vstack([knots[:1], knots, knots[-1:]])
    before, after = np.roll(knots, 1, axis=0), np.roll(knots, -1, axis=0)
    later = np.roll(knots, -2, axis=0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (each[:, None, :] for each in (before, knots, after, later))
    smooth = 0.5 * (
        2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )  # fmt: skip
    # Between the two copies of a corner there is nothing to draw; a curve there would be a loop.
    drawn = np.any(knots != after, axis=1)
    if closed:
        return np.reshape(smooth[drawn], (-1, 2))
    drawn[[0, -2, -1]] = False
    return np.vstack([smooth[drawn].reshape(-1, 2), knots[-1:]])


def mirrored(half: Sequence[Corner]) -> list[Corner]:
    """Return an outline that is symmetric to the y axis from its right half, top to bottom."""
    return [*half, *((-x, y) for x, y in reversed(half))]


def filled(size: Size, points: Points) -> Field:
    """Return the coverage of a polygon given in pixels, (height, width) from 0 to 1."""
    page = _page(size)
    ImageDraw.Draw(page).polygon([(x, y) for x, y in points * _FINER], fill=255)
    return _coverage(page)


def stroked(size: Size, lines: Sequence[Points], width: float) -> Field:
    """Return the coverage of lines of a width in pixels, (height, width) from 0 to 1."""
    page = _page(size)
    draw = ImageDraw.Draw(page)
    for line in lines:
        draw.line(
            [(x, y) for x, y in line * _FINER],
            fill=255,
            width=max(round(width * _FINER), 1),
            joint="curve",
        )
    return _coverage(page)


def dashed(line: Points, dash: float, gap: float) -> list[Points]:
    """Return a line cut into stitches, lengths in the line's own units."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    starts = np.arange(0, reach[-1] - dash, dash + gap)
    return [
        np.column_stack(
            [np.interp([start, start + dash], reach, line[:, axis]) for axis in (0, 1)],
        )
        for start in starts
    ]


def rounded_box(x: Field, y: Field, half: Corner, radius: float) -> Field:
    """Return the distance to a rounded rectangle's edge: negative inside, in the units of x."""
    beyond_x = np.abs(x) - np.float32(half[0] - radius)
    beyond_y = np.abs(y) - np.float32(half[1] - radius)
    outside = np.hypot(np.maximum(beyond_x, 0), np.maximum(beyond_y, 0))
    inside = np.minimum(np.maximum(beyond_x, beyond_y), 0)
    return outside + inside - radius


def covered(distance: Field, pixel: float) -> Field:
    """Return coverage from a distance; `pixel` is a pixel's size in the distance's unit."""
    coverage: Field = np.clip(0.5 - distance / pixel, 0, 1)
    return coverage


def _page(size: Size) -> Image.Image:
    return Image.new("L", (size[1] * _FINER, size[0] * _FINER))


def _coverage(page: Image.Image) -> Field:
    return np.asarray(page.reduce(_FINER), dtype=np.float32) / 255

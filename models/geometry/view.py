"""Views: a part of a picture brought to a common size in grey, and the way back to the picture.

Key points of a tiny crop are too few and those of a large photo too many; so the box's longer side
always becomes the side of a `Detail`. Some of what surrounds the box is kept, because a proposed
box rarely follows a mark's edge and descriptors at a mark's edge need its ground.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Photo

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Edges = tuple[int, int, int, int]  # x_min, y_min, x_max, y_max


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely something is looked at: the longer side of its view, and its most key points.

    A view with fewer than `corners` is plain: no key points are looked for.
    """

    side: int
    points: int
    corners: int = 0


OF_REGIONS = Detail(192, 250)
# Of references with 300 key points 96 in 100 have so many corners, of the others 16; counting them
# takes a third of a millisecond, finding key points 20.
OF_PHOTOS = Detail(320, 500, 200)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A grey picture, and the 3 x 3 matrix from its pixels to those of the picture behind it."""

    grey: Grey
    to_picture: Floats


def view_of(picture: Photo, box: Edges, margin: float, side: int = OF_REGIONS.side) -> View:
    """Cut a box with a margin out of a picture and bring it to the common size.

    Args:
        picture: `(height, width, 3)` uint8 RGB.
        box: inside the picture.
        margin: added on each side where the picture goes on, as a share of the box's sides.
        side: pixels of the box's longer side in the view.
    """
    x_min, y_min, x_max, y_max = box
    wide, high = margin * (x_max - x_min), margin * (y_max - y_min)
    left, top = max(0, int(x_min - wide)), max(0, int(y_min - high))
    right = min(picture.shape[1], int(np.ceil(x_max + wide)))
    bottom = min(picture.shape[0], int(np.ceil(y_max + high)))
    cut = np.ascontiguousarray(picture[top:bottom, left:right])
    scale = side / max(x_max - x_min, y_max - y_min)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), size, interpolation=method)
    across, down = cut.shape[1] / size[0], cut.shape[0] / size[1]
    # Pixel centres lie at halves: the middle of the first pixel is 0.5 on both sides.
    shift_x, shift_y = left + across / 2 - 0.5, top + down / 2 - 0.5
    matrix = np.array([[across, 0, shift_x], [0, down, shift_y], [0, 0, 1]], np.float64)
    return View(np.asarray(grey, np.uint8), matrix)

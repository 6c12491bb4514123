"""Drawn marks of triangles and rings, and photos that show them under a known transform."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Photo
from tests.images import photo_array

SIDE = 160
Floats = NDArray[np.float64]


def drawn_mark(seed: int, ink: tuple[int, int, int] = (20, 30, 90)) -> Photo:
    """A mark of triangles, gaps and rings of all sizes on white; another one for every seed."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for _ in range(5):
        corners = rng.integers(12, SIDE - 12, (3, 2)).astype(np.int32)
        cv2.fillPoly(picture, [corners], ink, cv2.LINE_AA)
    for _ in range(4):
        first, second = rng.integers(12, SIDE - 12, (2, 2)).tolist()
        cv2.line(picture, first, second, (255, 255, 255), int(rng.integers(3, 9)), cv2.LINE_AA)
        middle, radius = rng.integers(20, SIDE - 20, 2).tolist(), int(rng.integers(4, 16))
        cv2.circle(picture, middle, radius, ink, int(rng.integers(2, 6)), cv2.LINE_AA)
    return picture


def turned(degrees: float = 0.0, scale: float = 1.0, at: tuple[float, float] = (40, 30)) -> Floats:
    """The 3 x 3 matrix that turns and scales a mark about its middle and puts it at a place."""
    middle = (SIDE / 2, SIDE / 2)
    matrix = np.concatenate([cv2.getRotationMatrix2D(middle, degrees, scale), [[0, 0, 1]]])
    shift = np.eye(3)
    shift[:2, 2] = at
    return np.asarray(shift @ matrix, np.float64)


def mirrored() -> Floats:
    """The 3 x 3 matrix of a mirror image of a mark, in its own place."""
    return np.array([[-1.0, 0, SIDE - 1], [0, 1, 0], [0, 0, 1]])


def shown(mark: Photo, matrix: Floats, seed: int = 0) -> Photo:
    """An ordinary photo with a mark laid into it."""
    photo = photo_array(seed, (260, 240)).copy()
    size = (photo.shape[1], photo.shape[0])
    laid = cv2.warpPerspective(mark, matrix, size, flags=cv2.INTER_LINEAR)
    where = cv2.warpPerspective(np.full(mark.shape[:2], 255, np.uint8), matrix, size) > 128
    photo[where] = laid[where]
    return photo


BOX = (40, 30, 40 + SIDE, 30 + SIDE)

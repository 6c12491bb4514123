"""Key points: where a grey picture has corners and blobs, and how their surroundings look.

SIFT (Lowe, IJCV 2004) with the square-root normalisation of Arandjelović and Zisserman (CVPR 2012);
two points correspond when the nearest in the other picture is clearly nearer than the second.
Marks have flat faces, so the contrast that a point needs is set to half of OpenCV's default.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry.view import OF_REGIONS, Detail, Grey

_CONTRAST = 0.02
_CORNER = 20  # grey levels between a corner and the ring around it
_RATIO = 0.8  # of distances, as Lowe proposes
_CELLS, _DIRECTIONS = 4, 8  # of a SIFT descriptor: four by four cells of eight directions
_SMALLEST = 16  # pixels: below this there is no scale space to speak of

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KeyPoints:
    """`points` is `(n, 2)` in pixels of the view, `descriptors` `(n, 128)` unit rows."""

    points: Floats
    descriptors: Floats

    def __post_init__(self) -> None:
        if self.points.shape != (len(self.descriptors), 2) or self.descriptors.shape[1] != 128:
            raise ValueError("a point has two coordinates and a descriptor of 128 numbers")

    def __len__(self) -> int:
        return len(self.points)

    def inverted(self) -> "KeyPoints":
        """Return them as they are when light and dark are exchanged.

        Every gradient turns round, and so does the direction that a descriptor is written along:
        its four by four cells are read from the other end, the directions in them stay.
        """
        return KeyPoints(self.points, _flat(self._cells()[:, ::-1, ::-1]))

    def mirrored(self, width: int) -> "KeyPoints":
        """Return them as they are in a mirror image of a view that is `width` pixels wide.

        What was left of a descriptor's direction is right of it, and directions run the other way.
        """
        turned = self._cells()[:, ::-1][..., -np.arange(_DIRECTIONS) % _DIRECTIONS]
        points = self.points.copy()
        points[:, 0] = width - 1 - points[:, 0]
        return KeyPoints(points, _flat(turned))

    def _cells(self) -> Floats:
        return self.descriptors.reshape(-1, _CELLS, _CELLS, _DIRECTIONS)


def _flat(cells: Floats) -> Floats:
    return np.ascontiguousarray(cells.reshape(-1, _CELLS * _CELLS * _DIRECTIONS))


def key_points(grey: Grey, detail: Detail = OF_REGIONS) -> KeyPoints:
    """Return the strongest key points of a view; none where it is plain or tiny."""
    nothing = KeyPoints(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))
    if min(grey.shape) < _SMALLEST or (detail.corners and _corners(grey) < detail.corners):
        return nothing
    sift = cv2.SIFT.create(nfeatures=detail.points, contrastThreshold=_CONTRAST)
    found, raw = sift.detectAndCompute(grey, None)
    if raw is None or not len(found):
        return nothing
    absolute = np.asarray(raw, np.float32)
    rooted = np.sqrt(absolute / np.maximum(absolute.sum(axis=1, keepdims=True), 1e-6))
    points = np.array([point.pt for point in found], np.float32)
    return KeyPoints(points, rooted.astype(np.float32))


def _corners(grey: Grey) -> int:
    """Count corners (Rosten and Drummond, ECCV 2006), the cheapest sign of structure."""
    return len(cv2.FastFeatureDetector.create(_CORNER).detect(grey))


def correspondences(photo: KeyPoints, reference: KeyPoints) -> NDArray[np.intp]:
    """Return `(pairs, 2)`: places in `photo` and in `reference` that look alike and no other does.

    Of unit rows the squared distance is 2 - 2 cos, so the ratio is taken of `1 - cos`.
    """
    if len(photo) < 2 or len(reference) < 2:
        return np.empty((0, 2), np.intp)
    cosines = photo.descriptors @ reference.descriptors.T  # (photo, reference)
    nearest = cosines.argmax(axis=1)
    rows = np.arange(len(photo))
    first = cosines[rows, nearest].copy()
    cosines[rows, nearest] = -1
    second = cosines.max(axis=1)
    clear = np.flatnonzero((1 - first) < _RATIO**2 * (1 - second))
    return np.stack([clear, nearest[clear]], axis=1)

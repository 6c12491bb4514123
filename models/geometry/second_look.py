"""The second look itself: a prepared reference against one region of a photo.

A reference is prepared once: its key points as it is, mirrored, with light and dark exchanged, and
both, all four from one detection. The photo's region is prepared once for each look. So mirror
images and negatives cost comparisons of small sets and nothing else.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry.agreement import Agreement
from models.geometry.fitting import Fit, fit
from models.geometry.keypoints import KeyPoints, correspondences, key_points
from models.geometry.view import OF_PHOTOS, OF_REGIONS, Detail, Edges, View, view_of
from models.regions import Photo

PHOTO_MARGIN = 0.2
REFERENCE_MARGIN = 0.03

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Variant:
    """One way in which goods may show a reference; `to_picture` leads back to its pixels."""

    to_picture: Floats
    points: KeyPoints
    mirrored: bool
    inverted: bool


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceLook:
    """A reference, ready to be compared; safe to share between threads.

    `box` is the part of the reference's picture that shows the motif, `width` that of its view,
    and `to_picture` leads from the view back to the picture.
    """

    box: Edges
    width: int
    to_picture: Floats
    key_points: KeyPoints

    @classmethod
    def of(
        cls, picture: Photo, box: Edges | None = None, detail: Detail = OF_REGIONS
    ) -> "ReferenceLook":
        """Prepare a reference.

        Args:
            picture: `(height, width, 3)` uint8 RGB, upright.
            box: the part that shows the motif; the whole by default.
            detail: how finely; that of what it will be compared with.
        """
        box = box or (0, 0, picture.shape[1], picture.shape[0])
        view = view_of(picture, box, REFERENCE_MARGIN, detail.side)
        points = key_points(view.grey, detail)
        return cls(box, view.grey.shape[1], view.to_picture, points)

    @property
    def points(self) -> int:
        """How many places the reference offers for comparison."""
        return len(self.key_points)

    def variants(self) -> "tuple[_Variant, ...]":
        """Return the four ways in which goods may show it; made anew, to keep references small."""
        plain, turned = self.key_points, self.key_points.mirrored(self.width)
        back = self.to_picture @ _flip(self.width)
        return (
            _Variant(self.to_picture, plain, mirrored=False, inverted=False),
            _Variant(self.to_picture, plain.inverted(), mirrored=False, inverted=True),
            _Variant(back, turned, mirrored=True, inverted=False),
            _Variant(back, turned.inverted(), mirrored=True, inverted=True),
        )


class WholePhoto:
    """A photo as a whole, its key points found once and compared with any number of references.

    Where goods fill the picture, as packs and labels do, hundreds of places agree that no single
    region holds together. Mirror images and negatives are left to the look at regions.
    """

    def __init__(self, photo: Photo) -> None:
        self._box = (0, 0, photo.shape[1], photo.shape[0])
        self._view = view_of(photo, self._box, 0.0, OF_PHOTOS.side)
        self._points = key_points(self._view.grey, OF_PHOTOS)

    def agreement(self, reference: ReferenceLook, least: int) -> Agreement | None:
        """Return how a reference lies on the photo, `None` where fewer than `least` places agree.

        Args:
            reference: prepared with the detail `OF_PHOTOS`.
            least: at least `LEAST_INLIERS` of `models.geometry.agreement`.
        """
        pairs = correspondences(self._points, reference.key_points)
        if len(pairs) < least:  # most references end here, at a hundredth of the price of a fit
            return None
        points = reference.key_points
        found = fit(points.points[pairs[:, 1]], self._points.points[pairs[:, 0]])
        if found is None or found.inliers < least:
            return None
        as_it_is = _Variant(reference.to_picture, points, mirrored=False, inverted=False)
        return _agreement(found, as_it_is, self._view, self._box, reference.box)


def look_again(photo: Photo, box: Edges, reference: ReferenceLook) -> Agreement | None:
    """Return how a reference lies in a region of a photo, `None` where nothing agrees.

    Args:
        photo: `(height, width, 3)` uint8 RGB, upright.
        box: the region; a margin around it is looked at too.
        reference: what may be there.
    """
    view = view_of(photo, box, PHOTO_MARGIN)
    points = key_points(view.grey)
    best: tuple[Fit, _Variant] | None = None
    for variant in reference.variants():
        found = _fitted(points, variant.points)
        if found is not None and (best is None or found.inliers > best[0].inliers):
            best = (found, variant)
    return None if best is None else _agreement(*best, view, box, reference.box)


def _fitted(photo: KeyPoints, reference: KeyPoints) -> Fit | None:
    pairs = correspondences(photo, reference)
    return fit(reference.points[pairs[:, 1]], photo.points[pairs[:, 0]])


def _agreement(found: Fit, variant: _Variant, view: View, box: Edges, shown: Edges) -> Agreement:
    between = np.concatenate([found.matrix, [[0.0, 0.0, 1.0]]])
    matrix = view.to_picture @ between @ np.linalg.inv(variant.to_picture)
    # Against the span of all its places, not its box: a reference's blank margin cannot agree.
    span = _hull_area(variant.points.points)
    return Agreement(
        matrix=matrix,
        inliers=found.inliers,
        region_share=_covered(_carried(matrix, _corners(shown)), box),
        reference_share=min(_hull_area(found.inside) / max(span, 1.0), 1.0),
        mirrored=variant.mirrored,
        inverted=variant.inverted,
    )


def _flip(width: int) -> Floats:
    return np.array([[-1.0, 0, width - 1.0], [0, 1, 0], [0, 0, 1]])


def _corners(box: Edges) -> Floats:
    x_min, y_min, x_max, y_max = box
    return np.array([[x_min, y_min], [x_max, y_min], [x_max, y_max], [x_min, y_max]], np.float64)


def _carried(matrix: Floats, points: NDArray[np.floating]) -> Floats:
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2], np.float64)


def _hull_area(points: NDArray[np.float32]) -> float:
    return float(cv2.contourArea(cv2.convexHull(points)))


def _covered(corners: Floats, box: Edges) -> float:
    """Return how much of a box lies under a convex quadrangle."""
    quadrangle = cv2.convexHull(corners.astype(np.float32))
    own = _corners(box).astype(np.float32)
    shared, _ = cv2.intersectConvexConvex(quadrangle, own)
    return min(max(float(shared), 0.0) / cv2.contourArea(own), 1.0)

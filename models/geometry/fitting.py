"""Pairs of points in, the transform that most of them share out.

A similarity (turn, one scale, shift) is sought first, by random samples of two pairs: a mark has
few points, and with four free numbers instead of eight a handful of true pairs already stands out.
Its inliers are then fitted again with six numbers, so that a tilted mark is laid over well; the
better fit is kept only if it is plausible and loses nobody.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry.agreement import LEAST_INLIERS, plausible

Floats = NDArray[np.float64]
Points = NDArray[np.float32]

TOLERANCE = 6.0  # pixels of the photo's view: 3 % of the box's longer side
_TRIALS = 1000
_FOR_SIX_NUMBERS = 6  # pairs


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """`matrix` is `(2, 3)`, view to view; `inside` the `(n, 2)` points of the reference's view."""

    matrix: Floats
    inside: Points
    inliers: int


def fit(reference: Points, photo: Points) -> Fit | None:
    """Return the transform that takes most points of the reference to their partners.

    Args:
        reference: `(pairs, 2)` in the reference's view.
        photo: `(pairs, 2)` in the photo's view, aligned with them.

    Returns:
        `None` when fewer than `LEAST_INLIERS` distinct places agree, or only on nonsense.
    """
    if len(reference) < LEAST_INLIERS:
        return None
    # OpenCV seeds its sampling by itself, so equal pairs give equal transforms.
    found, mask = cv2.estimateAffinePartial2D(
        reference,
        photo,
        method=cv2.RANSAC,
        ransacReprojThreshold=TOLERANCE,
        maxIters=_TRIALS,
    )
    if found is None or not plausible(np.asarray(found, np.float64)):
        return None
    first = _counted(np.asarray(found, np.float64), reference, photo)
    if first.inliers < LEAST_INLIERS:
        return None
    agreeing = mask.ravel() > 0
    return _refined(first, reference[agreeing], photo[agreeing], reference, photo)


def _refined(first: Fit, near: Points, partners: Points, reference: Points, photo: Points) -> Fit:
    if first.inliers < _FOR_SIX_NUMBERS:
        return first
    rows = np.concatenate([near, np.ones((len(near), 1), np.float32)], axis=1)
    solved, _, rank, _ = np.linalg.lstsq(rows.astype(np.float64), partners, rcond=None)
    matrix = np.asarray(solved.T, np.float64)
    if rank < 3 or not plausible(matrix):
        return first
    second = _counted(matrix, reference, photo)
    return second if second.inliers >= first.inliers else first


def _counted(matrix: Floats, reference: Points, photo: Points) -> Fit:
    """Count distinct places: many pairs that share one corner of a picture prove one pair."""
    carried = reference @ matrix[:, :2].T + matrix[:, 2]
    inside = np.linalg.norm(carried - photo, axis=1) <= TOLERANCE
    places = (np.unique(np.rint(side[inside]), axis=0) for side in (reference, photo))
    return Fit(matrix, reference[inside], min(len(distinct) for distinct in places))

"""Rival: SIFT key points, a ratio test and a homography by RANSAC, as OpenCV has them.

    picture ─▶ at most so many key points ─▶ ratio test against every reference
            ─▶ the references with most survivors ─▶ homography ─▶ inliers are the score

Lowe 2004 with the RootSIFT normalisation of Arandjelović and Zisserman 2012. Small pictures are
enlarged first, which helps it. A picture without four survivors against any reference gets no
candidate: it found nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.evaluation.contenders.roles import BrandRows, Ranking, ReferenceImage
from app.media.limits import DecodeLimits
from models.regions import Photo, Regions

REFERENCE_POINTS = 128
QUERY_POINTS = 256
_SIDE = 256  # pictures with a shorter longest side are enlarged to it
_RATIO = 0.8  # of distances, as Lowe 2004 proposes
_VERIFIED = 24  # references whose geometry is looked at
_LEAST = 4  # matches that a homography takes
_REPROJECTION = 5.0  # pixels
_TRIALS = 1000  # of RANSAC
_AT_ONCE = 128  # references compared in one product

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KeyPoints:
    """`points` is `(n, 2)`, `descriptors` `(n, 128)` unit rows."""

    points: Floats
    descriptors: Floats


class SiftContender:
    """Compares key points."""

    name = "SIFT and RANSAC"
    by_region = False

    def __init__(self, limits: DecodeLimits) -> None:
        self._limits = limits
        self._brands = BrandRows()
        self._known: list[KeyPoints] = []
        self._packed: Floats = np.empty((0, REFERENCE_POINTS, 128), np.float32)

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Find the key points of the references; those after the first rows of a pack are zero."""
        pack = np.zeros((len(references), REFERENCE_POINTS, 128), np.float32)
        for place, reference in enumerate(references):
            found = key_points(_cut(reference.regions(self._limits)), REFERENCE_POINTS)
            pack[place, : len(found.points)] = found.descriptors
            self._known.append(found)
            self._brands.add(reference.brand)
        self._packed = np.concatenate([self._packed, pack])

    def rank(self, regions: Regions) -> Ranking:
        """Rank brands by the inliers of their best reference."""
        query = key_points(_cut(regions), QUERY_POINTS)
        scores = np.full(len(self._known), -np.inf)
        if len(query.points) >= _LEAST:
            counts = self._survivors(query.descriptors)
            order = np.argsort(-counts, kind="stable")[:_VERIFIED]
            for place in order[counts[order] >= _LEAST]:
                inliers = _inliers(query, self._known[place])
                scores[place] = inliers if inliers >= _LEAST else -np.inf
        return self._brands.ranking(self._brands.best(scores))

    def _survivors(self, descriptors: Floats) -> NDArray[np.int64]:
        """Return `(references,)`, how many query points pass the ratio test against each."""
        counts = [np.zeros(0, np.int64)]
        for start in range(0, len(self._packed), _AT_ONCE):
            block = self._packed[start : start + _AT_ONCE]
            cosines = (descriptors @ block.reshape(-1, 128).T).reshape(
                len(descriptors), len(block), REFERENCE_POINTS
            )
            counts.append(_passes(cosines).sum(axis=0))
        survivors = np.concatenate(counts)
        # With fewer points than that, the rows of zeros behind them would be the second nearest.
        survivors[np.array([len(known.points) < _LEAST for known in self._known], bool)] = 0
        return survivors


def key_points(picture: Photo, most: int) -> KeyPoints:
    """Return the strongest key points of a picture."""
    scale = max(1.0, _SIDE / max(picture.shape[:2]))
    grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
    if scale > 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    found, raw = cv2.SIFT.create(nfeatures=most).detectAndCompute(grey, None)
    if raw is None or not len(found):
        return KeyPoints(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32))
    points = np.array([point.pt for point in found], np.float32)[:most]
    absolute = np.asarray(raw, np.float32)[:most]
    rooted = np.sqrt(absolute / np.maximum(absolute.sum(axis=1, keepdims=True), 1e-6))
    return KeyPoints(points, rooted.astype(np.float32))


def _cut(regions: Regions) -> Photo:
    x_min, y_min, x_max, y_max = (int(edge) for edge in regions.boxes[0])
    return regions.photo[y_min:y_max, x_min:x_max]


def _passes(cosines: Floats) -> NDArray[np.bool_]:
    """Return `(query, references)`: is the nearest point clearly nearer than the second?

    `cosines` is `(query, references, points)` and is changed. Of unit rows the squared distance is
    2 - 2 cos.
    """
    nearest = cosines.argmax(axis=2)[..., np.newaxis]
    first = np.take_along_axis(cosines, nearest, 2)[..., 0]
    np.put_along_axis(cosines, nearest, -1.0, 2)
    second = cosines.max(axis=2)
    passes: NDArray[np.bool_] = (1 - first) < _RATIO**2 * (1 - second)
    return passes


def _inliers(query: KeyPoints, reference: KeyPoints) -> int:
    if len(reference.points) < _LEAST:
        return 0
    cosines = query.descriptors @ reference.descriptors.T  # (query, reference)
    nearest = cosines.argmax(axis=1)
    chosen = np.flatnonzero(_passes(cosines[:, np.newaxis, :])[:, 0])
    if len(chosen) < _LEAST:
        return 0
    found: tuple[Any, Any] = cv2.findHomography(
        query.points[chosen],
        reference.points[nearest[chosen]],
        cv2.RANSAC,
        _REPROJECTION,
        maxIters=_TRIALS,
    )
    mask = found[1]
    if mask is None:
        return 0
    # Distinct points of the reference: a homography that maps all into one corner proves nothing.
    return len(np.unique(nearest[chosen][mask.ravel() > 0]))

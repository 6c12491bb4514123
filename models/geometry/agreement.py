"""What a second look found: one transform from a reference to a photo that many places agree on.

Five pairs of points in two unrelated pictures will fit *some* transform, so the transform has to be
one that a camera could have made of a mark on goods: no smaller or larger than the box that was
looked at allows, not squeezed to a line (the aspect check of Phishpedia, USENIX Security 2021), not
folded. `plausible` says so before there is an `Agreement`, and an `Agreement` refuses what is not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_INLIERS = 4  # below this there is nothing that two random pictures would not share
MOST_SQUEEZED = 2.5  # longer over shorter axis of what a square of the reference becomes
_SCALES = (0.25, 4.0)  # of the reference's view in the photo's view; 1 fills the box


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A transform and who agrees with it.

    Attributes:
        matrix: `(3, 3)`, from pixels of the upright reference to pixels of the upright photo.
        inliers: distinct places of both pictures that agree, at least `LEAST_INLIERS`.
        region_share: how much of the box in the photo lies under the reference, 0 to 1.
        reference_share: how much of what the reference shows the agreeing places span, 0 to 1.
        mirrored: whether the photo shows the reference as a mirror does.
        inverted: whether light and dark are exchanged.
    """

    matrix: Floats
    inliers: int
    region_share: float
    reference_share: float
    mirrored: bool
    inverted: bool

    def __post_init__(self) -> None:
        if self.matrix.shape != (3, 3) or not np.isfinite(self.matrix).all():
            raise ValueError("an agreement's matrix is 3 x 3 and finite")
        if bool(np.linalg.det(self.matrix[:2, :2]) < 0) != self.mirrored:
            raise ValueError("a mirror image turns the other way round, and only that")
        if self.inliers < LEAST_INLIERS:
            raise ValueError(f"{self.inliers} places are no agreement")
        if not (0 <= self.region_share <= 1 and 0 <= self.reference_share <= 1):
            raise ValueError("shares lie between 0 and 1")
        self.matrix.setflags(write=False)


def plausible(matrix: Floats) -> bool:
    """Tell whether a camera could have made this of a mark that roughly fills the view.

    Args:
        matrix: `(2, 3)` affine, from the reference's view to the photo's view.

    >>> plausible(np.array([[0.9, 0.1, 5.0], [-0.1, 0.9, 3.0]]))
    True
    >>> plausible(np.array([[1.0, 0.0, 0.0], [0.0, 0.2, 0.0]]))  # squeezed fivefold
    False
    """
    if matrix.shape != (2, 3) or not np.isfinite(matrix).all():
        return False
    linear = matrix[:, :2]
    if np.linalg.det(linear) <= 0:  # views are mirrored beforehand: a fit never folds
        return False
    longer, shorter = np.linalg.svd(linear, compute_uv=False)
    return bool(
        _SCALES[0] <= shorter and longer <= _SCALES[1] and longer <= MOST_SQUEEZED * shorter
    )

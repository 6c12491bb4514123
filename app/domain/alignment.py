"""How a reference lies on a photo, when a second look found the same local structure in both.

A match says *where* it looked; an alignment says which pixel of the reference fell on which pixel
of the photo, and how much of either takes part, so that a person can lay one over the other and
see for themselves. It refuses to be a transform that no camera makes: one that is not finite, folds
the picture, or sends a corner of it to infinity.
"""

import math
from dataclasses import dataclass

Matrix = tuple[
    tuple[float, float, float],
    tuple[float, float, float],
    tuple[float, float, float],
]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A reference on a photo; coordinates are pixels of the two upright originals.

    Attributes:
        matrix: 3 x 3, takes `(x, y, 1)` of the reference to the photo, up to scale.
        inliers: how many places of the two pictures agree with it.
        region_share: how much of the match's box lies under the reference, from 0 to 1.
        reference_share: how much of what the reference shows the agreeing places span, 0 to 1.
        mirrored: whether the photo shows the reference as a mirror does.
        inverted: whether light and dark are exchanged.
    """

    matrix: Matrix
    inliers: int
    region_share: float
    reference_share: float
    mirrored: bool = False
    inverted: bool = False

    def __post_init__(self) -> None:
        if len(self.matrix) != 3 or any(len(row) != 3 for row in self.matrix):
            raise ValueError("a matrix is 3 x 3")
        if not all(math.isfinite(value) for row in self.matrix for value in row):
            raise ValueError("a matrix is finite")
        if self.matrix[2][2] <= 0 or (self.turn < 0) is not self.mirrored or not self.turn:
            raise ValueError("the matrix and `mirrored` disagree")
        if self.inliers < 1 or not all(0 <= share <= 1 for share in self.shares):
            raise ValueError(f"{self.inliers} inliers over shares {self.shares} cannot be")

    @property
    def shares(self) -> tuple[float, float]:
        """Of the match's box and of the reference."""
        return (self.region_share, self.reference_share)

    @property
    def turn(self) -> float:
        """The determinant of the linear part: negative for a mirror image, 0 for none at all.

        >>> half = ((0.5, 0.0, 3.0), (0.0, 0.5, 4.0), (0.0, 0.0, 1.0))
        >>> Alignment(half, 12, 0.9, 0.8).turn
        0.25
        """
        (a, b, _), (c, d, _), _ = self.matrix
        return a * d - b * c

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a pixel of the reference lies in the photo.

        >>> half = ((0.5, 0.0, 3.0), (0.0, 0.5, 4.0), (0.0, 0.0, 1.0))
        >>> Alignment(half, 12, 0.9, 0.8).at(10, 20)
        (8.0, 14.0)
        """
        wide, high, depth = (row[0] * x + row[1] * y + row[2] for row in self.matrix)
        return (wide / depth, high / depth)

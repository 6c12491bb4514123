"""A sum of small decision trees on arrays: what a fit leaves behind, without its library.

Each tree is a row of nodes; a node sends a row left where its feature is at most its threshold, and
a leaf points to itself. All trees walk down together, one level at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.concealment.maps import Floats

_HEATS = 12  # trees that choose the finalists
_FINALISTS = 96
PARTS = ("feature", "threshold", "left", "right", "value")


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """`(trees, nodes)` arrays; `value` is what a leaf adds, `base` what all begin at."""

    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    base: float
    depth: int

    def __post_init__(self) -> None:
        shapes = {getattr(self, part).shape for part in PARTS}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2:
            raise ValueError("the parts of trees have one shape, (trees, nodes)")
        nodes = self.feature.shape[1]
        if max(int(self.left.max()), int(self.right.max())) >= nodes or self.depth < 1:
            raise ValueError("a tree points outside itself")

    def best(self, features: Floats) -> tuple[int, float]:
        """Return the row with the highest sum, and the sum.

        Boosting puts most of what it learned into its first trees, so these choose the few rows
        that the others are asked about: a sixth of the work.
        """
        rows = np.arange(len(features))
        if len(features) > _FINALISTS:
            early = self._sums(features, slice(0, _HEATS))
            rows = np.argsort(-early, kind="stable")[:_FINALISTS]
        sums = self.log_odds(features[rows])
        first = int(np.argmax(sums))
        return int(rows[first]), float(sums[first])

    def log_odds(self, features: Floats) -> Floats:
        """Return `(rows,)` sums for `(rows, features)`."""
        return self._sums(features, slice(None)) + np.float32(self.base)

    def _sums(self, features: Floats, which: slice) -> Floats:
        feature, threshold = self.feature[which], self.threshold[which]
        left, right, value = self.left[which], self.right[which], self.value[which]
        trees = np.arange(len(feature))[:, np.newaxis]
        rows = np.arange(len(features))[np.newaxis]
        at = np.zeros((len(feature), len(features)), np.int32)
        for _ in range(self.depth):
            values = features[rows, feature[trees, at]]
            at = np.where(values <= threshold[trees, at], left[trees, at], right[trees, at])
        total: Floats = value[trees, at].sum(axis=0)
        return total

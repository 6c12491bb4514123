"""The reference: every similarity is computed and the best are kept. O(n), and proud of it.

It is short enough to be believed, which is what the other kinds are tested against. While it
searches it holds queries times entries similarities in memory; FAISS's `flat` gives the same
answers without.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from index.gallery import Ids, Rows
from index.gallery_index import GalleryIndex, Nearest
from index.options import IndexKind


@dataclass(frozen=True, slots=True, eq=False)
class ExactIndex(GalleryIndex):
    """Brute force in numpy. Of equal similarities the lower id wins, at the edge of the k too."""

    @property
    def kind(self) -> IndexKind:
        """Always exact."""
        return "exact"

    def with_changes(
        self, add_ids: Ids = (), add_vectors: Rows | None = None, remove_ids: Ids = ()
    ) -> Self:
        """Another index over the changed gallery."""
        return type(self)(self.gallery.with_changes(add_ids, add_vectors, remove_ids), self.options)

    def _nearest(self, queries: Rows, k: int) -> Nearest:
        similarities = queries @ self.gallery.vectors.T  # (queries, entries)
        best = np.stack([_best_positions(row, k) for row in similarities])  # (queries, k)
        return self.ids[best], np.take_along_axis(similarities, best, axis=1)


def _best_positions(similarities: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Positions of the k highest of (entries,), best first, of equals the lower position.

    >>> _best_positions(np.array([0.1, 0.7, 0.9, 0.7, 0.7], np.float32), 3)
    array([2, 1, 3])
    """
    # A partition cuts through equals at random, so all equals of the last place stay in at first.
    last = np.partition(similarities, -k)[-k]
    candidates = np.flatnonzero(similarities >= last)
    return candidates[np.argsort(-similarities[candidates], kind="stable")[:k]]

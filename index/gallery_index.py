"""What every kind of index here shares: its entries, and what is checked before and after a search.

A kind adds only how the nearest entries are found. It is asked with queries that are fit to be
compared, at least one of them, for at least one entry and never more than there are; so the
smallest cases (no entries, one entry, k beyond the count) are settled here, once for all kinds.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from index.gallery import Gallery, Rows, check_rows
from index.neighbours import Neighbours
from index.options import IndexOptions, require_whole

Nearest: TypeAlias = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class GalleryIndex(ABC):
    """An index over a gallery; see `index.protocol.VectorIndex` for what its methods promise."""

    gallery: Gallery
    options: IndexOptions

    @property
    def dim(self) -> int:
        """Components per vector."""
        return self.gallery.dim

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """(entries,) in rising order, read-only."""
        return self.gallery.ids

    def __len__(self) -> int:
        return len(self.gallery)

    def search(self, queries: Rows, k: int) -> Neighbours:
        """The k nearest entries of each query, padded where there are fewer."""
        check_rows("queries", queries, self.dim)
        require_whole("k", k)
        found = min(k, len(self))
        if found and len(queries):
            return Neighbours.ranked(*self._nearest(queries, found), k)
        nothing = (len(queries), 0)  # padded to k columns like any other shortage
        return Neighbours.ranked(np.empty(nothing, np.int64), np.empty(nothing, np.float32), k)

    @abstractmethod
    def _nearest(self, queries: Rows, k: int) -> Nearest:
        """Ids (`NO_ID` for nothing found) and similarities, (queries, k) each, in any order."""

    def save(self, folder: Path) -> None:
        """Writes the gallery's files."""
        self.gallery.save(folder)

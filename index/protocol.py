"""The one interface the rest of the system searches through.

A `VectorIndex` is a value: it never changes once made. A change is another index, made beside the
one that is answering, so no search ever waits for a writer or sees half a change. Who holds the
newest one is `index.live`'s business, how it survives a restart is `index.snapshot`'s.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.gallery import Ids, Rows
from index.neighbours import Neighbours
from index.options import IndexKind, IndexOptions


class VectorIndex(Protocol):
    """Unit vectors under 64-bit ids of the caller's choosing, searched by cosine."""

    @property
    def kind(self) -> IndexKind:
        """What this index is, which may be plainer than what `options` asked for."""

    @property
    def options(self) -> IndexOptions:
        """What was asked for when it was built."""

    @property
    def dim(self) -> int:
        """Components per vector."""

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """(entries,) in rising order, read-only."""

    def __len__(self) -> int:
        """Entries."""

    def search(self, queries: Rows, k: int) -> Neighbours:
        """The k entries nearest to each query.

        Args:
            queries: (queries, dim) float32, contiguous, unit rows; no queries give no rows.
            k: Columns of the result; beyond the number of entries it is padded.

        Raises:
            InvalidVectorsError: The queries are not such rows.
            InvalidParameterError: `k` is not positive.
        """

    def with_changes(
        self, add_ids: Ids = (), add_vectors: Rows | None = None, remove_ids: Ids = ()
    ) -> "VectorIndex":
        """Another index of the same kind; this one goes on answering as before.

        Removal comes first: an id in both lists gets its new vector.

        Raises:
            InvalidIdsError: An id to remove is unknown, or an id to add is still present.
            InvalidVectorsError: `add_vectors` is not one unit row of `dim` per id to add.
        """

    def save(self, folder: Path) -> None:
        """Writes the index as plain files into an empty folder, for `index.factory.load_index`.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """

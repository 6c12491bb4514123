"""The index that is answering now, replaced whole while it answers.

Readers take one reference and keep it for the length of a search, so a search sees the old index
or the new one and never half of either; they take no lock. Writers queue up behind one lock, and
what they publish is there for the very next search: a removed id is gone at once.
"""

import threading

from index.errors import InvalidParameterError, StaleSwapError
from index.gallery import Ids, Rows
from index.neighbours import Neighbours
from index.protocol import VectorIndex


class LiveIndex:
    """Holds the newest `VectorIndex`; safe to share between threads."""

    def __init__(self, index: VectorIndex) -> None:
        # One reference to one pair: reading it is a single step that no writer can cut in two.
        self._view = (0, index)
        self._writing = threading.Lock()

    def view(self) -> tuple[int, VectorIndex]:
        """The generation, counted from 0, and its index, always of one piece."""
        return self._view

    @property
    def generation(self) -> int:
        """How many times the index has been replaced."""
        return self._view[0]

    def search(self, queries: Rows, k: int) -> Neighbours:
        """Searches the newest index; see `VectorIndex.search`."""
        _, index = self._view
        return index.search(queries, k)

    def swap(self, index: VectorIndex, *, since: int | None = None) -> int:
        """Puts another index in place and returns its generation.

        Args:
            index: The new index, of the same dimension.
            since: The generation that was answering when the new index was begun. If another has
                taken its place, the new index lacks those changes and is refused.

        Raises:
            StaleSwapError: The generation is no longer `since`.
            InvalidParameterError: The dimension differs, so it cannot be of the same model.
        """
        with self._writing:
            generation, before = self._view
            if since is not None and since != generation:
                raise StaleSwapError(f"generation {since} was replaced by {generation} meanwhile")
            if index.dim != before.dim:
                raise InvalidParameterError(
                    f"the index has vectors of {before.dim}, its successor of {index.dim}"
                )
            self._view = (generation + 1, index)
            return generation + 1

    def apply(
        self, add_ids: Ids = (), add_vectors: Rows | None = None, remove_ids: Ids = ()
    ) -> int:
        """Changes a copy, puts it in place and returns its generation.

        See `VectorIndex.with_changes` for the errors; after one, everything is as it was.
        """
        # The copy is made inside the lock: two writers starting from one index would lose a change.
        with self._writing:
            generation, before = self._view
            after = before.with_changes(add_ids, add_vectors, remove_ids)
            self._view = (generation + 1, after)
            return generation + 1

"""What a search found: for every query its nearest entries, best first.

A result checks itself once, when it is made, and cannot be changed afterwards, so that nothing
further down has to ask whether ids and similarities still belong together. A query with fewer than
k entries to find is padded at the end with `NO_ID` beside a similarity of minus infinity, which no
threshold lets through by accident. Similarity is cosine, higher is closer; what that means for a
photo is not said here.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from index.errors import InvalidNeighboursError

NO_ID: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """The k nearest entries of each query, as two aligned read-only arrays.

    >>> found = Neighbours.ranked(np.array([[7, 3, 5]]), np.array([[0.5, 0.9, 0.5]]), k=4)
    >>> found.ids.tolist(), found.similarities.tolist()
    ([[3, 5, 7, -1]], [[0.8999999761581421, 0.5, 0.5, -inf]])

    Attributes:
        ids: (queries, k) int64, `NO_ID` where nothing more was found.
        similarities: (queries, k) float32, falling along each row, -inf beside every `NO_ID`.

    Raises:
        InvalidNeighboursError: The arrays are misaligned, unsorted, or not finite beside an id.
    """

    ids: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        for name, dtype in (("ids", np.int64), ("similarities", np.float32)):
            # A copy: the caller may still hold, and write to, the array it passed.
            array = np.array(getattr(self, name), dtype=dtype)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.ids.ndim != 2 or self.ids.shape != self.similarities.shape:
            raise InvalidNeighboursError(
                f"ids {self.ids.shape} and similarities {self.similarities.shape} must be the same "
                "(queries, k)"
            )
        if (self.ids < NO_ID).any():
            raise InvalidNeighboursError("ids must not be negative")
        # Padding sits at the end because -inf does: sortedness below is the whole check.
        finite, lowest = np.isfinite(self.similarities), np.isneginf(self.similarities)
        if not np.where(self.ids == NO_ID, lowest, finite).all():
            raise InvalidNeighboursError("similarities must be finite beside an id, else -inf")
        if not (self.similarities[:, :-1] >= self.similarities[:, 1:]).all():
            raise InvalidNeighboursError("similarities must fall along each row")

    @classmethod
    def ranked(
        cls, ids: npt.NDArray[np.int64], similarities: npt.NDArray[np.floating], k: int
    ) -> Self:
        """Sorts each row best first, equal similarities by id, and pads it to `k` columns.

        Args:
            ids: (queries, found) in any order, `NO_ID` where nothing was found; `found` <= k.
            similarities: (queries, found); whatever stands beside `NO_ID` is ignored.
            k: Columns of the result.
        """
        similarities = np.where(ids == NO_ID, -np.inf, similarities)
        order = np.lexsort((ids, -similarities), axis=1)  # (queries, found), the last key leads
        padding = ((0, 0), (0, k - ids.shape[1]))
        return cls(
            np.pad(np.take_along_axis(ids, order, 1), padding, constant_values=NO_ID),
            np.pad(np.take_along_axis(similarities, order, 1), padding, constant_values=-np.inf),
        )

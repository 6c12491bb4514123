"""The entries of an index: ids and unit rows, aligned by construction.

Every kind of index holds one `Gallery` and answers with its ids. Rows are kept in order of id, so
the same entries make the same arrays whatever order they came in, and the lower row is the lower
id. A gallery never changes: `with_changes` makes another. It refuses anything that could come out
as a wrong neighbour later: rows that are not of length one, an id with two vectors, the removal of
what is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0

from index.errors import InvalidIdsError, InvalidVectorsError
from index.options import require_whole

Rows: TypeAlias = npt.NDArray[np.float32]
Ids: TypeAlias = npt.NDArray[np.int64] | Sequence[int]

UNIT_TOLERANCE: Final = 1e-3
IDS_FILE: Final = "ids.npy"
VECTORS_FILE: Final = "vectors.npy"


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Ids in rising order and the vector of each.

    Attributes:
        ids: (entries,) int64, rising strictly, none negative, read-only.
        vectors: (entries, dim) float32, unit rows, read-only.

    Raises:
        InvalidIdsError: Ids are negative or repeated.
        InvalidVectorsError: `check_rows` refuses the vectors, or there is not one per id.
    """

    ids: npt.NDArray[np.int64]
    vectors: Rows

    def __post_init__(self) -> None:
        if self.ids.size and (self.ids[0] < 0 or not (self.ids[1:] > self.ids[:-1]).all()):
            raise InvalidIdsError("ids must be at least 0, and each may appear only once")
        if self.vectors.ndim != 2:
            raise InvalidVectorsError(f"vectors must be (entries, dim), not {self.vectors.shape}")
        check_rows("vectors", self.vectors, self.dim)
        if len(self.ids) != len(self.vectors):
            raise InvalidVectorsError(f"{len(self.ids)} ids but {len(self.vectors)} vectors")
        self.ids.setflags(write=False)
        self.vectors.setflags(write=False)

    @property
    def dim(self) -> int:
        """Components per vector."""
        dim: int = self.vectors.shape[1]
        return dim

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, dim: int, ids: Ids = (), vectors: Rows | None = None) -> Self:
        """Copies entries given in any order; no vectors means none at all.

        Raises:
            InvalidParameterError: `dim` is not positive.
            InvalidIdsError: Ids are not whole numbers, negative or repeated.
            InvalidVectorsError: As for the class, or the vectors are not of `dim` components.
        """
        require_whole("dim", dim)
        return cls(np.empty(0, np.int64), np.empty((0, dim), np.float32)).with_changes(ids, vectors)

    def with_changes(
        self, add_ids: Ids = (), add_vectors: Rows | None = None, remove_ids: Ids = ()
    ) -> Self:
        """Another gallery, without the removed entries and with the added ones.

        Removal comes first: an id in both lists gets its new vector.

        Raises:
            InvalidIdsError: An id to remove is unknown, or an id to add is still present.
            InvalidVectorsError: As for the class.
        """
        added, removed = as_ids("add_ids", add_ids), as_ids("remove_ids", remove_ids)
        rows = np.empty((0, self.dim), np.float32) if add_vectors is None else add_vectors
        check_rows("vectors", rows, self.dim)
        if len(added) != len(rows):
            raise InvalidVectorsError(f"{len(added)} ids but {len(rows)} vectors")
        if unknown := np.setdiff1d(removed, self.ids).tolist():
            raise InvalidIdsError(f"cannot remove ids that are not there: {_some(unknown)}")
        kept = np.isin(self.ids, removed, invert=True)  # (entries,)
        if present := np.intersect1d(added, self.ids[kept]).tolist():
            raise InvalidIdsError(f"cannot add ids that are there already: {_some(present)}")
        ids = np.concatenate([self.ids[kept], added])
        # Copying every row is what costs here, so each copy is made only where it is needed.
        vectors = np.concatenate([self.vectors if kept.all() else self.vectors[kept], rows])
        # New ids are the highest ones as a rule, and then the rows are in order already.
        order = np.argsort(ids, kind="stable")
        in_order = (order[1:] > order[:-1]).all()
        return type(self)(ids, vectors) if in_order else type(self)(ids[order], vectors[order])

    def save(self, folder: Path) -> None:
        """Writes `ids.npy` and `vectors.npy`."""
        for name, array in ((IDS_FILE, self.ids), (VECTORS_FILE, self.vectors)):
            header = header_data_from_array_1_0(array)
            # Not np.save: it reports no error when the disk fills up at the last block.
            with (folder / name).open("wb") as file:
                write_array_header_1_0(file, header)
                file.write(array.data)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Reads what `save` wrote, and checks it like any other input."""
        vectors = np.load(folder / VECTORS_FILE, allow_pickle=False)
        return cls(as_ids("ids", np.load(folder / IDS_FILE, allow_pickle=False)), vectors)


def check_rows(name: str, rows: Rows, dim: int) -> None:
    """Refuses rows whose inner product would not be a cosine.

    Nothing is converted in passing: a float64 or transposed array is a sign that the rows did not
    come straight from an embedder, and copying it silently costs more than saying so.

    Args:
        name: What the caller calls the rows, for the message.
        rows: To be (any, dim) float32, contiguous, finite, each of length 1 within 0.001.
        dim: Components per row.

    Raises:
        InvalidVectorsError: The message names the first thing that is wrong.
    """
    if not isinstance(rows, np.ndarray) or rows.dtype != np.float32:
        found = getattr(rows, "dtype", type(rows).__name__)
        raise InvalidVectorsError(f"{name} must be a float32 array, not {found}")
    if rows.ndim != 2 or rows.shape[1] != dim:
        raise InvalidVectorsError(f"{name} must be (rows, {dim}), not {rows.shape}")
    if not rows.flags.c_contiguous:
        raise InvalidVectorsError(f"{name} must be contiguous in memory; see ascontiguousarray")
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))  # (rows,), NaN or inf if a component is
    wrong = np.flatnonzero(~(np.abs(lengths - 1) <= UNIT_TOLERANCE))
    if wrong.size:
        raise InvalidVectorsError(
            f"{name} must be finite and of length 1, but row {wrong[0]} is of length "
            f"{lengths[wrong[0]]:g}"
        )


def as_ids(name: str, values: Ids) -> npt.NDArray[np.int64]:
    """Whole numbers as int64 (n,), with nothing rounded, wrapped or taken for a mask.

    Raises:
        InvalidIdsError: The values are not a flat list of different whole numbers from 0 to 2⁶³-1.
    """
    # An empty list would come out as floats, and unsigned 64-bit numbers can wrap around.
    array = np.asarray(values) if len(values) else np.empty(0, np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu" or not np.can_cast(array.dtype, np.int64):
        raise InvalidIdsError(f"{name} must be a flat list of 64-bit whole numbers")
    if len(np.unique(array)) != len(array) or (array < 0).any():
        raise InvalidIdsError(f"{name} must be at least 0, and each may appear only once")
    return array.astype(np.int64)


def _some(ids: list[int]) -> str:
    return ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")

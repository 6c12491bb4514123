"""From options to an index: the one place that knows which class serves which kind."""

from pathlib import Path

from index.exact import ExactIndex
from index.faiss_index import FaissIndex
from index.gallery import Gallery, Ids, Rows
from index.options import IndexKind, IndexOptions
from index.protocol import VectorIndex


def build_index(
    options: IndexOptions, dim: int, ids: Ids = (), vectors: Rows | None = None
) -> VectorIndex:
    """Builds an index over entries given in any order; none and one are fine.

    >>> import numpy as np
    >>> rows = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    >>> index = build_index(IndexOptions(kind="flat"), 2, [10, 20, 30], rows)
    >>> index.search(rows[:1], k=2).ids
    array([[10, 20]])

    Args:
        options: The kind and its parameters.
        dim: Components per vector.
        ids: One per vector, at least 0, all different.
        vectors: (entries, dim) float32, contiguous, unit rows; copied.

    Returns:
        An index of the kind asked for, or `flat` for an `ivf` with too few vectors to learn from.

    Raises:
        InvalidParameterError: `dim` is not positive.
        InvalidIdsError: The ids are not such numbers.
        InvalidVectorsError: The vectors are not such rows, or not one per id.
    """
    gallery = Gallery.of(dim, ids, vectors)
    if options.kind == "exact":
        return ExactIndex(gallery, options)
    return FaissIndex.build(gallery, options)


def load_index(folder: Path, kind: IndexKind, options: IndexOptions) -> VectorIndex:
    """Reads what `VectorIndex.save` wrote.

    Raises:
        OSError: A file is missing or unreadable.
        ValueError: The files are not a gallery, or do not fit each other.
        RuntimeError: FAISS cannot read its file.
    """
    if kind == "exact":
        return ExactIndex(Gallery.load(folder), options)
    return FaissIndex.load(folder, kind, options)

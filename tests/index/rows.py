"""Vectors for the tests of the index: generated unit rows, the same for the same arguments."""

import numpy as np

from index import IndexKind, IndexOptions, Rows, VectorIndex, build_index

# Small enough that a hundred entries are cells and a graph, and not the flat stand-in.
SMALL = {
    "ivf_lists": 2,
    "ivf_probes": 2,
    "hnsw_neighbours": 8,
    "hnsw_construction": 40,
    "hnsw_search": 64,
}


def unit_rows(count: int, dim: int = 8, seed: int = 0) -> Rows:
    """(count, dim) directions drawn evenly from the sphere."""
    return _unit(np.random.default_rng(seed).standard_normal((count, dim)))


def clustered_rows(count: int, dim: int = 32, seed: int = 0, clusters: int = 50) -> Rows:
    """(count, dim) directions around shared centres, as embeddings of real things lie."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(1234).standard_normal((clusters, dim))
    return _unit(centres[rng.integers(clusters, size=count)] + 0.5 * rng.normal(size=(count, dim)))


def axis_rows(*axes: int, dim: int = 4) -> Rows:
    """One row per axis; their inner products are exactly 0 or 1."""
    return np.eye(dim, dtype=np.float32)[list(axes)]


def small_options(kind: IndexKind) -> IndexOptions:
    return IndexOptions(kind=kind, **SMALL)


def small_index(kind: IndexKind, count: int = 100, dim: int = 8, first_id: int = 0) -> VectorIndex:
    """Entries `first_id`, `first_id` + 1, … with the rows of `unit_rows`."""
    ids = range(first_id, first_id + count)
    return build_index(small_options(kind), dim, ids, unit_rows(count, dim))


def _unit(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Rows:
    unit: Rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit

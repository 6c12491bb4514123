"""FAISS agrees with the reference: exactly when flat, nearly when approximate."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import IndexKind, IndexOptions, Neighbours, Rows, VectorIndex, build_index
from index.factory import load_index
from tests.index.rows import clustered_rows, small_index, small_options, unit_rows

DIM = 8


def recall(found: Neighbours, truth: Neighbours) -> float:
    """Share of the true neighbours that were found."""
    shared = [np.isin(mine, true).mean() for mine, true in zip(found.ids, truth.ids, strict=True)]
    return float(np.mean(shared))


@settings(max_examples=60)
@given(
    steps=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=6),
    k=st.integers(1, 40),
    queries=st.integers(1, 30),
    seed=st.integers(0, 2**32 - 1),
)
def test_flat_equals_exact_after_any_changes(
    steps: list[tuple[int, int]], k: int, queries: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    flat: VectorIndex = build_index(IndexOptions(kind="flat"), DIM)
    exact: VectorIndex = build_index(IndexOptions(kind="exact"), DIM)
    known: dict[int, Rows] = {}
    for added, removed in steps:
        fresh = [i for i in rng.integers(2**62, size=added).tolist() if i not in known]
        rows = unit_rows(len(fresh), DIM, seed=int(rng.integers(2**32)))
        gone = rng.permutation(list(known))[:removed].astype(int).tolist()
        flat, exact = (index.with_changes(fresh, rows, gone) for index in (flat, exact))
        known = {i: row for i, row in known.items() if i not in gone}
        known |= dict(zip(fresh, rows, strict=True))
    asked = unit_rows(queries, DIM, seed=seed)
    found, truth = flat.search(asked, k), exact.search(asked, k)
    assert flat.ids.tolist() == exact.ids.tolist() == sorted(known)
    np.testing.assert_array_equal(found.ids == -1, truth.ids == -1)
    np.testing.assert_allclose(found.similarities, truth.similarities, atol=1e-5)
    for query, ids, similarities in zip(asked, found.ids, found.similarities, strict=True):
        for entry, similarity in zip(ids[ids != -1].tolist(), similarities, strict=False):
            assert abs(known[entry] @ query - similarity) < 1e-5


@pytest.mark.parametrize(
    "options",
    [IndexOptions(kind="ivf", ivf_lists=64, ivf_probes=8), IndexOptions(kind="hnsw")],
    ids=lambda options: str(options.kind),
)
def test_approximate_kinds_find_nearly_all_true_neighbours(options: IndexOptions) -> None:
    rows, queries = clustered_rows(4000), clustered_rows(200, seed=1)
    index = build_index(options, 32, range(4000), rows)
    truth = build_index(IndexOptions(kind="exact"), 32, range(4000), rows).search(queries, k=10)
    found = index.search(queries, k=10)
    assert index.kind == options.kind
    assert recall(found, truth) >= 0.95


def test_more_probes_find_more_and_belong_to_the_index_alone() -> None:
    rows, queries = unit_rows(2000, 16), unit_rows(100, 16, seed=1)
    truth = build_index(IndexOptions(kind="exact"), 16, range(2000), rows).search(queries, k=10)
    few, all_of_them = (
        build_index(IndexOptions(kind="ivf", ivf_lists=32, ivf_probes=n), 16, range(2000), rows)
        for n in (1, 32)
    )
    assert recall(all_of_them.search(queries, k=10), truth) == 1
    assert recall(few.search(queries, k=10), truth) < 0.9


def test_cells_that_hold_fewer_than_k_are_padded() -> None:
    options = IndexOptions(kind="ivf", ivf_lists=16, ivf_probes=1)
    found = build_index(options, 16, range(1000), unit_rows(1000, 16)).search(unit_rows(4, 16), 900)
    assert (found.ids[:, -1] == -1).all()


def test_too_few_vectors_for_cells_make_a_flat_index_that_says_so() -> None:
    index = build_index(small_options("ivf"), DIM, range(77), unit_rows(77))
    assert (index.kind, index.options.kind) == ("flat", "ivf")
    assert small_index("ivf", count=78).kind == "ivf"


@pytest.mark.parametrize("kind", ["flat", "ivf"])
def test_equal_similarities_are_in_order_of_id(kind: IndexKind) -> None:
    same = np.repeat(unit_rows(1), 100, axis=0)
    found = build_index(small_options(kind), DIM, range(99, -1, -1), same).search(same[:1], k=100)
    assert found.ids.tolist() == [list(range(100))]


def test_a_structure_that_does_not_fit_its_gallery_is_refused(tmp_path: Path) -> None:
    index = small_index("hnsw")
    index.save(tmp_path)
    small_index("exact", count=99).save(tmp_path)
    with pytest.raises(ValueError, match="differ in size"):
        load_index(tmp_path, "hnsw", index.options)

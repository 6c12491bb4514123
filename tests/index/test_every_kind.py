"""What every kind of index promises, asked of each: the smallest cases, changes, 64-bit ids."""

from pathlib import Path

import numpy as np
import pytest

from index import (
    INDEX_KINDS,
    IndexKind,
    InvalidIdsError,
    InvalidParameterError,
    InvalidVectorsError,
    build_index,
)
from index.factory import load_index
from tests.index.rows import axis_rows, small_index, small_options, unit_rows

pytestmark = pytest.mark.parametrize("kind", INDEX_KINDS)


def test_it_is_of_the_kind_asked_for(kind: IndexKind) -> None:
    index = small_index(kind)
    assert (index.kind, index.options.kind) == (kind, kind)
    assert (len(index), index.dim, index.ids.tolist()) == (100, 8, list(range(100)))


def test_every_entry_is_its_own_nearest(kind: IndexKind) -> None:
    found = small_index(kind).search(unit_rows(100), k=3)
    assert found.ids[:, 0].tolist() == list(range(100))
    np.testing.assert_allclose(found.similarities[:, 0], 1, atol=1e-5)


def test_an_empty_index_finds_nothing(kind: IndexKind) -> None:
    found = build_index(small_options(kind), 4).search(axis_rows(0, 1), k=3)
    assert found.ids.tolist() == [[-1, -1, -1]] * 2
    assert np.isneginf(found.similarities).all()


def test_a_single_entry_is_found_by_its_like_and_its_opposite(kind: IndexKind) -> None:
    index = build_index(small_options(kind), 4, [7], axis_rows(2))
    found = index.search(np.concatenate([axis_rows(2), -axis_rows(2)]), k=1)
    assert found.ids.tolist() == [[7], [7]]
    assert found.similarities.tolist() == [[1], [-1]]


def test_k_beyond_the_count_is_padded(kind: IndexKind) -> None:
    found = small_index(kind).search(unit_rows(2), k=150)
    assert (np.sort(found.ids[:, :100]) == np.arange(100)).all()
    assert (found.ids[:, 100:] == -1).all()


def test_no_queries_give_no_rows(kind: IndexKind) -> None:
    assert small_index(kind).search(unit_rows(0), k=5).ids.shape == (0, 5)


def test_a_first_entry_can_be_added_to_nothing_and_the_last_removed(kind: IndexKind) -> None:
    one = build_index(small_options(kind), 4).with_changes([5], axis_rows(1))
    none = one.with_changes(remove_ids=[5])
    assert one.search(axis_rows(1), k=1).ids.tolist() == [[5]]
    assert none.search(axis_rows(1), k=1).ids.tolist() == [[-1]]
    assert none.with_changes([6], axis_rows(1)).search(axis_rows(1), 1).ids.tolist() == [[6]]


def test_all_entries_can_be_removed_and_others_added(kind: IndexKind) -> None:
    index = small_index(kind)
    refilled = index.with_changes(remove_ids=index.ids).with_changes([9], unit_rows(1, seed=9))
    assert refilled.kind == kind
    assert refilled.search(unit_rows(1), k=2).ids.tolist() == [[9, -1]]


def test_a_change_leaves_the_index_it_was_made_from_alone(kind: IndexKind) -> None:
    index, queries = small_index(kind), unit_rows(20)
    before = index.search(queries, k=5)
    index.with_changes([500], unit_rows(1, seed=5), [0, 1, 2])
    after = index.search(queries, k=5)
    np.testing.assert_array_equal(after.ids, before.ids)
    assert len(index) == 100


def test_delete_reload_add_keeps_ids_and_vectors_aligned(kind: IndexKind, tmp_path: Path) -> None:
    index = small_index(kind).with_changes(remove_ids=range(0, 100, 3))
    index.save(tmp_path)
    added = unit_rows(10, seed=7)
    index = load_index(tmp_path, index.kind, index.options).with_changes(range(200, 210), added)
    left = [i for i in range(100) if i % 3]
    assert index.ids.tolist() == [*left, *range(200, 210)]
    assert index.search(unit_rows(100)[left], k=1).ids.ravel().tolist() == left
    assert index.search(added, k=1).ids.ravel().tolist() == list(range(200, 210))
    assert not np.isin(range(0, 100, 3), index.search(unit_rows(100), k=99).ids).any()


def test_ids_beyond_32_bits_survive_changes_and_a_reload(kind: IndexKind, tmp_path: Path) -> None:
    huge = 2**63 - 1
    index = small_index(kind, first_id=2**32 + 5).with_changes([huge], unit_rows(1, seed=3))
    index.save(tmp_path)
    loaded = load_index(tmp_path, index.kind, index.options)
    assert loaded.search(unit_rows(1), k=1).ids.item() == 2**32 + 5
    assert loaded.search(unit_rows(1, seed=3), k=1).ids.item() == huge


def test_a_reload_answers_the_same(kind: IndexKind, tmp_path: Path) -> None:
    index, queries = small_index(kind), unit_rows(30, seed=1)
    index.save(tmp_path)
    before = index.search(queries, k=10)
    after = load_index(tmp_path, index.kind, index.options).search(queries, k=10)
    np.testing.assert_array_equal(after.ids, before.ids)
    np.testing.assert_array_equal(after.similarities, before.similarities)


def test_bad_queries_are_refused(kind: IndexKind) -> None:
    index = small_index(kind)
    for queries in (unit_rows(1, dim=9), unit_rows(1).astype(float), unit_rows(1) * np.nan):
        with pytest.raises(InvalidVectorsError, match="queries"):
            index.search(queries, k=1)


@pytest.mark.parametrize("k", [0, -1, 2.0])
def test_k_must_be_a_positive_whole_number(kind: IndexKind, k: int) -> None:
    with pytest.raises(InvalidParameterError, match="k must be"):
        small_index(kind).search(unit_rows(1), k)


def test_unknown_and_present_ids_are_refused(kind: IndexKind) -> None:
    with pytest.raises(InvalidIdsError, match="not there: 100"):
        small_index(kind).with_changes(remove_ids=[100])
    with pytest.raises(InvalidIdsError, match="there already: 99"):
        small_index(kind).with_changes([99], unit_rows(1))

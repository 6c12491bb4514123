"""Replacing the index fails no search, mixes no generations and loses no change."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index import (
    IndexKind,
    InvalidIdsError,
    InvalidParameterError,
    LiveIndex,
    StaleSwapError,
)
from tests.index.rows import small_index, unit_rows

STRIDE = 1000  # ids of generation g are g * STRIDE … g * STRIDE + 99


@pytest.mark.parametrize("kind", ["exact", "flat", "ivf", "hnsw"])
def test_every_search_during_swaps_is_wholly_of_one_generation(kind: IndexKind) -> None:
    generations = [small_index(kind, first_id=g * STRIDE) for g in range(6)]
    live, queries, done = LiveIndex(generations[0]), unit_rows(20), threading.Event()

    def search() -> set[int]:
        seen = set()
        while not done.is_set():
            before = live.generation
            found = live.search(queries, k=5)
            after = live.generation
            (generation,) = np.unique(found.ids // STRIDE).tolist()
            assert generation in {g % 6 for g in range(before, after + 1)}
            assert (found.ids[:, 0] == generation * STRIDE + np.arange(20)).all()
            seen.add(generation)
        return seen

    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search) for _ in range(4)]
        for number in range(1, 101):
            assert live.swap(generations[number % 6]) == number
            time.sleep(0.001)  # or all swaps are over before the first search is
        done.set()
    assert len(set().union(*(each.result() for each in searches))) > 1


def test_changes_from_many_threads_are_all_kept() -> None:
    live = LiveIndex(small_index("flat"))
    rows = unit_rows(40, seed=1)

    def change(number: int) -> None:
        live.apply([500 + number], rows[number : number + 1], [number])
        assert 500 + number in live.search(rows, k=1).ids
        assert number not in live.search(unit_rows(100), k=5).ids

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(40)))
    generation, index = live.view()
    assert generation == live.generation == 40
    assert index.ids.tolist() == [*range(40, 100), *range(500, 540)]


def test_a_removed_id_is_gone_at_once_and_a_view_taken_before_keeps_it() -> None:
    live = LiveIndex(small_index("flat"))
    _, before = live.view()
    assert live.apply(remove_ids=[7]) == 1
    assert 7 not in live.search(unit_rows(100), k=100).ids
    assert 7 in before.search(unit_rows(8), k=1).ids


def test_a_change_that_fails_changes_nothing() -> None:
    live = LiveIndex(small_index("flat"))
    view = live.view()
    with pytest.raises(InvalidIdsError):
        live.apply([500], unit_rows(1), [400])
    assert live.view() is view
    live.apply(remove_ids=[0])


def test_a_swap_that_would_lose_changes_is_refused() -> None:
    live = LiveIndex(small_index("flat"))
    begun, index = live.view()
    rebuilt = index.with_changes(remove_ids=[1])
    live.apply([500], unit_rows(1, seed=1))
    with pytest.raises(StaleSwapError, match="generation 0 was replaced by 1"):
        live.swap(rebuilt, since=begun)
    assert live.view()[1].ids[-1] == 500
    assert live.swap(rebuilt, since=1) == 2


def test_an_index_of_another_dimension_is_refused() -> None:
    live = LiveIndex(small_index("flat", dim=8))
    with pytest.raises(InvalidParameterError, match="vectors of 8, its successor of 9"):
        live.swap(small_index("flat", dim=9))
    assert live.generation == 0

"""Order, bounded memory, and a clean end however a run ends."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.batch.executor import LocalExecutor
from app.domain.errors import InvalidInputError


def _catalog_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "catalog" in thread.name]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    def work(item: int) -> int:
        time.sleep(0.002 * (item % 3))
        return item * item

    results = list(LocalExecutor(workers).map(work, range(40)))
    assert results == [item * item for item in range(40)]


def test_several_workers_work_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=5)
    assert len(list(LocalExecutor(3).map(lambda _: together.wait(), range(3)))) == 3


def test_only_a_window_of_items_is_drawn_ahead() -> None:
    drawn = 0

    def items() -> Iterator[int]:
        nonlocal drawn
        while drawn < 1_000:
            drawn += 1
            yield drawn

    with closing(LocalExecutor(2).map(lambda item: item, items())) as results:
        for taken, _ in enumerate(results, start=1):
            assert drawn <= taken + 2 * 4
    assert drawn == 1_000


def test_the_first_exception_ends_it_and_drops_what_has_not_begun() -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise ValueError(item)
        time.sleep(0.3 if item > 3 else 0)
        return item

    results = LocalExecutor(1).map(work, range(100))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="3"):
        next(results)
    assert begun[:4] == [0, 1, 2, 3]
    assert len(begun) <= 5  # seven had been handed over
    assert not _catalog_threads()


def test_a_caller_that_leaves_leaves_no_thread() -> None:
    with closing(LocalExecutor(2).map(lambda item: item, range(1_000))) as results:
        next(results)
        assert _catalog_threads()
    assert not _catalog_threads()


def test_no_worker_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="at least one worker"):
        LocalExecutor(0)

"""Batches made in a thread while the network takes its step."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_AHEAD = 3

T = TypeVar("T")


def prefetched(make: Callable[[int], T], numbers: Iterable[int]) -> Generator[T, None, None]:
    """Yield `make(number)` for each number in order, made in a thread some numbers ahead."""
    with ThreadPoolExecutor(1) as thread:
        waiting: deque[Future[T]] = deque()
        for number in numbers:
            waiting.append(thread.submit(make, number))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

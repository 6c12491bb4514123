"""Runs the stage over a catalogue's rows: several at a time, results in the order of the rows.

The network uses every core by itself, so two threads are enough to decode the next photo while one
is being looked at. Only a small window of rows is under way at once, which keeps memory constant
however long the catalogue is. Nothing is retried, and no order is ever promised but the input's.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from app.domain.errors import InvalidInputError

Item = TypeVar("Item")
Result = TypeVar("Result")
DEFAULT_WORKERS = 2
_WINDOW_PER_WORKER = 4  # a slow listing holds up the results behind it, not the other workers


class LocalExecutor:
    """Threads of this process."""

    def __init__(self, workers: int = DEFAULT_WORKERS) -> None:
        if workers < 1:
            raise InvalidInputError("at least one worker is needed")
        self._workers = workers

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item]
    ) -> Generator[Result, None, None]:
        """Yield the results in the order of the items, which are drawn in the caller's thread.

        The first exception of the work, of the items or of the caller (Ctrl-C included) ends it:
        what has not begun is dropped, what has is waited for.
        """
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="catalog")
        window: deque[Future[Result]] = deque()
        try:
            for item in items:
                if len(window) == _WINDOW_PER_WORKER * self._workers:
                    yield window.popleft().result()
                window.append(pool.submit(work, item))
            while window:
                yield window.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

"""Progress: a bar on a terminal, a log line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LOG_EVERY_S = 10.0


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Yield a function to call once for each thing done."""
    if sys.stderr.isatty():
        columns = (
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
    else:
        yield _Lines(what, total).advance


class _Lines:
    """Logs a count every ten seconds."""

    def __init__(self, what: str, total: int | None) -> None:
        self._log = structlog.get_logger(__name__)
        self._what = what
        self._total = total
        self._done = 0
        self._next = time.monotonic() + _LOG_EVERY_S

    def advance(self) -> None:
        """Count one more."""
        self._done += 1
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _LOG_EVERY_S
            self._log.info(self._what, done=self._done, total=self._total)

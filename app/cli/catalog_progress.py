"""How far a catalogue is: a bar on a terminal, a log line every ten seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.batch.tally import Progress as ProgressRole
from app.batch.tally import ProgressReport

_LOG_EVERY_S = 10.0
_BAR_EVERY_S = 0.1  # a run that only takes over kept rows does thousands a second


@contextmanager
def shown() -> Iterator[ProgressRole]:
    """Yield a function that shows a report."""
    if sys.stderr.isatty():
        with bar(Console(stderr=True)) as show:
            yield show
    else:
        yield LogLines()


@contextmanager
def bar(console: Console) -> Iterator[ProgressRole]:
    """Yield a function that moves a bar: listings, photos a second, suspects, errors, time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("listings", total=None, figures="")
        seldom = Seldom(_BAR_EVERY_S)

        def show(report: ProgressReport) -> None:
            if seldom() or report.rows == report.total_rows:
                progress.update(
                    task, completed=report.rows, total=report.total_rows, figures=figures(report)
                )

        yield show


def figures(report: ProgressReport) -> str:
    """Return what stands behind the bar.

    >>> figures(ProgressReport(500, 1000, 499, 1200, 3, 1, 500, 1200, 100.0))
    '12.0 photos/s, 3 suspect, 1 error, 1:40 left'
    """
    errors = f"{report.errors} error{'' if report.errors == 1 else 's'}"
    parts = [f"{report.photos_per_second:.1f} photos/s", f"{report.suspects} suspect", errors]
    left = report.seconds_left
    if left is not None:
        parts.append(f"{duration(left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time as clocks show it.

    >>> duration(100), duration(7_325)
    ('1:40', '2:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Seldom:
    """Says yes at most once in so many seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next = clock() + seconds

    def __call__(self) -> bool:
        """Tell whether the time has come."""
        now = self._clock()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True


class LogLines:
    """Logs a report now and then."""

    def __init__(self, seldom: Callable[[], bool] | None = None) -> None:
        self._log = structlog.get_logger(__name__)
        self._seldom = seldom or Seldom(_LOG_EVERY_S)

    def __call__(self, report: ProgressReport) -> None:
        """Log, if it is time."""
        if not self._seldom():
            return
        left = report.seconds_left
        self._log.info(
            "catalogue",
            rows=report.rows,
            of=report.total_rows,
            photos=report.photos,
            photos_per_second=round(report.photos_per_second, 1),
            suspects=report.suspects,
            errors=report.errors,
            seconds_left=None if left is None else round(left),
        )

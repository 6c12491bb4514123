"""An errand: work that somebody waits for, until a moment, and that stops when nobody does.

    begun ─▶ checkpoint ─▶ … ─▶ checkpoint ─▶ begin_keeping ─▶ done
                  └─▶ stopped: abandoned, or its deadline passed

The errand at hand travels with the context, as a request's id does, so what works need not hand it
on: `stages.timed` asks before every stage. Work outside any errand, a catalogue's or a command's,
is never stopped. Once an errand has begun to keep its result it can no longer be stopped, and so an
answer that says that nothing was done is always true.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.domain.errors import DeadlineError

_current: ContextVar["Errand | None"] = ContextVar("errand", default=None)


class AbandonedError(Exception):
    """Nobody waits for the work any more. No refusal, since there is nobody to be told."""


class Errand:
    """Whether to go on. Asked by the thread that works, ended by the one that waits."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deadline = clock() + seconds
        self._lock = threading.Lock()
        self._abandoned = False
        self._keeping = False

    @property
    def left(self) -> float:
        """Seconds until the deadline, never less than none."""
        return max(0.0, self._deadline - self._clock())

    def check(self) -> None:
        """Go on, or raise.

        Raises:
            AbandonedError: nobody waits any more.
            DeadlineError: the deadline has passed.
        """
        if self._keeping:
            return
        if self._abandoned:
            raise AbandonedError
        if not self.left:
            raise deadline_passed()

    def begin_keeping(self) -> None:
        """Check for the last time: from here on the work is carried through."""
        with self._lock:
            self.check()
            self._keeping = True

    def abandon(self) -> bool:
        """End the errand; false where that is too late, since its result is being kept."""
        with self._lock:
            if self._keeping:
                return False
            self._abandoned = True
            return True


def deadline_passed() -> DeadlineError:
    """Return the error of an errand that took too long."""
    return DeadlineError("the answer took too long and was given up; nothing was kept")


@contextmanager
def running(errand: Errand) -> Iterator[None]:
    """Make an errand the one at hand."""
    token = _current.set(errand)
    try:
        errand.check()
        yield
    finally:
        _current.reset(token)


def checkpoint() -> None:
    """Go on if somebody still waits; see `Errand.check`."""
    errand = _current.get()
    if errand is not None:
        errand.check()


def begin_keeping() -> None:
    """Say that what follows is kept; see `Errand.begin_keeping`."""
    errand = _current.get()
    if errand is not None:
        errand.begin_keeping()

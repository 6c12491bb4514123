"""A room with a few places to work and a few seats to wait: whoever finds both taken is sent away.

    enter ─▶ a seat is free? ─▶ waits for a place ─▶ works, checking its errand ─▶ leaves
                  └─▶ BusyError, at once, with how long until it is worth coming back

A short queue is what keeps the promise of a short wait: the last who is let in waits for `waiting`
others on `places` and for no more. Work that nobody waits for any more leaves its seat unworked.
"""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.errors import BusyError
from app.services.errand import Errand, running

T = TypeVar("T")
_SMOOTHING = 0.1  # of the mean time at work: the last twenty or so count
_LONGEST_WAIT = 60  # seconds that anyone is told to stay away


@dataclass(frozen=True, slots=True)
class RoomSize:
    """How many work at a time, and how many may wait."""

    places: int
    waiting: int

    def __post_init__(self) -> None:
        if self.places < 1 or self.waiting < 0:
            raise ValueError("a room has at least one place, and no fewer than no seats")


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Who is in a room at one moment."""

    working: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Ticket(Generic[T]):
    """Work that was let in: what will come of it, and how to give it up."""

    future: Future[T]
    errand: Errand

    def abandon(self) -> bool:
        """Give the work up; false where it is too late and its outcome has to be awaited."""
        return self.errand.abandon() and (self.future.cancel() or True)


def unwatched(seconds: float) -> None:
    """Ignore how long somebody waited."""


class WorkRoom:
    """Threads of its own behind a bounded queue; safe to share between threads."""

    def __init__(
        self,
        name: str,
        size: RoomSize,
        *,
        waited: Callable[[float], None] = unwatched,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up without starting a thread.

        Args:
            name: of the room and its threads.
            size: its places and seats.
            waited: is told how long each one waited for a place.
            clock: in seconds.
        """
        self.name = name
        self.size = size
        self._waited = waited
        self._clock = clock
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(size.places, thread_name_prefix=name)
        self._working = 0
        self._waiting = 0
        self._mean = 0.0  # seconds at work

    @property
    def occupancy(self) -> Occupancy:
        """Who is in the room now."""
        with self._lock:
            return Occupancy(self._working, self._waiting)

    def check_seat(self) -> None:
        """Refuse, as `enter` would, before anything was prepared."""
        with self._lock:
            self._check_seat()

    def enter(self, work: Callable[[], T], errand: Errand) -> Ticket[T]:
        """Let work in, to be done in the caller's context by one of the room's threads.

        Raises:
            BusyError: when every place and every seat is taken.
        """
        context, arrived = copy_context(), self._clock()

        def worked() -> T:
            began = self._begin(arrived)
            try:
                with running(errand):
                    return work()
            finally:
                self._end(began)

        with self._lock:
            self._check_seat()
            self._waiting += 1
        future = self._threads.submit(context.run, worked)
        future.add_done_callback(self._left)
        return Ticket(future, errand)

    def close(self) -> None:
        """Let nobody in any more, send away who waits, and wait for those at work."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _check_seat(self) -> None:
        inside = self._working + self._waiting
        if inside >= self.size.places + self.size.waiting:
            raise BusyError(
                f"{self._waiting} are waiting already; come back in a moment",
                retry_after=self._retry_after(inside),
            )

    def _retry_after(self, inside: int) -> int:
        seconds = inside / self.size.places * self._mean
        return min(max(1, math.ceil(seconds)), _LONGEST_WAIT)

    def _begin(self, arrived: float) -> float:
        now = self._clock()
        with self._lock:
            self._waiting -= 1
            self._working += 1
        self._waited(now - arrived)
        return now

    def _end(self, began: float) -> None:
        seconds = self._clock() - began
        with self._lock:
            self._working -= 1
            self._mean += (seconds - self._mean) * (_SMOOTHING if self._mean else 1.0)

    def _left(self, future: Future[T]) -> None:
        """Free the seat of one who left before it was their turn."""
        if future.cancelled():
            with self._lock:
                self._waiting -= 1

"""From the event loop to the threads that work, and back: whoever asked is waited for as well.

    body read ─▶ [images fetched] ─▶ a seat ─▶ a place ─▶ worked on ─▶ answer
                        └──────────────┴───────────┴─▶ caller gone, or deadline passed: given up

One deadline holds for fetching, waiting and working together. Fetching has a room of its own, so
that a slow server takes a place from nobody who could work.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.api.metrics import ASSESS, FETCH, Metrics
from app.domain.errors import NotReadyError
from app.services.admission import RoomSize, Ticket, WorkRoom
from app.services.collecting import ImageCollector
from app.services.errand import Errand, deadline_passed
from app.services.sources import FetchedSource, ImageSource
from app.services.stages import Observe

T = TypeVar("T")
_PREFER: Final = "prefer"


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """How much is done at a time, how much may wait, and how long anyone waits."""

    places: int = 4
    waiting: int = 8
    fetching: int = 8
    seconds: float = 30.0


class Rooms:
    """The rooms of one application: one to look at photos in, one to fetch them."""

    def __init__(self, options: RoomOptions, metrics: Metrics) -> None:
        looking = RoomSize(options.places, options.waiting)
        # Listings wait here for servers of others, not for the processor: as many as may wait.
        fetching = RoomSize(options.fetching, options.waiting)
        self.looking = WorkRoom(ASSESS, looking, waited=partial(metrics.waited, ASSESS))
        self.fetching = WorkRoom(FETCH, fetching, waited=partial(metrics.waited, FETCH))
        self.seconds = options.seconds

    @property
    def all(self) -> tuple[WorkRoom, ...]:
        """Every room."""
        return (self.looking, self.fetching)

    def close(self) -> None:
        """Let nobody in any more and wait for those at work."""
        for room in self.all:
            room.close()


class Waiting:
    """A caller who waits for what is done in the rooms."""

    def __init__(self, rooms: Rooms, receive: Receive, seconds: float) -> None:
        self._rooms = rooms
        self._receive = receive
        self._errand = Errand(seconds)

    async def fetched(
        self, collector: ImageCollector, sources: Sequence[ImageSource], observe: Observe
    ) -> tuple[ImageSource, ...]:
        """Return the sources, with every image that a URL names at hand or refused."""
        if not any(isinstance(source, FetchedSource) for source in sources):
            return tuple(sources)
        collect = partial(collector.collect, sources, observe=observe)
        return await self._outcome(self._rooms.fetching.enter(collect, self._errand))

    async def worked(self, work: Callable[[], T]) -> T:
        """Return what came of the work.

        Raises:
            BusyError: when the queue is full.
            DeadlineError: when it took too long.
            ClientDisconnect: when the caller left.
        """
        return await self._outcome(self._rooms.looking.enter(work, self._errand))

    async def _outcome(self, ticket: Ticket[T]) -> T:
        outcome: asyncio.Future[T] = asyncio.wrap_future(ticket.future)
        gone: asyncio.Future[None] = asyncio.ensure_future(_gone(self._receive))
        try:
            either: set[asyncio.Future[Any]] = {outcome, gone}
            await asyncio.wait(
                either, timeout=self._errand.left, return_when=asyncio.FIRST_COMPLETED
            )
            if not outcome.done() and ticket.abandon():
                raise ClientDisconnect if gone.done() else deadline_passed()
        except asyncio.CancelledError:  # the server has no more patience, and is about to end
            if ticket.abandon():
                raise NotReadyError("the service is shutting down; nothing was kept") from None
        finally:
            gone.cancel()
        return await outcome  # being kept by now, which takes no time worth counting


async def _gone(receive: Receive) -> None:
    """Return when the caller has left; to be awaited once the body has been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


def wait_asked_for(prefer: str) -> float | None:
    """Return the seconds of `Prefer: wait=…` (RFC 7240, 4.3), `None` where there are none.

    >>> wait_asked_for("respond-async, wait=2"), wait_asked_for("wait=soon"), wait_asked_for("")
    (2.0, None, None)
    """
    for preference in prefer.split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait" and value.strip().isascii() and value.strip().isdigit():
            return float(value.strip()[:9])
    return None


async def get_waiting(request: Request) -> Waiting:
    """Return the caller as one who waits, for no longer than they and the operator want."""
    rooms: Rooms = request.app.state.rooms
    asked = wait_asked_for(request.headers.get(_PREFER, ""))
    seconds = rooms.seconds if asked is None else min(asked, rooms.seconds)
    return Waiting(rooms, request.receive, seconds)


WaitingDep = Annotated[Waiting, Depends(get_waiting)]

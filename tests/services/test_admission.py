"""A work room: so many at work, so many waiting, the next one is sent away at once."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from app.domain.errors import BusyError
from app.services.admission import Occupancy, RoomSize, WorkRoom
from app.services.errand import AbandonedError, Errand

WAIT = 10.0
NAME: ContextVar[str] = ContextVar("name")


def _errand() -> Errand:
    return Errand(WAIT)


def _until(room: WorkRoom, wanted: Occupancy) -> None:
    end = time.monotonic() + WAIT
    while room.occupancy != wanted:
        assert time.monotonic() < end, room.occupancy
        time.sleep(0.001)


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def room(gate: threading.Event) -> Iterator[WorkRoom]:
    room = WorkRoom("test", RoomSize(2, 1))
    yield room
    gate.set()
    room.close()


def test_the_fourth_is_sent_away_and_the_next_one_let_in(
    room: WorkRoom, gate: threading.Event
) -> None:
    tickets = [room.enter(lambda: gate.wait(WAIT), _errand()) for _ in range(2)]
    _until(room, Occupancy(2, 0))
    room.check_seat()
    tickets.append(room.enter(lambda: gate.wait(WAIT), _errand()))
    assert room.occupancy == Occupancy(2, 1)
    for refuse in (room.check_seat, lambda: room.enter(bool, _errand())):
        with pytest.raises(BusyError) as caught:
            refuse()
        assert caught.value.retry_after >= 1
    assert room.occupancy == Occupancy(2, 1)
    gate.set()
    assert [ticket.future.result(WAIT) for ticket in tickets] == [True] * 3
    _until(room, Occupancy(0, 0))
    assert room.enter(lambda: 7, _errand()).future.result(WAIT) == 7


def test_who_leaves_the_queue_leaves_a_seat(room: WorkRoom, gate: threading.Event) -> None:
    begun: list[int] = []
    for _ in range(2):
        room.enter(lambda: gate.wait(WAIT), _errand())
    _until(room, Occupancy(2, 0))
    waiting = room.enter(lambda: begun.append(1), _errand())
    assert waiting.abandon()
    assert room.occupancy == Occupancy(2, 0)
    second = room.enter(lambda: begun.append(2), _errand())
    gate.set()
    second.future.result(WAIT)
    assert begun == [2]
    _until(room, Occupancy(0, 0))


def test_who_leaves_at_work_stops_at_the_next_stage(room: WorkRoom, gate: threading.Event) -> None:
    errand = _errand()

    def work() -> None:
        gate.wait(WAIT)
        errand.check()

    ticket = room.enter(work, errand)
    _until(room, Occupancy(1, 0))
    assert ticket.abandon()
    gate.set()
    with pytest.raises(AbandonedError):
        ticket.future.result(WAIT)


def test_work_runs_in_the_context_of_who_asked(room: WorkRoom) -> None:
    token = NAME.set("caller")
    try:
        assert room.enter(NAME.get, _errand()).future.result(WAIT) == "caller"
    finally:
        NAME.reset(token)


def test_a_failure_is_handed_back_and_frees_the_place(room: WorkRoom) -> None:
    def fail() -> None:
        raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        room.enter(fail, _errand()).future.result(WAIT)
    _until(room, Occupancy(0, 0))


def test_how_long_to_stay_away_follows_how_long_work_takes() -> None:
    now = [0.0]

    def work() -> None:
        now[0] += 12.0

    gate = threading.Event()
    room = WorkRoom("test", RoomSize(1, 1), clock=lambda: now[0])
    try:
        room.enter(work, _errand()).future.result(WAIT)
        _until(room, Occupancy(0, 0))
        for _ in range(2):
            room.enter(lambda: gate.wait(WAIT), _errand())
        with pytest.raises(BusyError) as caught:
            room.check_seat()
        assert caught.value.retry_after == 24  # two of twelve seconds each, one at a time
    finally:
        gate.set()
        room.close()


def test_waiting_is_measured() -> None:
    waits: list[float] = []
    room = WorkRoom("test", RoomSize(1, 4), waited=waits.append)
    tickets = [room.enter(lambda: time.sleep(0.02), _errand()) for _ in range(3)]
    for ticket in tickets:
        ticket.future.result(WAIT)
    room.close()
    assert len(waits) == 3
    assert waits[0] < waits[1] < waits[2]


def test_a_crowd_that_comes_and_goes_leaves_an_empty_room() -> None:
    """Leaving races with being let in, and every seat is free again whoever wins."""
    room = WorkRoom("test", RoomSize(3, 5))
    chance = random.Random(3)  # noqa: S311  pauses, not secrets
    refused, done, gone = [], [], []

    def come(number: int) -> None:
        errand = _errand()
        try:
            ticket = room.enter(lambda: time.sleep(chance.random() / 500), errand)
        except BusyError:
            refused.append(number)
            return
        if number % 2:
            time.sleep(chance.random() / 300)
            ticket.abandon()
        try:
            ticket.future.result(WAIT)
            done.append(number)
        except (AbandonedError, CancelledError):
            gone.append(number)

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(come, range(600)))
    _until(room, Occupancy(0, 0))
    assert len(refused) + len(done) + len(gone) == 600
    assert all((refused, done, gone)), "each of the three has to happen"
    assert all(number % 2 for number in gone)
    room.close()


def test_a_closed_room_finishes_what_was_begun() -> None:
    room = WorkRoom("test", RoomSize(1, 2))
    done: list[int] = []

    def work() -> None:
        time.sleep(0.05)
        done.append(1)

    first = room.enter(work, _errand())
    _until(room, Occupancy(1, 0))
    second = room.enter(work, _errand())
    room.close()
    assert first.future.done()
    assert second.future.cancelled()
    assert done == [1]


@pytest.mark.parametrize("size", [(0, 1), (1, -1)])
def test_a_room_without_places_is_none(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a room"):
        RoomSize(*size)

"""Answers to writes: kept once, given again, and never given to another write."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import IdempotencyError, InvalidInputError
from app.domain.idempotency import Claim, KeptAnswer, WriteId
from app.storage.answers import SqlAnswerStore
from app.storage.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITE = WriteId("key_1", "order-7", "f" * 64)
ANSWER = KeptAnswer(201, {"location": "/v1/brands/brd_1"}, b'{"id": "brd_1"}\x00')


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> SqlAnswerStore:
    keep, lease = timedelta(hours=24), timedelta(minutes=2)
    return SqlAnswerStore(database, keep=keep, lease=lease, clock=clock)


def _claimed(store: SqlAnswerStore, write: WriteId = WRITE) -> Claim:
    claim = store.claim(write)
    assert isinstance(claim, Claim)
    return claim


def test_the_first_answer_is_given_again(store: SqlAnswerStore) -> None:
    store.finish(_claimed(store), ANSWER)
    assert store.claim(WRITE) == ANSWER
    assert store.claim(WRITE) == ANSWER


def test_another_write_under_the_same_key_is_refused(store: SqlAnswerStore) -> None:
    other = WriteId("key_1", "order-7", "e" * 64)
    claim = _claimed(store)
    with pytest.raises(IdempotencyError, match="another request"):
        store.claim(other)
    store.finish(claim, ANSWER)
    with pytest.raises(IdempotencyError, match="another request"):
        store.claim(other)


def test_callers_do_not_meet(store: SqlAnswerStore) -> None:
    store.finish(_claimed(store), ANSWER)
    _claimed(store, WriteId("key_2", "order-7", "f" * 64))
    _claimed(store, WriteId("key_1", "order-8", "f" * 64))


def test_a_write_that_is_under_way(store: SqlAnswerStore, clock: Clock) -> None:
    _claimed(store)
    clock.now += timedelta(seconds=119)
    with pytest.raises(IdempotencyError, match="under way"):
        store.claim(WRITE)


def test_a_claim_of_a_dead_process_passes_on(store: SqlAnswerStore, clock: Clock) -> None:
    late = _claimed(store)
    clock.now += timedelta(minutes=2)
    new = _claimed(store)
    store.finish(late, KeptAnswer(500, {}, b"late"))
    store.release(late)
    with pytest.raises(IdempotencyError, match="under way"):
        store.claim(WRITE)
    store.finish(new, ANSWER)
    assert store.claim(WRITE) == ANSWER


def test_a_claim_that_was_given_back(store: SqlAnswerStore) -> None:
    store.release(_claimed(store))
    _claimed(store)


def test_an_answer_expires_and_is_deleted(
    store: SqlAnswerStore, clock: Clock, database: Database
) -> None:
    store.finish(_claimed(store), ANSWER)
    clock.now += timedelta(hours=24)
    fresh = WriteId("key_1", "order-7", "e" * 64)
    store.finish(_claimed(store, fresh), ANSWER)
    clock.now += timedelta(hours=24)
    store.finish(_claimed(store, WriteId("key_1", "order-9", "d" * 64)), ANSWER)
    with database.session() as session:
        assert session.scalars(text("SELECT key FROM answers")).all() == ["order-9"]


def test_of_many_at_once_one_carries_it_out(database: Database) -> None:
    start = threading.Barrier(6)

    def ask(number: int) -> bool:
        store = SqlAnswerStore(database)
        start.wait()
        try:
            return isinstance(store.claim(WRITE), Claim)
        except IdempotencyError:
            return False

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(ask, range(6))) == [False] * 5 + [True]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "é", "a\x7f"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(InvalidInputError, match="printable"):
        WriteId("key_1", key, "f" * 64)


def test_the_longest_key(store: SqlAnswerStore) -> None:
    _claimed(store, WriteId("key_1", "x" * 255, "f" * 64))


@pytest.fixture(autouse=True)
def _nothing_left(database: Database) -> Iterator[None]:
    yield
    with database.session(write=True) as session:
        session.execute(text("DELETE FROM answers"))

"""Keys as they are kept: found by prefix, noted when used, revoked and never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.identity import NewKey, Scope
from app.storage.database import Database
from app.storage.failures import CollisionError
from app.storage.keys import SqlKeyStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _new(prefix: str = "0" * 12, name: str = "pipeline") -> NewKey:
    return NewKey(name, prefix, "d" * 64, (Scope.ASSESS, Scope.REVIEW), 60)


def test_a_key_comes_back_as_it_was_kept(database: Database) -> None:
    store = SqlKeyStore(database, clock=lambda: NOON)
    assert not store.any()
    kept = store.add(_new())
    assert store.any()
    assert store.get(kept.id) == kept == store.with_prefix("0" * 12)
    assert (kept.scopes, kept.rate_per_minute) == ((Scope.ASSESS, Scope.REVIEW), 60)
    assert (kept.created_at, kept.last_used_at, kept.revoked_at) == (NOON, None, None)
    assert store.with_prefix("1" * 12) is None


def test_two_keys_never_share_a_prefix(database: Database) -> None:
    store = SqlKeyStore(database)
    store.add(_new())
    with pytest.raises(CollisionError):
        store.add(_new())


def test_a_revoked_key_stays_with_its_first_moment(database: Database) -> None:
    moments = iter([NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2)])
    store = SqlKeyStore(database, clock=lambda: next(moments))
    kept = store.add(_new())
    assert store.revoke(kept.id).revoked_at == NOON + timedelta(hours=1)
    again = store.revoke(kept.id)
    assert (again.revoked_at, again.active) == (NOON + timedelta(hours=1), False)
    assert store.list() == [again]
    assert store.any()


def test_the_last_use_is_noted(database: Database) -> None:
    store = SqlKeyStore(database, clock=lambda: NOON)
    kept = store.add(_new())
    store.used(kept.id)
    assert store.get(kept.id).last_used_at == NOON
    store.used(99)  # gone or never there: nothing to note, and no error


def test_keys_are_listed_by_pages(database: Database) -> None:
    store = SqlKeyStore(database)
    kept = [store.add(_new(f"{number:012x}")) for number in range(3)]
    assert store.list(limit=2) == kept[:2]
    assert store.list(after=kept[1].id) == kept[2:]


@pytest.mark.parametrize("number", [1, 99])
def test_a_key_that_is_not_there(database: Database, number: int) -> None:
    store = SqlKeyStore(database)
    for call in (store.get, store.revoke):
        with pytest.raises(NotFoundError, match=f"no key with number {number}"):
            call(number)


def test_a_name_that_no_database_holds(database: Database) -> None:
    with pytest.raises(InvalidInputError):
        SqlKeyStore(database).add(_new(name="a\x00b"))


def test_the_columns_hold_no_secret(database: Database) -> None:
    SqlKeyStore(database).add(_new())
    with database.session() as session:
        row = session.execute(text("SELECT * FROM api_keys")).mappings().one()
    assert set(row) == {
        "id", "name", "prefix", "digest", "scopes", "rate_per_minute", "created_at",
        "last_used_at", "revoked_at",
    }  # fmt: skip

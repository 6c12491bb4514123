"""Keys as a caller meets them: the token opens, anything near it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.errors import InvalidInputError, StorageError, UnauthenticatedError
from app.domain.identity import TOKEN, NewKey, Scope, parse_scopes
from app.services.keys import KeyKeeper
from app.storage.database import Database
from app.storage.keys import SqlKeyStore


class CountingStore(SqlKeyStore):
    """Counts what is asked of it, and may be a database that takes no writes."""

    asked = 0
    noted = 0
    read_only = False

    def any(self) -> bool:
        self.asked += 1
        return super().any()

    def used(self, key_id: int) -> None:
        self.noted += 1
        if self.read_only:
            raise StorageError("the database file cannot be written to")
        super().used(key_id)


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'keys.db'}")
    database.migrate()
    yield database
    database.dispose()


@pytest.fixture
def store(database: Database) -> CountingStore:
    return CountingStore(database)


def test_a_token_stands_for_its_key(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    made = keeper.make("pipeline", (Scope.ASSESS,), 90)
    assert TOKEN.fullmatch(made.token)
    principal = keeper.principal(made.token)
    assert (principal.name, principal.scopes) == ("pipeline", frozenset({Scope.ASSESS}))
    assert (principal.key_id, principal.rate_per_minute) == (made.key.id, 90)
    assert principal.may(frozenset({Scope.ASSESS, Scope.REVIEW}))
    assert not principal.may(frozenset({Scope.REGISTRY}))


def test_admin_may_do_everything(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    admin = keeper.principal(keeper.make("root", (Scope.ADMIN,)).token)
    assert all(admin.may(frozenset({scope})) for scope in Scope)


def test_no_part_of_the_token_is_kept(store: CountingStore, database: Database) -> None:
    made = KeyKeeper(store).make("pipeline", (Scope.ASSESS,))
    secret = made.token.rpartition("_")[2] if made.token.count("_") == 2 else made.token[16:]
    with database.session() as session:
        row = str(session.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in row
    assert secret not in repr(made.key)


def test_tokens_never_repeat(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    assert len({keeper.make("k", (Scope.ASSESS,)).token for _ in range(50)}) == 50


@pytest.mark.parametrize("change", ["", "x", "ts_", "Bearer", "ts_000000000000_" + "x" * 43])
def test_what_is_no_token(store: CountingStore, change: str) -> None:
    keeper = KeyKeeper(store)
    keeper.make("pipeline", (Scope.ASSESS,))
    with pytest.raises(UnauthenticatedError):
        keeper.principal(change)


def test_a_secret_that_differs_in_one_character(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    token = keeper.make("pipeline", (Scope.ASSESS,)).token
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (other, token.upper(), token + "A", token[:-1], f" {token}"):
        with pytest.raises(UnauthenticatedError):
            keeper.principal(wrong)


def test_the_prefix_of_one_and_the_secret_of_another(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    one, two = (keeper.make("k", (Scope.ASSESS,)).token for _ in range(2))
    with pytest.raises(UnauthenticatedError):
        keeper.principal(one[:16] + two[16:])


def test_a_revoked_key_opens_nothing(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    made = keeper.make("pipeline", (Scope.ASSESS,))
    keeper.principal(made.token)
    store.revoke(made.key.id)
    with pytest.raises(UnauthenticatedError):
        keeper.principal(made.token)
    assert keeper.closed()


def test_a_service_is_open_until_its_first_key(store: CountingStore) -> None:
    clock = Clock()
    keeper = KeyKeeper(store, clock)
    assert not keeper.closed()
    assert not keeper.closed()
    assert store.asked == 1
    KeyKeeper(store).make("made elsewhere", (Scope.ASSESS,))
    clock.now += 1.1
    assert keeper.closed()
    clock.now += 100
    assert keeper.closed()
    assert store.asked == 2


def test_the_first_key_closes_its_own_process_at_once(store: CountingStore) -> None:
    keeper = KeyKeeper(store, Clock())
    assert not keeper.closed()
    keeper.make("pipeline", (Scope.ASSESS,))
    assert keeper.closed()


def test_a_use_is_noted_once_a_minute(store: CountingStore) -> None:
    clock = Clock()
    keeper = KeyKeeper(store, clock)
    made = keeper.make("pipeline", (Scope.ASSESS,))
    for seconds in (0, 1, 58, 2):
        clock.now += seconds
        keeper.principal(made.token)
    assert store.noted == 2
    assert store.get(made.key.id).last_used_at is not None


def test_a_database_that_takes_no_writes_lets_keys_in(store: CountingStore) -> None:
    keeper = KeyKeeper(store)
    made = keeper.make("pipeline", (Scope.ASSESS,))
    store.read_only = True
    assert keeper.principal(made.token).key_id == made.key.id


@pytest.mark.parametrize("texts", [[], ["write"], ["assess", ""]])
def test_scopes_that_are_none(texts: list[str]) -> None:
    with pytest.raises(InvalidInputError, match="assess, registry, review, admin"):
        parse_scopes(texts)


@pytest.mark.parametrize(
    ("name", "scopes", "rate"),
    [(" ", (Scope.ASSESS,), None), ("k", (), None), ("k", (Scope.ASSESS,), 0)],
)
def test_a_key_that_cannot_be(name: str, scopes: tuple[Scope, ...], rate: int | None) -> None:
    with pytest.raises(InvalidInputError):
        NewKey(name, "0" * 12, "d" * 64, scopes, rate)

"""The cache of embedded regions: what is kept comes back, and the oldest make room."""

import pytest

from app.domain.ports import KeptRegions
from app.storage.database import Database
from app.storage.regions import SqlRegionStore


def _kept(number: int, size: int = 100, model: str = "m") -> KeptRegions:
    return KeptRegions(f"{number:064x}", model, bytes([number]) * size)


def _present(store: SqlRegionStore, count: int) -> list[int]:
    return [n for n in range(count) if store.load(f"{n:064x}", "m") is not None]


def test_what_is_kept_comes_back_under_its_own_model(database: Database) -> None:
    store = SqlRegionStore(database, max_bytes=10_000)
    store.save([_kept(1), _kept(2, model="other")])
    assert store.load(f"{1:064x}", "m") == bytes([1]) * 100
    assert store.load(f"{1:064x}", "other") is None
    assert store.load(f"{2:064x}", "m") is None
    assert store.size() == 200


def test_keeping_again_replaces(database: Database) -> None:
    store = SqlRegionStore(database, max_bytes=10_000)
    store.save([_kept(1, 100)])
    store.save([_kept(1, 50)])
    assert store.load(f"{1:064x}", "m") == bytes([1]) * 50
    assert store.size() == 50


def test_the_oldest_make_room_and_the_limit_holds(database: Database) -> None:
    store = SqlRegionStore(database, max_bytes=1_000)
    for number in range(25):
        store.save([_kept(number)])
        assert store.size() <= 1_000
    assert _present(store, 25) == [*range(15, 25)]


def test_what_is_larger_than_all_room_is_not_kept(database: Database) -> None:
    store = SqlRegionStore(database, max_bytes=1_000)
    store.save([_kept(0), _kept(1, 1_001)])
    assert _present(store, 2) == [0]


@pytest.mark.parametrize("processes", [2, 3])
def test_processes_exceed_the_limit_by_their_shares_at_most(
    database: Database, processes: int
) -> None:
    limit = 6_400
    stores = [SqlRegionStore(database, max_bytes=limit) for _ in range(processes)]
    for number in range(240):
        stores[number % processes].save([_kept(number, 60)])
        assert stores[0].size() <= limit + processes * limit // 64


def test_a_smaller_limit_is_met_by_the_next_start(database: Database) -> None:
    SqlRegionStore(database, max_bytes=50_000).save([_kept(number) for number in range(250)])
    smaller = SqlRegionStore(database, max_bytes=1_000)
    smaller.save([_kept(250)])
    assert smaller.size() <= 1_000
    assert smaller.load(f"{250:064x}", "m") is not None

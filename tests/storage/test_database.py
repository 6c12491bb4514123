"""Databases that fail, in words; settings of a connection."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from app.domain.errors import StorageError
from app.storage.database import Database
from app.storage.registry import SqlRegistryStore

SECRET = "hunter2"  # noqa: S105


def _sqlite(path: Path) -> Database:
    return Database(f"sqlite:///{path}", wait_seconds=0.05)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://h"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(StorageError):
        Database(url)


def test_a_session_commits(database: Database) -> None:
    with database.session(write=True) as session:
        session.execute(text("UPDATE registry_version SET version = 5"))
    assert SqlRegistryStore(database).version() == 5


def test_a_session_rolls_back(database: Database) -> None:
    def give_up() -> None:
        with database.session(write=True) as session:
            session.execute(text("UPDATE registry_version SET version = 5"))
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert SqlRegistryStore(database).version() == 0


def test_a_disposed_database_opens_again(database: Database) -> None:
    database.dispose()
    assert SqlRegistryStore(database).version() == 0


def test_a_database_without_tables_says_so(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(StorageError, match="must be migrated first"):
        SqlRegistryStore(database).version()
    database.dispose()


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    database = _sqlite(tmp_path / "deep" / "down" / "touchstone.db")
    database.migrate()
    with database.session() as session:
        pragmas = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        values = [session.scalar(text(f"PRAGMA {name}")) for name in pragmas]
    assert values == ["wal", 1, 1, 50]
    database.dispose()


def test_a_full_disk_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    database = _sqlite(tmp_path / "small.db")
    database.migrate()
    database.dispose()
    # SQLite's own limit on a file: the same error as a full disk gives.
    event.listen(database._engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 40"))
    registry = SqlRegistryStore(database)

    def add_too_many() -> None:
        with registry.batch():
            for number in range(1000):
                registry.add_brand(f"{number} {'x' * 400}", ["y" * 400])

    with pytest.raises(StorageError, match="disk is full"):
        add_too_many()
    assert registry.version() == 0
    assert registry.brands() == []
    assert registry.add_brand("small").name == "small"
    database.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(b"not a database at all " * 100)
    database = _sqlite(tmp_path / "note.txt")
    with pytest.raises(StorageError, match="not a database"):
        database.migrate()
    assert (tmp_path / "note.txt").read_bytes().startswith(b"not a database")
    database.dispose()


def test_a_damaged_page_is_named(migrated_file: Path, tmp_path: Path) -> None:
    data = bytearray(migrated_file.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (tmp_path / "bad.db").write_bytes(data)
    database = _sqlite(tmp_path / "bad.db")
    with pytest.raises(StorageError, match="damaged"):
        SqlRegistryStore(database).state()
    database.dispose()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="folder cannot be made"):
        _sqlite(tmp_path / "file" / "touchstone.db").migrate()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        SqlRegistryStore(_sqlite(tmp_path / "none" / "touchstone.db")).version()


def test_a_file_held_by_another_program_cannot_be_migrated(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    database = _sqlite(tmp_path / "held.db")
    with pytest.raises(StorageError, match="busy"):
        database.migrate()
    holder.execute("ROLLBACK")
    holder.close()
    database.migrate()
    database.dispose()


def test_a_file_that_was_moved_away_is_not_written_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "moved.db"
    database = _sqlite(path)
    database.migrate()
    registry = SqlRegistryStore(database)
    registry.add_brand("before")
    for name in ("moved.db", "moved.db-wal", "moved.db-shm"):
        (tmp_path / name).rename(tmp_path / f"away-{name}")
    for use in (registry.version, lambda: registry.add_brand("lost")):
        with pytest.raises(StorageError, match="not there any more"):
            use()
    assert not path.exists()
    for name in ("moved.db", "moved.db-wal", "moved.db-shm"):
        (tmp_path / f"away-{name}").rename(tmp_path / name)
    registry.add_brand("after")
    assert [brand.name for brand in registry.brands()] == ["before", "after"]
    database.dispose()


def test_a_file_that_was_replaced_is_opened_anew(migrated_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "replaced.db"
    database = _sqlite(path)
    database.migrate()
    registry = SqlRegistryStore(database)
    registry.add_brand("old")
    for name in ("replaced.db-wal", "replaced.db-shm", "replaced.db"):
        (tmp_path / name).unlink()
    path.write_bytes(migrated_file.read_bytes())
    assert registry.brands() == []
    assert registry.add_brand("new").id == 1
    database.dispose()
    assert [brand.name for brand in registry.brands()] == ["new"]


def test_foreign_keys_are_enforced(database: Database) -> None:
    motif = "INSERT INTO motifs (brand_id, name, name_key, kind, words, registrations, disabled)"
    with pytest.raises(StorageError), database.session(write=True) as session:
        session.execute(text(f"{motif} VALUES (99, 'n', 'n', 'logo', '[]', '[]', false)"))
    assert SqlRegistryStore(database).motifs() == []


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    database = Database(f"postgres://user:{SECRET}@127.0.0.1:1/none")
    for use in (database.migrate, SqlRegistryStore(database).version):
        with pytest.raises(StorageError, match="cannot be reached") as caught:
            use()
        assert SECRET not in caught.value.message
    database.dispose()


def test_a_lost_connection_is_named_and_replaced(migrated_postgres: str) -> None:
    database = Database(migrated_postgres)
    killer = create_engine(migrated_postgres)

    def lose() -> None:
        with database.session() as session, killer.begin() as other:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            session.execute(text("SELECT 1"))

    with pytest.raises(StorageError, match="to the database server was lost"):
        lose()
    killer.dispose()
    with database.session() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.dispose()


def test_a_session_that_reads_cannot_write_on_postgresql(migrated_postgres: str) -> None:
    database = Database(migrated_postgres)
    with pytest.raises(StorageError, match="no changes"), database.session() as session:
        session.execute(text("UPDATE registry_version SET version = 5"))
    database.dispose()

"""The schema's history: brings a database to the newest revision, or back.

Runs Alembic inside the program, without a file of settings. All of it happens in one transaction
that no other process can enter (SQLite: the write lock; PostgreSQL: an advisory lock), so services
that start together queue up, and the later ones find nothing left to do. A database that a newer
program has migrated is refused: its tables might mean something else by now.

A new revision is a new file under `migrations/versions/`; a test compares its outcome with
`tables.py` to the last character.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from app.domain.errors import StorageError
from app.storage.engine import writing
from app.storage.failures import sqlite_sentence

MIGRATIONS = Path(__file__).parent / "migrations"
# An arbitrary number that only Touchstone's migrations lock.
ADVISORY_LOCK = 0x746F756368
# Alembic keeps the migration that is running in module globals of its own.
_ONE_AT_A_TIME = threading.Lock()


def alembic_config(connection: Connection | None = None) -> Config:
    """Return Alembic's settings for this package's migrations on that connection."""
    # ConfigParser reads a percent sign as the start of a variable.
    location = str(MIGRATIONS).replace("%", "%%")
    config = Config()
    config.set_main_option("script_location", location)
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, *, wait_seconds: float = 30.0) -> None:
    """Upgrade to the newest revision; nothing happens when the database is there already.

    Args:
        engine: as `app.storage.engine.open_engine` returns it.
        wait_seconds: how long to wait for another process that has the file open.

    Raises:
        StorageError: when the database's revision is unknown to this program.
        sqlalchemy.exc.DBAPIError: when the database fails; nothing is half migrated.
    """
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine, wait_seconds)
    with _alone(engine) as connection:
        _refuse_unknown_revision(connection)
        command.upgrade(alembic_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to a revision, `base` for an empty database; what newer tables held is lost."""
    with _alone(engine) as connection:
        command.downgrade(alembic_config(connection), revision)


def _refuse_unknown_revision(connection: Connection) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            script.get_revision(revision)
        except CommandError as error:
            raise StorageError(
                f"the database is at schema {revision!r}, which this version of Touchstone does"
                " not know; run the newer version that made it"
            ) from error


def _use_write_ahead_log(engine: Engine, wait_seconds: float) -> None:
    """Switch the file over, once for all time.

    SQLite does not wait for its lock here, however long its busy timeout is.
    """
    deadline = time.monotonic() + wait_seconds
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        while True:
            try:
                driver.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                busy = error.sqlite_errorname == "SQLITE_BUSY"
                if not busy or time.monotonic() > deadline:
                    raise StorageError(sqlite_sentence(error)) from error
                time.sleep(0.02)
            else:
                return


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside a transaction that keeps every other migration out."""
    with _ONE_AT_A_TIME, writing(engine).connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
                yield connection
            return
        driver: Any = connection.connection.driver_connection
        # SQLite changes a table by replacing it; with foreign keys on, dropping the old one would
        # delete every row that points to it. The setting cannot change inside a transaction.
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                    raise StorageError("the migration would leave rows that point nowhere")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")

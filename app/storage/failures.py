"""What a database driver complains of, in one plain sentence.

The sentence is chosen by error code and never copied from the driver, whose messages hold SQL,
values and host names. The driver's error stays attached as the cause, for the log.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.domain.errors import StorageError

LOCKED = "the database is busy with another writer; try again"
FULL = "the database's disk is full"
DAMAGED = "the database file is damaged or is not a database"
UNREACHABLE = "the database server cannot be reached"
LOST = "the connection to the database server was lost"
NO_TABLES = "the database has no tables yet; it must be migrated first"
OTHER = "the database could not be read or written"

# Matched from the start, so that extended codes such as SQLITE_BUSY_SNAPSHOT are covered.
SQLITE_SENTENCES = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": FULL,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_CANTOPEN": "the database file cannot be opened",
    "SQLITE_READONLY": "the database file cannot be written to",
    "SQLITE_IOERR": "reading or writing the database file failed",
}
# SQLSTATE codes and classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRES_SENTENCES = {
    "53100": FULL,
    "53300": "the database server has no connection left",
    "55P03": LOCKED,
    "40": LOCKED,
    "42P01": NO_TABLES,
    "25006": "the database server accepts no changes",
    "28": "the database server refused the user or password",
    "3D": "the database does not exist on its server",
    "57P": LOST,
    "08": LOST,
    "XX001": DAMAGED,
}


class CollisionError(StorageError):
    """Another writer added or removed the same thing meanwhile; trying again settles it."""


def _starting(code: str, sentences: dict[str, str]) -> str:
    return next((text for start, text in sentences.items() if code.startswith(start)), OTHER)


def sqlite_sentence(error: sqlite3.Error) -> str:
    """Return the sentence for what SQLite itself raised."""
    code = getattr(error, "sqlite_errorname", "")
    # A missing table has no code of its own.
    missing = code == "SQLITE_ERROR" and "no such table" in str(error)
    return NO_TABLES if missing else _starting(code, SQLITE_SENTENCES)


def _sentence(error: DBAPIError) -> str:
    if isinstance(error.orig, sqlite3.Error):
        return sqlite_sentence(error.orig)
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return _starting(sqlstate, POSTGRES_SENTENCES)
    return LOST if error.connection_invalidated else UNREACHABLE


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn driver errors raised inside into `StorageError`s; others pass through.

    Raises:
        CollisionError: when a unique or foreign key constraint was broken.
        StorageError: for every other failure of the database.
    """
    try:
        yield
    except IntegrityError as error:
        raise CollisionError("another writer changed the same thing at the same time") from error
    except DBAPIError as error:
        raise StorageError(_sentence(error)) from error
    except PoolTimeoutError as error:
        raise StorageError("every connection to the database is in use") from error
    except PendingRollbackError as error:
        raise StorageError(LOST) from error

"""A database: one engine, sessions on it, and batches of calls in one transaction.

Every store call runs in a session of its own, which commits at its end or rolls back. Inside
`batch()` the calls of that thread share one transaction instead, each behind a savepoint: a call
that refuses undoes only itself, everything else is kept together at the end or not at all.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import StorageError
from app.storage.engine import open_engine, parse_url, reading, sqlite_path, writing
from app.storage.failures import CollisionError, told_plainly
from app.storage.schema import migrate


@dataclass(slots=True)
class _Batch:
    """The transaction a thread has open; `failed` once the database gave way under it."""

    session: Session
    failed: bool = False


class _Open(threading.local):
    """What the current thread has open."""

    batch: _Batch | None = None


class Database:
    """SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://…`, through psycopg 3).

    Safe to use from any thread. A forked child must make its own.
    """

    def __init__(self, url: str, *, wait_seconds: float = 30.0) -> None:
        """Set up without connecting; `wait_seconds` bounds how long a writer waits for another.

        Raises:
            StorageError: when the URL is not understood or its driver is not installed.
        """
        self._url = parse_url(url)
        self._engine = open_engine(self._url, wait_seconds)
        self._wait_seconds = wait_seconds
        # Rows stay readable after the commit, since stores turn them into values then.
        # No autoflush: `VersionedStore` reads from the session what a call is about to change.
        self._read = sessionmaker(reading(self._engine), autoflush=False, expire_on_commit=False)
        self._write = sessionmaker(writing(self._engine), autoflush=False, expire_on_commit=False)
        self._open = _Open()

    def migrate(self) -> None:
        """Bring the schema up to date, creating a SQLite file where there is none.

        Raises:
            StorageError: when the database is newer than this program, or fails.
        """
        path = sqlite_path(self._url)
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError("the database's folder cannot be made") from error
        with told_plainly():
            migrate(self._engine, wait_seconds=self._wait_seconds)

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back when anything is raised.

        A session that only reads sees one snapshot. Inside a batch of the same thread, the
        batch's session is given, and `write` has no meaning.

        Raises:
            CollisionError: when another writer broke a constraint at the same moment.
            StorageError: when the database failed; nothing was kept.
        """
        batch = self._open.batch
        if batch is not None:
            with self._joined(batch) as session:
                yield session
            return
        with told_plainly(), (self._write if write else self._read).begin() as session:
            yield session

    @contextmanager
    def batch(self) -> Iterator[Session]:
        """Let every store on this database share one transaction in the current thread.

        Faster than a commit per call, and kept whole or not at all. Other writers wait meanwhile,
        so do slow work (decoding, embedding) beforehand and store calls alone inside.

        Raises:
            RuntimeError: when this thread has a batch open already.
            StorageError: when the database failed, even if the failing call's error was caught.
        """
        if self._open.batch is not None:
            raise RuntimeError("a batch is open in this thread already")
        with told_plainly(), self._write.begin() as session:
            batch = self._open.batch = _Batch(session)
            try:
                yield session
            finally:
                self._open.batch = None
            if batch.failed:
                raise StorageError("the database failed during a batch; nothing of it was kept")

    def dispose(self) -> None:
        """Close every connection; the next use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _joined(self, batch: _Batch) -> Iterator[Session]:
        if batch.failed:
            raise StorageError("the database failed earlier in this batch")
        try:
            with told_plainly(), batch.session.begin_nested():
                yield batch.session
        except CollisionError:
            raise
        except StorageError:
            # SQLite may have rolled back everything by itself, so going on would keep half.
            batch.failed = True
            raise
        finally:
            # Rows that a later call of the batch removes must not be answered from memory.
            batch.session.expunge_all()

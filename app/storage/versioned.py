"""How the registry changes: one writer at a time, and a version that counts the changes.

A change first takes the version row's lock, which on SQLite comes with the transaction, so that
what it reads cannot move under it. What it then alters is seen from the session: a call that
alters anything raises the version by exactly one, a call that finds everything as it should be
leaves it alone, and each altered row is an event of the audit log. Constraints remain as the safety
net against writers that ignore the lock.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotFoundError
from app.storage.audit import log_changes
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.failures import CollisionError
from app.storage.tables import Base, RegistryVersionRow

P = ParamSpec("P")
T = TypeVar("T")
Row = TypeVar("Row", bound=Base)
ATTEMPTS = 3
# Changes of a batch whose version is still to be raised: PostgreSQL gets slower with every update
# of one row within one transaction, so a batch counts them and writes the sum.
UNCOUNTED = "registry_changes"
LOCKED_AT = "registry_version"  # the version that was read with the lock


def settled(method: Callable[P, T]) -> Callable[P, T]:
    """Try a change again when another writer made the same one first: it then finds it done."""

    @wraps(method)
    def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return method(*args, **kwargs)
            except CollisionError:
                continue
        return method(*args, **kwargs)

    return again


def found(row: Row | None, what: str, number: int) -> Row:
    """Return the row, or raise `NotFoundError`."""
    if row is None:
        raise NotFoundError(f"there is no {what} with number {number}")
    return row


class VersionedStore:
    """What the parts of the registry share."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make all calls of this thread inside the `with` one transaction; see `Database.batch`.

        Each change still raises the version by one; other readers see them all at the end.
        """
        with self._database.batch() as session:
            _take_lock(session)
            session.info[UNCOUNTED] = 0
            yield
            # Not on the batch's own session: this way is closed once the database has failed, and
            # SQLite, having rolled back by itself, would keep this one statement for good.
            with self._database.session(write=True) as last:
                _raise_version(last, last.info[UNCOUNTED])

    def _reading(self) -> AbstractContextManager[Session]:
        return self._database.session()

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        with self._database.session(write=True) as session:
            in_batch = UNCOUNTED in session.info
            if not in_batch:
                _take_lock(session)
            yield session
            if _alters(session):
                version = session.info[LOCKED_AT] + session.info.get(UNCOUNTED, 0) + 1
                log_changes(session, self._clock(), registry_version=version)
                if in_batch:
                    session.info[UNCOUNTED] += 1
                else:
                    _raise_version(session, 1)


def current_version(session: Session) -> int:
    """Return the version, with what the open batch will add to it."""
    stored = session.scalars(select(RegistryVersionRow.version)).one()
    return stored + int(session.info.get(UNCOUNTED, 0))


def _take_lock(session: Session) -> None:
    version = select(RegistryVersionRow.version).with_for_update()
    session.info[LOCKED_AT] = session.scalars(version).one()


def _raise_version(session: Session, changes: int) -> None:
    session.execute(
        update(RegistryVersionRow).values(version=RegistryVersionRow.version + changes),
        execution_options={"synchronize_session": False},
    )


def _alters(session: Session) -> bool:
    """Tell whether the session holds anything that would change a row."""
    return bool(
        session.new or session.deleted or any(session.is_modified(row) for row in session.dirty)
    )

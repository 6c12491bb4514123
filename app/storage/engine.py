"""How a database is opened: SQLite or PostgreSQL, set up so that both behave alike.

SQLite: write-ahead logging lets readers go on while one writer works; foreign keys are enforced;
`synchronous=NORMAL`, because under write-ahead logging a killed process then still loses nothing
and the file stays sound even through a power cut, which may only undo the last few commits, while
waiting for the disk at every commit would make a bulk import many times slower. The file must lie
on a local disk; one that was moved away or deleted is noticed before anything is written into what
no name leads to any more. Transactions begin explicitly, since Python's driver would leave reads
outside one.

PostgreSQL: psycopg 3; readers see one snapshot for a whole transaction; lock waits are bounded.
Refused: in-memory SQLite, since every thread would see a database of its own, and other databases.
"""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.domain.errors import StorageError

CONNECT_SECONDS = 10
GONE = "the database file is not there any more"
BEGIN_OPTION = "touchstone_begin"
_FILE = "touchstone_file"  # which file a connection has open


def parse_url(text: str) -> URL:
    """Return the database's address with its driver settled.

    >>> parse_url("postgres://localhost/touchstone").drivername
    'postgresql+psycopg'

    Raises:
        StorageError: when it is no address, or one of a database that is not supported.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StorageError("the database URL cannot be understood") from error
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise StorageError(f"{url.drivername!r} is neither SQLite nor PostgreSQL")
    if not url.database or ":memory:" in url.database or "mode=memory" in url.database:
        raise StorageError("an in-memory SQLite database cannot be shared; name a file")
    return url


def sqlite_path(url: URL) -> Path | None:
    """Return where a SQLite database lies; `None` for a server or where SQLite alone knows."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    # `file:` starts SQLite's own kind of URL, which only SQLite should take apart.
    return None if name is None or name.startswith("file:") else Path(name)


def open_engine(url: URL, wait_seconds: float) -> Engine:
    """Return an engine that any thread may use; nothing is connected yet.

    `wait_seconds` bounds how long one writer waits for another.

    Raises:
        StorageError: when PostgreSQL's driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _SqliteSetup(wait_seconds))
        event.listen(engine, "begin", _begin_sqlite)
        path = sqlite_path(url)
        if path is not None:
            same = _SameFile(path)
            event.listen(engine, "do_connect", same.before_opening)
            event.listen(engine, "checkout", same.before_use)
        return engine
    patience = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    try:
        # A ping before each use costs one round trip and survives a restart of the server.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=patience)
    except ModuleNotFoundError as error:
        raise StorageError("PostgreSQL needs the extra: touchstone[postgres]") from error
    event.listen(engine, "connect", _PostgresSetup(wait_seconds))
    return engine


def reading(engine: Engine) -> Engine:
    """Return the engine for transactions that only read, each from one snapshot."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """Return the engine for transactions that write.

    On SQLite they take the write lock at once: one that reads first and then finds another writer
    ahead of it would fail without waiting.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{BEGIN_OPTION: "IMMEDIATE"})
    # Whatever the server's default: a change reads what the writer before it has committed.
    return engine.execution_options(isolation_level="READ COMMITTED")


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(BEGIN_OPTION, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


class _SqliteSetup:
    """Prepares each new connection to a SQLite file."""

    def __init__(self, wait_seconds: float) -> None:
        self._milliseconds = round(wait_seconds * 1000)

    def __call__(self, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        # Hands BEGIN over to `_begin_sqlite`; the attribute is the driver's own.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {self._milliseconds}")
        cursor.execute("PRAGMA foreign_keys = ON")
        # Per connection, unlike write-ahead logging, which `schema.py` switches on for good.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()


class _SameFile:
    """Lets a connection be used only while its file still has its name.

    A process that holds a deleted file open can write into it without an error, and everything it
    says is kept would be gone with it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = False

    def before_opening(self, *_: object) -> None:
        """Refuse to open a file that is gone: SQLite would make an empty one in its place."""
        if self._seen and self._identity() is None:
            raise StorageError(GONE)

    def before_use(
        self, connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection
    ) -> None:
        """Refuse a connection whose file is gone; open anew one whose file was replaced."""
        del connection, proxy
        now = self._identity()
        if now is None and self._seen:
            raise StorageError(GONE)
        self._seen = self._seen or now is not None
        if entry.info.setdefault(_FILE, now) != now:
            del entry.info[_FILE]
            raise DisconnectionError  # opens the file that has the name now

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


class _PostgresSetup:
    """Prepares each new connection to a PostgreSQL server."""

    def __init__(self, wait_seconds: float) -> None:
        self._milliseconds = round(wait_seconds * 1000)

    def __call__(self, connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {self._milliseconds}")
        cursor.close()
        # A setting made in a transaction would end with it.
        connection.commit()

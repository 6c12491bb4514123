"""Databases for the tests: a fresh SQLite file each, and a PostgreSQL server where one is named.

`TOUCHSTONE_TEST_POSTGRES_URL` names a server on which databases may be made and dropped.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from app.storage.database import Database
from app.storage.registry import SqlRegistryStore
from app.storage.tables import Base

SERVER_VARIABLE = "TOUCHSTONE_TEST_POSTGRES_URL"
BACKENDS = ("sqlite", "postgresql")
TABLES = ", ".join(name for name in Base.metadata.tables if name != "registry_version")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def new_postgres() -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database and returns its URL."""
    server = os.environ.get(SERVER_VARIABLE)
    if not server:
        pytest.skip(f"{SERVER_VARIABLE} names no PostgreSQL server")
    url = make_url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> str:
        made.append(f"touchstone_test_{uuid4().hex}")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {made[-1]}"))
        return _shown(url.set(database=made[-1]))

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: Callable[[], str]) -> str:
    url = new_postgres()
    database = Database(url)
    database.migrate()
    database.dispose()
    return url


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables; on SQLite not even the file is there."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'touchstone.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without rows."""
    if request.param == "sqlite":
        path = tmp_path / "touchstone.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgres")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE"))
        connection.execute(text("UPDATE registry_version SET version = 0"))
    engine.dispose()
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    """The same database as `database`, opened by a second program that waits for nobody."""
    database = Database(database_url, wait_seconds=0.05)
    yield database
    database.dispose()


@pytest.fixture
def registry(database: Database) -> SqlRegistryStore:
    return SqlRegistryStore(database)


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)

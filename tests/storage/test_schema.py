"""Migrations: they end where the tables are, go back, and refuse what they do not know."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Column, Engine, create_engine, inspect, text

from app.domain.errors import StorageError
from app.storage.database import Database
from app.storage.schema import MIGRATIONS, alembic_config, downgrade
from app.storage.tables import Base


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


def _definitions(engine: Engine) -> set[str]:
    """What SQLite was told, with white space and Alembic's own table left out.

    Clauses are sorted: a column that came later stands behind the constraints.
    """
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        found = {" ".join(sql.split()) for (sql,) in rows}
    return {_sorted_clauses(sql) for sql in found if "alembic" not in sql}


def _sorted_clauses(sql: str) -> str:
    head, _, clauses = sql.removesuffix(")").partition("(")
    # A comma inside brackets, as in UNIQUE (a, b), parts no clauses.
    parts = re.split(r",\s*(?![^()]*\))", clauses)
    return f"{head}({', '.join(sorted(part.strip() for part in parts))})"


def _comparable(item: object, *_: object) -> bool:
    """Leave out JSON with a default: PostgreSQL has no equality for it."""
    return not (isinstance(item, Column) and isinstance(item.type, JSON) and item.server_default)


def test_the_migrated_schema_is_the_tables(empty: Database) -> None:
    empty.migrate()

    options = {"compare_type": True, "compare_server_default": True, "include_object": _comparable}
    with empty._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
        lists = [
            column
            for table, name in (("motif_references", "findings"), ("brands", "prices"))
            for column in inspect(connection).get_columns(table)
            if column["name"] == name
        ]
    assert [(str(column["type"]), column["nullable"]) for column in lists] == 2 * [("JSON", False)]
    assert {str(column["default"]).removesuffix("::json") for column in lists} == {"'[]'"}
    if empty._engine.dialect.name == "sqlite":
        # Alembic takes an identity column, which SQLite has not, for a default that was lost.
        differences = [change for change in differences if change[0][0] != "modify_default"]
    assert differences == []


def test_sqlite_is_told_the_same_either_way(migrated_file: Path) -> None:
    created, migrated = create_engine("sqlite://"), create_engine(f"sqlite:///{migrated_file}")
    Base.metadata.create_all(created)
    definitions = _definitions(migrated)
    assert definitions == _definitions(created)
    assert sum("AUTOINCREMENT" in sql for sql in definitions) == 14
    created.dispose()
    migrated.dispose()


def test_ids_are_identities_on_postgresql(migrated_postgres: str) -> None:
    engine = create_engine(migrated_postgres)
    (column, *_) = inspect(engine).get_columns("brands")
    engine.dispose()
    assert (str(column["type"]), column["identity"]["start"]) == ("BIGINT", 1)


def test_migrating_again_changes_nothing(empty: Database) -> None:
    empty.migrate()
    with empty.session(write=True) as session:
        session.execute(text("UPDATE registry_version SET version = 7"))
    empty.migrate()
    with empty.session() as session:
        assert session.scalar(text("SELECT version FROM registry_version")) == 7


def test_a_downgrade_leaves_nothing(empty: Database) -> None:
    empty.migrate()
    downgrade(empty._engine, "base")
    assert inspect(empty._engine).get_table_names() == ["alembic_version"]
    empty.migrate()
    assert set(Base.metadata.tables) < set(inspect(empty._engine).get_table_names())


def test_a_newer_database_is_refused_untouched(empty: Database) -> None:
    empty.migrate()
    with empty.session(write=True) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"schema '9999'.*newer version"):
        empty.migrate()
    with empty.session() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_failed_migration_is_undone_whole(empty: Database) -> None:
    with empty._engine.begin() as connection:
        # Stands in the way of the last table, when all others have been made.
        connection.execute(text("CREATE TABLE backgrounds (id INTEGER)"))
    with pytest.raises(StorageError):
        empty.migrate()
    assert inspect(empty._engine).get_table_names() == ["backgrounds"]


def test_a_migration_that_leaves_orphans_is_undone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'orphans.db'}")
    database.migrate()
    with database._engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute(
            "INSERT INTO motifs (id, brand_id, name, name_key, kind, words, registrations,"
            " disabled) VALUES (1, 99, 'n', 'n', 'logo', '[]', '[]', 0)"
        )
        driver.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(StorageError, match="point nowhere"):
        database.migrate()
    database.dispose()


def test_foreign_keys_are_on_again_after_a_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'keys.db'}")
    database.migrate()
    with database.session() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.dispose()


def test_reading_the_environment_runs_nothing() -> None:
    assert callable(import_module("app.storage.migrations.env").run)


def test_a_new_revision_can_be_drafted(tmp_path: Path) -> None:
    for name in ("env.py", "script.py.mako"):
        (tmp_path / name).write_text((MIGRATIONS / name).read_text())
    (tmp_path / "versions").mkdir()
    config = alembic_config()
    config.set_main_option("script_location", str(tmp_path))
    command.revision(config, "second", rev_id="0002")
    (draft,) = (tmp_path / "versions").glob("*.py")
    compile(draft.read_text(), draft.name, "exec")
    assert draft.read_text().startswith('"""second."""')

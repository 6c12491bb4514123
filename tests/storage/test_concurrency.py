"""Several writers at once, in threads and in processes, and one that is killed."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.domain.errors import StorageError
from app.storage.database import Database
from app.storage.registry import SqlRegistryStore
from tests.storage.child import COMMAND, MOTIFS, PROJECT, REFERENCES
from tests.storage.samples import new_motif, new_reference


@contextmanager
def _child(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _all_at_once(program: str, url: str, count: int) -> list[str]:
    """Start so many children, let them go together, return what each says at its end."""
    with ExitStack() as stack:
        children = [stack.enter_context(_child(program, url)) for _ in range(count)]
        assert [_line(child) for child in children] == ["ready"] * count
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        return [_line(child) for child in children]


def test_threads_that_make_the_same_motifs_make_each_once(
    database: Database, registry: SqlRegistryStore
) -> None:
    barrier = Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        made = 0
        for number in range(8):
            motif, created = registry.ensure_motif(new_motif(f"brand {number % 4}", f"{number}"))
            made += created
            made += registry.add_reference(motif.id, new_reference())[1]
        return made

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 16
    assert registry.version() == 16
    state = registry.state()
    assert (len(state.brands), len(state.motifs), len(state.references)) == (4, 8, 8)


def test_processes_that_make_the_same_motifs_make_each_once(
    database_url: str, registry: SqlRegistryStore
) -> None:
    assert _all_at_once("ensure", database_url, 2) == ["done"] * 2
    assert registry.version() == 2 * MOTIFS
    assert len(registry.motifs()) == len(registry.state().references) == MOTIFS


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    assert _all_at_once("migrate", empty_url, 2) == ["0", "0"]


def test_threads_that_start_together_migrate_once(empty_url: str) -> None:
    barrier = Barrier(4)

    def start(_: int) -> int:
        database = Database(empty_url)
        barrier.wait()
        database.migrate()
        version = SqlRegistryStore(database).version()
        database.dispose()
        return version

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [0] * 4


def test_a_writer_that_waits_too_long_is_told(
    registry: SqlRegistryStore, impatient: Database
) -> None:
    other = SqlRegistryStore(impatient)
    with registry.batch():
        registry.add_brand("One")
        with pytest.raises(StorageError, match="busy with another writer"):
            other.add_brand("Two")
    assert other.add_brand("Two").name == "Two"
    assert other.version() == 2


def test_a_collision_is_settled_by_trying_again(database: Database) -> None:
    """A writer that ignores the registry's lock gets in between the look and the insert."""
    registry = SqlRegistryStore(database)
    refused: list[str] = []

    def collide(*call: Any) -> None:
        if call[2].startswith("INSERT INTO motifs") and len(refused) < 2:
            refused.append(call[2])
            raise IntegrityError("INSERT", {}, Exception("unique"))

    event.listen(database._engine, "before_cursor_execute", collide)
    assert registry.ensure_motif(new_motif())[1]
    assert len(refused) == 2
    assert registry.version() == 1
    assert len(registry.brands()) == 1


def test_a_broken_constraint_is_the_last_word_in_the_end(database: Database) -> None:
    with pytest.raises(StorageError, match="at the same time"), database.session(write=True) as s:
        s.execute(text("INSERT INTO registry_version (id, version) VALUES (1, 5)"))
    assert SqlRegistryStore(database).version() == 0


@pytest.mark.parametrize("stop_in_batch", [0, 2])
def test_a_killed_import_leaves_whole_batches(
    database_url: str, registry: SqlRegistryStore, stop_in_batch: int
) -> None:
    with _child("add_forever", database_url, str(stop_in_batch)) as child:
        assert [_line(child) for _ in range(stop_in_batch)] == ["batch"] * stop_in_batch
        assert _line(child) == "in the middle"
        child.kill()
        child.wait()
    _check_whole_batches(registry, at_least=stop_in_batch, at_most=stop_in_batch)
    registry.ensure_motif(new_motif())


def test_an_import_killed_anywhere_leaves_whole_batches(
    database_url: str, registry: SqlRegistryStore
) -> None:
    with _child("add_forever", database_url, "-1") as child:
        assert [_line(child) for _ in range(3)] == ["batch"] * 3
        child.kill()
        child.wait()
    _check_whole_batches(registry, at_least=3, at_most=1000)


def _check_whole_batches(registry: SqlRegistryStore, at_least: int, at_most: int) -> None:
    state = registry.state()
    batches, rest = divmod(len(state.motifs), MOTIFS)
    assert rest == 0
    assert at_least <= batches <= at_most
    assert len(state.brands) == len(state.motifs)
    assert len(state.references) == REFERENCES * len(state.motifs)
    assert state.version == len(state.motifs) + len(state.references)
    with registry._database.session() as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"

"""Batches: one transaction for many calls, kept whole or not at all."""

import threading
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import event, text

from app.domain.errors import ConflictError, NotFoundError, StorageError
from app.domain.listing import Listing
from app.domain.registry import MotifKind, NewMotif
from app.storage.assessments import SqlAssessmentStore
from app.storage.database import Database
from app.storage.failures import CollisionError
from app.storage.registry import SqlRegistryStore
from app.storage.tables import ReferenceRow
from tests.storage.samples import assessment, new_motif, new_reference


class RegretError(Exception):
    """Something outside the store goes wrong."""


def test_a_batch_is_seen_by_others_at_its_end(database: Database, impatient: Database) -> None:
    registry, other = SqlRegistryStore(database), SqlRegistryStore(impatient)
    with registry.batch():
        motif, created = registry.ensure_motif(new_motif())
        assert registry.ensure_motif(new_motif()) == (motif, False)
        registry.add_reference(motif.id, new_reference())
        registry.add_reference(motif.id, new_reference())
        assert created
        assert registry.version() == registry.state().version == 2
        assert registry.motif(motif.id) == motif
        assert len(registry.references(motif.id)) == 1
        assert other.version() == other.state().version == 0
        assert other.motifs() == []
    assert other.version() == registry.version() == 2
    assert other.motifs() == [motif]


def test_every_change_of_a_batch_counts(registry: SqlRegistryStore) -> None:
    with registry.batch():
        one = registry.add_brand("One")
        registry.change_brand(one.id, name="Uno")
        registry.remove_brand(one.id)
        with pytest.raises(NotFoundError):
            registry.brand(one.id)
        registry.add_brand("Two")
    assert registry.version() == 4
    assert [brand.name for brand in registry.brands()] == ["Two"]


def test_what_a_batch_removes_is_not_answered_from_memory(database: Database) -> None:
    registry = SqlRegistryStore(database)
    with registry.batch():
        motif, _ = registry.ensure_motif(new_motif())
        reference, _ = registry.add_reference(motif.id, new_reference())
        with database.session() as session:
            held = session.get(ReferenceRow, reference.id)
        registry.remove_motif(motif.id)
        with pytest.raises(NotFoundError):
            registry.reference(reference.id)
    assert held is not None


def test_a_batch_without_changes_leaves_the_version(registry: SqlRegistryStore) -> None:
    registry.ensure_motif(new_motif())
    with registry.batch():
        registry.ensure_motif(new_motif())
    assert registry.version() == 1


def test_an_error_undoes_the_whole_batch(registry: SqlRegistryStore) -> None:
    registry.add_brand("Before")

    def regret() -> None:
        with registry.batch():
            registry.add_brand("Within")
            raise RegretError

    with pytest.raises(RegretError):
        regret()
    assert [brand.name for brand in registry.brands()] == ["Before"]
    assert registry.version() == 1
    registry.add_brand("After")


def test_a_refused_call_undoes_only_itself(registry: SqlRegistryStore) -> None:
    with registry.batch():
        registry.ensure_motif(new_motif())
        with pytest.raises(ConflictError):
            registry.ensure_motif(NewMotif("Cartier", "LOVE screw", MotifKind.LOGO, ("new",)))
        with pytest.raises(NotFoundError):
            registry.add_reference(99, new_reference())
        registry.add_brand("Tiffany")
    assert registry.version() == 2
    assert registry.motif(1).words == ()
    assert len(registry.brands()) == 2


def test_a_collision_undoes_only_its_call(database: Database) -> None:
    registry = SqlRegistryStore(database)
    taken = text("INSERT INTO registry_version (id, version) VALUES (1, 5)")
    with registry.batch():
        registry.add_brand("One")
        with pytest.raises(CollisionError), database.session(write=True) as session:
            session.execute(taken)
        registry.add_brand("Two")
    assert registry.version() == len(registry.brands()) == 2


def test_stores_on_one_database_share_a_batch(database: Database) -> None:
    registry, assessments = SqlRegistryStore(database), SqlAssessmentStore(database)

    def regret() -> None:
        with registry.batch():
            registry.add_brand("Within")
            kept = assessments.add(Listing("B09X"), assessment())
            assert assessments.get(kept.id) == kept
            raise RegretError

    with pytest.raises(RegretError):
        regret()
    assert assessments.list() == []


def test_the_plain_batch_of_a_database_counts_as_well(database: Database) -> None:
    registry = SqlRegistryStore(database)
    with database.batch():
        registry.add_brand("One")
        registry.add_brand("Two")
        assert registry.version() == 2
    assert registry.version() == 2


def test_a_batch_within_a_batch_is_a_mistake(registry: SqlRegistryStore) -> None:
    with pytest.raises(RuntimeError, match="batch is open"), registry.batch(), registry.batch():
        pass
    with registry.batch():
        registry.add_brand("One")
    assert registry.version() == 1


def test_a_batch_belongs_to_its_thread(registry: SqlRegistryStore) -> None:
    seen: list[int] = []
    with registry.batch():
        registry.add_brand("One")
        reader = threading.Thread(target=lambda: seen.append(registry.version()))
        reader.start()
        reader.join()
    assert seen == [0]


def test_a_database_that_failed_within_a_batch_keeps_nothing(database: Database) -> None:
    registry = SqlRegistryStore(database)

    def add_anyway() -> None:
        with registry.batch():
            registry.add_brand("One")
            with pytest.raises(StorageError), database.session() as session:
                session.execute(text("SELECT no_such_column FROM brands"))
            with pytest.raises(StorageError, match="earlier in this batch"):
                registry.add_brand("Two")

    with pytest.raises(StorageError, match="earlier in this batch"):
        add_anyway()
    assert registry.brands() == []
    assert registry.version() == 0
    registry.add_brand("Three")


def test_a_database_that_rolled_back_by_itself_keeps_nothing(database: Database) -> None:
    registry = SqlRegistryStore(database)

    def fail() -> None:
        with database.session() as session:
            session.connection().exec_driver_sql("ROLLBACK")
            session.execute(text("SELECT no_such_column FROM brands"))

    def add_anyway(batch: AbstractContextManager[object]) -> None:
        with batch:
            registry.add_brand("One")
            with pytest.raises(StorageError):
                fail()

    for batch in (registry.batch(), database.batch()):
        with pytest.raises(StorageError):
            add_anyway(batch)
        assert registry.version() == 0
        assert registry.brands() == []


def test_a_batch_writes_the_version_once(database: Database) -> None:
    registry = SqlRegistryStore(database)
    queries: list[str] = []
    event.listen(database._engine, "after_cursor_execute", lambda *call: queries.append(call[2]))
    with registry.batch():
        for number in range(20):
            registry.add_brand(f"brand {number}")
    assert len([query for query in queries if query.startswith("UPDATE registry_version")]) == 1
    assert registry.version() == 20

"""Embeddings: exact round trips, replacement, and what is left out."""

from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import event, text

from app.domain.ports import EmbeddingStore, FloatArray
from app.storage.database import Database
from app.storage.embeddings import CHUNK, SqlEmbeddingStore
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import add_references


@pytest.fixture
def embeddings(database: Database) -> EmbeddingStore:
    return SqlEmbeddingStore(database)


def _vectors(ids: list[int], dim: int = 8, seed: int = 0) -> list[tuple[int, FloatArray]]:
    drawn = np.random.default_rng(seed).standard_normal((len(ids), dim)).astype(np.float32)
    return list(zip(ids, drawn, strict=True))


def test_vectors_come_back_exactly(registry: SqlRegistryStore, embeddings: EmbeddingStore) -> None:
    ids = add_references(registry, CHUNK + 3)
    vectors = _vectors(ids)
    embeddings.save("m", iter(vectors))
    loaded = embeddings.load("m", ids, 8)
    assert list(loaded) == ids
    assert all(np.array_equal(loaded[number], vector) for number, vector in vectors)
    assert loaded[ids[0]].dtype == np.float32
    loaded[ids[0]][0] = 0  # the caller's own copy


def test_a_vector_is_replaced(registry: SqlRegistryStore, embeddings: EmbeddingStore) -> None:
    ids = add_references(registry, 2)
    embeddings.save("m", _vectors(ids))
    (_, new), *_ = _vectors(ids, dim=4, seed=1)
    embeddings.save("m", [(ids[0], new)])
    assert np.array_equal(embeddings.load("m", ids, 4)[ids[0]], new)
    assert list(embeddings.load("m", ids, 8)) == [ids[1]]


def test_models_do_not_meet(registry: SqlRegistryStore, embeddings: EmbeddingStore) -> None:
    ids = add_references(registry, 1)
    embeddings.save("old", _vectors(ids))
    assert embeddings.load("new", ids, 8) == {}
    assert embeddings.load("old", [], 8) == {}


def test_ids_that_are_gone_are_ignored(
    registry: SqlRegistryStore, embeddings: EmbeddingStore
) -> None:
    ids = add_references(registry, 2)
    registry.remove_reference(ids[0])
    embeddings.save("m", _vectors([*ids, 999]))
    assert list(embeddings.load("m", [*ids, 999], 8)) == [ids[1]]
    embeddings.save("m", _vectors([999]))


def test_a_vector_goes_with_its_reference(
    database: Database, registry: SqlRegistryStore, embeddings: EmbeddingStore
) -> None:
    ids = add_references(registry, 2)
    embeddings.save("m", _vectors(ids))
    registry.remove_reference(ids[0])
    registry.remove_motif(1)
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM reference_embeddings")) == 0


def test_saving_does_not_change_the_registry(
    registry: SqlRegistryStore, embeddings: EmbeddingStore
) -> None:
    ids = add_references(registry, 1)
    before = registry.version()
    embeddings.save("m", _vectors(ids))
    assert registry.version() == before


def test_a_damaged_vector_is_left_out(
    database: Database, registry: SqlRegistryStore, embeddings: EmbeddingStore
) -> None:
    ids = add_references(registry, 2)
    embeddings.save("m", _vectors(ids))
    with database.session(write=True) as session:
        session.execute(
            text("UPDATE reference_embeddings SET vector = :cut WHERE reference_id = :id"),
            {"cut": b"\x00" * 7, "id": ids[0]},
        )
    assert list(embeddings.load("m", ids, 8)) == [ids[1]]


@pytest.mark.parametrize(
    "bad", [np.array([1, np.nan]), np.array([np.inf]), np.zeros((2, 2)), np.zeros(0)]
)
def test_a_vector_that_is_none_is_refused(
    registry: SqlRegistryStore, embeddings: EmbeddingStore, bad: FloatArray
) -> None:
    ids = add_references(registry, 1)
    with pytest.raises(ValueError, match="not finite and flat"):
        embeddings.save("m", [(ids[0], bad.astype(np.float32))])


def test_vectors_are_drawn_outside_any_transaction(
    database: Database, impatient: Database, registry: SqlRegistryStore
) -> None:
    """Embedding is slow: another program must be able to write meanwhile."""
    ids = add_references(registry, CHUNK + 1)
    other = SqlRegistryStore(impatient)

    def slowly() -> Iterator[tuple[int, FloatArray]]:
        for number, vector in _vectors(ids):
            if number in {ids[0], ids[CHUNK]}:
                other.add_brand(f"brand {number}")
            yield number, vector

    SqlEmbeddingStore(database).save("m", slowly())
    assert len(SqlEmbeddingStore(impatient).load("m", ids, 8)) == CHUNK + 1


def test_a_few_queries_read_many(database: Database, registry: SqlRegistryStore) -> None:
    ids = add_references(registry, 20)
    queries: list[str] = []
    event.listen(database._engine, "after_cursor_execute", lambda *call: queries.append(call[2]))
    SqlEmbeddingStore(database).load("m", ids, 8)
    assert len([query for query in queries if query.startswith("SELECT")]) == 1

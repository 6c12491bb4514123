"""Embeddings of references, kept per model, so that a start embeds nothing twice.

They are a cache: a vector that is damaged or of another length is left out when read, and the
caller embeds that reference again. A model's name is part of the key, so a new model never meets
the vectors of an old one.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.ports import FloatArray
from app.storage.database import Database
from app.storage.tables import EmbeddingRow, ReferenceRow

T = TypeVar("T")
# Below every database's limit on parameters, and short enough a transaction for others to wait.
CHUNK = 500
STORED = np.dtype("<f4")


class SqlEmbeddingStore:
    """Implements `app.domain.ports.EmbeddingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, model: str, reference_ids: Sequence[int], dim: int) -> dict[int, FloatArray]:
        """Return the stored vectors, `(dim,)` each; ids without one are left out."""
        vectors: dict[int, FloatArray] = {}
        with self._database.session() as session:
            for ids in _chunks(reference_ids):
                rows = session.execute(
                    select(EmbeddingRow.reference_id, EmbeddingRow.vector).where(
                        EmbeddingRow.model == model,
                        EmbeddingRow.dim == dim,
                        EmbeddingRow.reference_id.in_(ids),
                    )
                )
                for reference_id, data in rows:
                    if len(data) == dim * STORED.itemsize:
                        # (dim,), a copy: a view would be read-only and keep the row alive.
                        vectors[reference_id] = np.frombuffer(data, STORED).astype(np.float32)
        return vectors

    def save(self, model: str, vectors: Iterable[tuple[int, FloatArray]]) -> None:
        """Keep vectors; one that exists already is replaced. Ids that are gone are ignored.

        The iterable is read outside any transaction, so it may embed as it goes, and kept a few
        hundred at a time: what was saved before a failure stays.

        Raises:
            ValueError: when a vector is not a finite, one-dimensional, non-empty array.
        """
        for pairs in _chunks(vectors):
            rows = {number: _row(model, number, vector) for number, vector in pairs}
            with self._database.session(write=True) as session:
                present = _present(session, list(rows))
                if present:
                    session.execute(_upsert(session), [rows[number] for number in present])


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _row(model: str, reference_id: int, vector: FloatArray) -> dict[str, Any]:
    if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
        raise ValueError(f"the vector of reference {reference_id} is not finite and flat")
    return {
        "reference_id": reference_id,
        "model": model,
        "dim": vector.size,
        "vector": vector.astype(STORED).tobytes(),
    }


def _present(session: Session, ids: list[int]) -> Sequence[int]:
    """Return those ids whose reference exists, and keep them from being removed meanwhile.

    Ascending, so that two savers take their locks in the same order.
    """
    return session.scalars(
        select(ReferenceRow.id)
        .where(ReferenceRow.id.in_(ids))
        .order_by(ReferenceRow.id)
        .with_for_update(read=True, key_share=True)
    ).all()


def _upsert(session: Session) -> Insert:
    # The same statement twice, because SQLAlchemy has no type that covers both dialects.
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(EmbeddingRow)
        return lite.on_conflict_do_update(
            index_elements=["reference_id", "model"],
            set_={"dim": lite.excluded.dim, "vector": lite.excluded.vector},
        )
    post = postgresql.insert(EmbeddingRow)
    return post.on_conflict_do_update(
        index_elements=["reference_id", "model"],
        set_={"dim": post.excluded.dim, "vector": post.excluded.vector},
    )

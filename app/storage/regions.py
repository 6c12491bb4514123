"""Embedded regions of photos, bounded in size; the oldest go first.

A cache: whatever is not there is embedded again. The sum of its sizes is read when this process has
added a sixty-fourth of the limit since it last did, so processes that share a database may
together exceed it by as much each.
"""

import threading
from collections.abc import Iterable, Sequence

from sqlalchemy import Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.ports import KeptRegions
from app.storage.cache_tables import PhotoRegionsRow
from app.storage.database import Database

_SHARE = 64  # of the limit
_STEP = 100  # rows evicted by one statement


class SqlRegionStore:
    """Implements `app.domain.ports.RegionStore`."""

    def __init__(self, database: Database, *, max_bytes: int) -> None:
        self._database = database
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._added: int | None = None  # since the sum was read; `None` before

    def load(self, photo: str, model: str) -> bytes | None:
        """Return what was kept of a photo under a model."""
        kept = select(PhotoRegionsRow.data).where(
            PhotoRegionsRow.photo == photo, PhotoRegionsRow.model == model
        )
        with self._database.session() as session:
            return session.scalar(kept)

    def save(self, regions: Sequence[KeptRegions]) -> None:
        """Keep regions, the newest in place of older ones, and make room for them."""
        fitting = [each for each in regions if len(each.data) <= self._max_bytes]
        if not fitting:
            return
        size = sum(len(each.data) for each in fitting)
        with self._database.session(write=True) as session:
            # The same order everywhere, so that two who keep the same photos do not lock crosswise.
            for each in sorted(fitting, key=lambda kept: (kept.photo, kept.model)):
                session.execute(_upsert(session, each))
            if self._due(size):
                self._make_room(session)

    def size(self) -> int:
        """Return how many bytes are kept."""
        with self._database.session() as session:
            return _size(session)

    def _due(self, size: int) -> bool:
        with self._lock:
            added = self._max_bytes if self._added is None else self._added + size
            due = added * _SHARE >= self._max_bytes
            self._added = 0 if due else added
            return due

    def _make_room(self, session: Session) -> None:
        over = _size(session) - self._max_bytes
        while over > 0:
            oldest = select(PhotoRegionsRow.id, PhotoRegionsRow.size).order_by(PhotoRegionsRow.id)
            gone: list[int] = []
            for number, size in session.execute(oldest.limit(_STEP)):
                if over <= 0:
                    break
                gone.append(number)
                over -= size
            session.execute(delete(PhotoRegionsRow).where(PhotoRegionsRow.id.in_(gone)))


def forget_regions(session: Session, photos: Iterable[str]) -> None:
    """Remove what was kept of these photos, whichever model made it."""
    session.execute(delete(PhotoRegionsRow).where(PhotoRegionsRow.photo.in_([*photos])))


def _size(session: Session) -> int:
    return session.scalar(select(func.coalesce(func.sum(PhotoRegionsRow.size), 0))) or 0


def _upsert(session: Session, kept: KeptRegions) -> Insert:
    values = {"photo": kept.photo, "model": kept.model, "size": len(kept.data), "data": kept.data}
    # The same statement twice, because SQLAlchemy has no type that covers both dialects.
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(PhotoRegionsRow).values(values)
        return lite.on_conflict_do_update(
            index_elements=["photo", "model"],
            set_={"size": lite.excluded.size, "data": lite.excluded.data},
        )
    post = postgresql.insert(PhotoRegionsRow).values(values)
    return post.on_conflict_do_update(
        index_elements=["photo", "model"],
        set_={"size": post.excluded.size, "data": post.excluded.data},
    )

"""Which photos assessments name, and which of them were removed since.

A photo's row is renewed in the transaction of every assessment that names it and locked while the
photo is removed, so an assessment comes before a removal, which then spares the photo, or after
it, and then finds that the photo has to be kept anew.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, exists, false, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.storage.cache_tables import PhotoRow
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.regions import forget_regions
from app.storage.tables import ReferenceRow


def photos_seen(session: Session, photos: Iterable[str], at: datetime, *, case: bool) -> None:
    """Note that these photos are named by an assessment of this moment."""
    # Ascending, so that two assessments of the same photos do not lock crosswise.
    for sha256 in sorted(set(photos)):
        values = {"sha256": sha256, "seen_at": at, "case_at": at if case else None}
        session.execute(_upsert(session, values, case=case))


class SqlPhotoStore:
    """Implements `app.domain.ports.PhotoStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def removed(self, photos: Sequence[str]) -> dict[str, datetime]:
        """Return when those of the photos that retention removed were removed."""
        gone = select(PhotoRow.sha256, PhotoRow.removed_at).where(
            PhotoRow.sha256.in_(photos), PhotoRow.removed_at.is_not(None)
        )
        with self._database.session() as session:
            return {sha256: at for sha256, at in session.execute(gone) if at is not None}

    def count_due(self, seen_before: datetime | None, case_before: datetime | None) -> int:
        """Return how many photos `remove_due` would remove."""
        due = _due(seen_before, case_before).subquery()
        with self._database.session() as session:
            return session.scalar(select(func.count()).select_from(due)) or 0

    def remove_due(
        self,
        seen_before: datetime | None,
        case_before: datetime | None,
        remove: Callable[[str], None],
        *,
        limit: int = 100,
    ) -> int:
        """Remove photos that nobody needs any more, with their regions; return how many.

        `remove` is called for each while its row is locked. When it raises, nothing is noted, and
        what it has removed already is removed once more by the next call, which does no harm.
        """
        locked = _due(seen_before, case_before).order_by(PhotoRow.seen_at).limit(limit)
        with self._database.session(write=True) as session:
            rows = [*session.scalars(locked.with_for_update(skip_locked=True))]
            for row in rows:
                remove(row.sha256)
                row.removed_at = self._clock()
            forget_regions(session, [row.sha256 for row in rows])
        return len(rows)


def _due(seen_before: datetime | None, case_before: datetime | None) -> Select[PhotoRow]:
    """Return the photos that are there, old enough, and no reference's image.

    `None` keeps for ever what the moment would have been compared with.
    """
    # A photo that was dismissed may be a negative reference now: its image belongs to the registry.
    referenced = exists().where(ReferenceRow.blob == PhotoRow.sha256)
    old: ColumnElement[bool] = false()
    if seen_before is not None:
        old |= PhotoRow.case_at.is_(None) & (PhotoRow.seen_at < seen_before)
    if case_before is not None:
        seen = PhotoRow.seen_at < (seen_before or case_before)
        old |= (PhotoRow.case_at < case_before) & seen
    return select(PhotoRow).where(PhotoRow.removed_at.is_(None), ~referenced, old)


def _upsert(session: Session, values: dict[str, Any], *, case: bool) -> Insert:
    columns = ("seen_at", "case_at") if case else ("seen_at",)
    # The same statement twice, because SQLAlchemy has no type that covers both dialects.
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(PhotoRow).values(values)
        renewed = {name: lite.excluded[name] for name in columns}
        return lite.on_conflict_do_update(
            index_elements=["sha256"], set_={**renewed, "removed_at": None}
        )
    post = postgresql.insert(PhotoRow).values(values)
    renewed = {name: post.excluded[name] for name in columns}
    return post.on_conflict_do_update(
        index_elements=["sha256"], set_={**renewed, "removed_at": None}
    )

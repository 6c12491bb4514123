"""Which background an operator calibrated each model with; the newest one counts."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app.domain.ports import StoredBackground
from app.storage.audit import log_changes
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.tables import BackgroundRow


class SqlBackgroundStore:
    """Implements `app.domain.ports.BackgroundStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def latest(self, model: str) -> StoredBackground | None:
        """Return the newest background made for this model, or `None`."""
        newest = (
            select(BackgroundRow)
            .where(BackgroundRow.model == model)
            .order_by(BackgroundRow.id.desc())
            .limit(1)
        )
        with self._database.session() as session:
            row = session.scalar(newest)
            return None if row is None else _stored(row)

    def record(self, model: str, blob: str, photos: int) -> StoredBackground:
        """Make a kept blob the background of this model."""
        row = BackgroundRow(model=model, blob=blob, photos=photos, created_at=self._clock())
        with self._database.session(write=True) as session:
            session.add(row)
            log_changes(session, row.created_at)
        return _stored(row)


def _stored(row: BackgroundRow) -> StoredBackground:
    return StoredBackground(
        model=row.model, blob=row.blob, photos=row.photos, created_at=row.created_at
    )

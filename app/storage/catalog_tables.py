"""The table of catalogues that are scored in the background."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, Base


class CatalogRow(Base):
    """A job. While somebody works on it, `worker` says who and `leased_until` for how long.

    Of a job that waits, `leased_until` is the moment before which nobody should take it up.
    """

    __tablename__ = "catalogs"
    __table_args__ = (Index("ix_catalogs_state_id", "state", "id"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    name: Mapped[str]
    folder: Mapped[str]
    source: Mapped[str]
    file: Mapped[str]
    encoding: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    worker: Mapped[str]
    leased_until: Mapped[datetime | None]
    runs: Mapped[int]
    rows: Mapped[int]
    total_rows: Mapped[int]
    progress: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

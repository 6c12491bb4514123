"""Photos that assessments name, and the regions that were embedded in them."""

from datetime import datetime

from sqlalchemy import Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, Base


class PhotoRegionsRow(Base):
    """What a model made of a photo; a cache. `size` is of `data`, so that sums read no data."""

    __tablename__ = "photo_regions"
    __table_args__ = (
        UniqueConstraint("photo", "model"),
        Index("ix_photo_regions_id_size", "id", "size"),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    photo: Mapped[str]
    model: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes]


class PhotoRow(Base):
    """A photo that an assessment names, by its SHA-256; the row outlives the photo.

    `case_at` is when a listing that showed it was last anything but clear.
    """

    __tablename__ = "photos"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)
    case_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

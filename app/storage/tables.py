"""The tables, as SQLAlchemy sees them; `migrations/` holds the same schema as history.

Ids are never reused: AUTOINCREMENT on SQLite, an identity column on PostgreSQL. Names that must be
unique are stored twice, as written and as `name_key` (see `names.py`), so that uniqueness does not
hang on a database's collation. Small lists (aliases, words, registrations) are JSON on their row:
they are only ever read and written with it. Enumerations are plain strings, checked by the domain.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    LargeBinary,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.storage.columns import ID, UtcDateTime

# Explicit names: PostgreSQL and SQLite invent different ones, and migrations must address them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
AUTOINCREMENT = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    # JSON and not JSONB: listings may hold zero characters, which JSONB refuses.
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        dict[str, Any]: JSON,
        bytes: LargeBinary,
        float: Double,
    }


class RegistryVersionRow(Base):
    """One row, made by the first migration; its lock puts the registry's writers in line."""

    __tablename__ = "registry_version"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)


class BrandRow(Base):
    """A brand."""

    __tablename__ = "brands"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    aliases: Mapped[list[str]]
    prices: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")


class SellerRow(Base):
    """An authorisation to sell a brand's goods; goes with its brand.

    `territory` is empty for everywhere, never NULL: a unique constraint takes every NULL for a
    different value.
    """

    __tablename__ = "brand_sellers"
    __table_args__ = (UniqueConstraint("brand_id", "seller_key", "territory"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ID, ForeignKey(BrandRow.id, ondelete="CASCADE"))
    seller_id: Mapped[str]
    seller_key: Mapped[str] = mapped_column(index=True)
    territory: Mapped[str]
    kind: Mapped[str]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    note: Mapped[str]


class MotifRow(Base):
    """A motif; its brand is always read with it."""

    __tablename__ = "motifs"
    __table_args__ = (UniqueConstraint("brand_id", "name_key"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ID, ForeignKey(BrandRow.id))
    name: Mapped[str]
    name_key: Mapped[str]
    kind: Mapped[str]
    # Lists are replaced and never edited in place: SQLAlchemy would not notice.
    words: Mapped[list[str]]
    registrations: Mapped[list[dict[str, Any]]]
    disabled: Mapped[bool] = mapped_column(default=False)
    disabled_until: Mapped[datetime | None]
    # As `ExpectedPlace` writes itself, empty where a motif may sit anywhere.
    expected_place: Mapped[str] = mapped_column(server_default="")
    quarantined_at: Mapped[datetime | None] = mapped_column(index=True)
    quarantine_code: Mapped[str] = mapped_column(server_default="")
    quarantine_detail: Mapped[str] = mapped_column(server_default="")
    released_at: Mapped[datetime | None]

    brand: Mapped[BrandRow] = relationship(lazy="joined", innerjoin=True)


class ReferenceRow(Base):
    """A reference; goes with its motif.

    `box` is written as `mapping.box_text` does, never NULL: a unique constraint takes every NULL
    for a different value.
    """

    __tablename__ = "motif_references"
    __table_args__ = (UniqueConstraint("motif_id", "blob", "polarity", "box"), AUTOINCREMENT)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    motif_id: Mapped[int] = mapped_column(ID, ForeignKey(MotifRow.id, ondelete="CASCADE"))
    polarity: Mapped[str]
    blob: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    box: Mapped[str]
    source: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")


class EmbeddingRow(Base):
    """A reference's vector under one model: `dim` little-endian float32 values."""

    __tablename__ = "reference_embeddings"

    reference_id: Mapped[int] = mapped_column(
        ID, ForeignKey(ReferenceRow.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model: Mapped[str] = mapped_column(primary_key=True)
    dim: Mapped[int]
    vector: Mapped[bytes]


class AssessmentRow(Base):
    """An assessment as the contract's document; the columns beside it are there to be searched."""

    __tablename__ = "assessments"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    created_at: Mapped[datetime]
    listing_id: Mapped[str] = mapped_column(index=True)
    verdict: Mapped[str] = mapped_column(index=True)
    score: Mapped[float] = mapped_column(index=True)
    listing: Mapped[dict[str, Any]]
    document: Mapped[dict[str, Any]]


class BackgroundRow(Base):
    """Which blob holds the calibration background of a model; the newest row counts."""

    __tablename__ = "backgrounds"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    model: Mapped[str] = mapped_column(index=True)
    blob: Mapped[str]
    photos: Mapped[int]
    created_at: Mapped[datetime]

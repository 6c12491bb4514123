"""The tables of reviews: the queue, what was seen in each, and what happened to it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, AssessmentRow, Base


class ReviewRow(Base):
    """A review as its events have left it."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_state_score", "state", "score"),
        Index("ix_reviews_listing_id_seller_id", "listing_id", "seller_id"),
        Index("ix_reviews_seller_id_state", "seller_id", "state"),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ID, ForeignKey(AssessmentRow.id), unique=True)
    created_at: Mapped[datetime]
    listing_id: Mapped[str]
    seller_id: Mapped[str]
    score: Mapped[float]
    exposure: Mapped[int]
    state: Mapped[str]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str | None] = mapped_column(index=True)


class ReviewMotifRow(Base):
    """A motif that was seen; it may have been removed from the registry since."""

    __tablename__ = "review_motifs"

    review_id: Mapped[int] = mapped_column(
        ID, ForeignKey(ReviewRow.id), primary_key=True, autoincrement=False
    )
    motif_id: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False, index=True)


class ReviewEventRow(Base):
    """Something that happened to a review; rows are added and never changed."""

    __tablename__ = "review_events"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    review_id: Mapped[int] = mapped_column(ID, ForeignKey(ReviewRow.id), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    note: Mapped[str]
    appellant: Mapped[str | None]
    appeal: Mapped[str | None]
    references: Mapped[list[int]] = mapped_column(JSON)

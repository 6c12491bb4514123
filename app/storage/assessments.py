"""Assessments as they were given, newest first.

The contract's document is what is stored, so an assessment comes back with the roundings its
reader saw. The columns beside it serve searches; `listing_id` is shortened there, the listing's
own JSON holds it in full.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain.assessment import Assessment, Verdict
from app.domain.contract import assessment_document, assessment_from_document
from app.domain.listing import Listing
from app.domain.ports import StoredAssessment
from app.domain.registry import IdPrefix, public_id
from app.domain.webhook import EventType
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.names import NAME_LIMIT, storable
from app.storage.outbox import tell
from app.storage.photos import photos_seen
from app.storage.reviews import open_review
from app.storage.tables import AssessmentRow
from app.storage.versioned import found

_TOLD = {
    Verdict.SUSPECT: EventType.ASSESSMENT_SUSPECT,
    Verdict.REVIEW: EventType.ASSESSMENT_REVIEW,
}


class SqlAssessmentStore:
    """Implements `app.domain.ports.AssessmentStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, listing: Listing, assessment: Assessment) -> StoredAssessment:
        """Keep an assessment, with its review where it asks for one, and return it with its id."""
        row = AssessmentRow(
            created_at=self._clock(),
            listing_id=storable(listing.listing_id)[:NAME_LIMIT],
            verdict=str(assessment.verdict),
            score=assessment.score,
            listing=_listing_document(listing),
            document=assessment_document(assessment),
        )
        with self._database.session(write=True) as session:
            session.add(row)
            open_review(session, row, listing, _seen_motifs(assessment))
            photos_seen(
                session,
                assessment.photos,
                row.created_at,
                case=assessment.verdict is not Verdict.CLEAR,
            )
            if assessment.verdict in _TOLD:
                session.flush()  # for the id
                tell(session, _TOLD[assessment.verdict], row.created_at, _told(row, listing))
        return _stored(row)

    def get(self, assessment_id: int) -> StoredAssessment:
        """Return one assessment, or raise `NotFoundError`."""
        with self._database.session() as session:
            row = session.get(AssessmentRow, assessment_id)
            return _stored(found(row, "assessment", assessment_id))

    def list(self, *, before: int | None = None, limit: int = 50) -> list[StoredAssessment]:
        """Return assessments newest first, with ids below `before` when it is given."""
        page = select(AssessmentRow).order_by(AssessmentRow.id.desc()).limit(limit)
        if before is not None:
            page = page.where(AssessmentRow.id < before)
        with self._database.session() as session:
            return [_stored(row) for row in session.scalars(page)]


def _told(row: AssessmentRow, listing: Listing) -> dict[str, Any]:
    return {
        "assessment_id": public_id(IdPrefix.ASSESSMENT, row.id),
        "listing_id": listing.listing_id,
        "seller_id": listing.seller_id,
        "verdict": row.verdict,
        "score": row.document["score"],
        "reasons": row.document["reasons"],
    }


def _seen_motifs(assessment: Assessment) -> list[int]:
    return [match.motif_id for image in assessment.images for match in assessment.seen(image)]


def _listing_document(listing: Listing) -> dict[str, Any]:
    price = listing.price
    if price is not None and not math.isfinite(price):
        # JSON has no word for it, and PostgreSQL refuses the one Python would write.
        listing = replace(listing, price=None)
    return asdict(listing)


def _stored(row: AssessmentRow) -> StoredAssessment:
    # JSON knows no tuples.
    images = tuple(row.listing["images"])
    return StoredAssessment(
        id=row.id,
        created_at=row.created_at,
        listing=Listing(**{**row.listing, "images": images}),
        assessment=assessment_from_document(row.document),
    )

"""The queue of reviews: opened with their assessments, claimed by one person, decided in events.

A change locks its review's row, so of two people who claim or decide at the same moment one comes
second and is told so.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.assessment import Verdict
from app.domain.errors import ConflictError
from app.domain.listing import Listing
from app.domain.registry import IdPrefix, public_id
from app.domain.review import (
    Decision,
    DecisionReason,
    MotifRecord,
    Review,
    ReviewAct,
    ReviewEvent,
    ReviewState,
)
from app.domain.webhook import EventType
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.names import NAME_LIMIT, storable
from app.storage.outbox import tell
from app.storage.review_tables import ReviewEventRow, ReviewMotifRow, ReviewRow
from app.storage.tables import AssessmentRow
from app.storage.versioned import found


def open_review(
    session: Session, row: AssessmentRow, listing: Listing, motif_ids: Sequence[int]
) -> None:
    """Open the review that an assessment asks for, in the transaction that keeps it.

    An older review of the same listing that nobody has decided is superseded.
    """
    if row.verdict == Verdict.CLEAR:
        return
    session.flush()  # for the assessment's id
    seller = storable(listing.seller_id)[:NAME_LIMIT]
    session.execute(
        update(ReviewRow)
        .where(
            ReviewRow.listing_id == row.listing_id,
            ReviewRow.seller_id == seller,
            ReviewRow.state == ReviewState.OPEN,
        )
        .values(state=str(ReviewState.SUPERSEDED)),
        execution_options={"synchronize_session": False},
    )
    review = ReviewRow(
        assessment_id=row.id,
        created_at=row.created_at,
        listing_id=row.listing_id,
        seller_id=seller,
        score=row.score,
        exposure=1 + _waiting(session, seller),
        state=str(ReviewState.OPEN),
    )
    session.add(review)
    session.flush()
    for motif_id in sorted(set(motif_ids)):
        session.add(ReviewMotifRow(review_id=review.id, motif_id=motif_id))


def _waiting(session: Session, seller: str) -> int:
    if not seller:
        return 0
    same = and_(ReviewRow.seller_id == seller, ReviewRow.state == ReviewState.OPEN)
    return session.scalar(select(func.count()).select_from(ReviewRow).where(same)) or 0


class SqlReviewStore:
    """Implements `app.domain.ports.ReviewStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def get(self, review_id: int) -> Review:
        """Return one review, or raise `NotFoundError`."""
        with self._database.session() as session:
            return _review(found(session.get(ReviewRow, review_id), "review", review_id))

    def list(
        self, state: ReviewState, *, after: int | None = None, limit: int = 50
    ) -> list[Review]:
        """Return reviews in a state by expected harm: score, then exposure, then age.

        `after` is the id of the last review seen, whose place in the order is looked up.
        """
        page = select(ReviewRow).where(ReviewRow.state == state)
        order = (ReviewRow.score.desc(), ReviewRow.exposure.desc(), ReviewRow.id)
        with self._database.session() as session:
            if after is not None:
                last = found(session.get(ReviewRow, after), "review", after)
                page = page.where(
                    or_(
                        ReviewRow.score < last.score,
                        and_(ReviewRow.score == last.score, ReviewRow.exposure < last.exposure),
                        and_(
                            ReviewRow.score == last.score,
                            ReviewRow.exposure == last.exposure,
                            ReviewRow.id > last.id,
                        ),
                    )
                )
            return [_review(row) for row in session.scalars(page.order_by(*order).limit(limit))]

    def claim(self, review_id: int, actor: str, lease: timedelta) -> Review:
        """Hold an undecided review for a while; by its holder again, for longer.

        Raises:
            NotFoundError: when there is no such review.
            ConflictError: when somebody else holds it, or it is decided.
        """
        with self._database.session(write=True) as session:
            row = self._held(session, review_id, actor)
            if row.state not in {ReviewState.OPEN, ReviewState.UNSURE}:
                raise ConflictError(f"the review is {row.state} already")
            row.claimed_by, row.claimed_until = actor, self._clock() + lease
            self._note(session, row, actor, ReviewAct.CLAIMED)
        return _review(row)

    def release(self, review_id: int, actor: str) -> Review:
        """Let go of a review; one that is not held stays as it is. `ConflictError`."""
        with self._database.session(write=True) as session:
            row = self._held(session, review_id, actor)
            if row.claimed_by is not None:
                row.claimed_by = row.claimed_until = None
                self._note(session, row, actor, ReviewAct.RELEASED)
        return _review(row)

    def decide(
        self, review_id: int, actor: str, decision: Decision, references: Sequence[int] = ()
    ) -> Review:
        """Decide a review, or decide it otherwise than before; the claim on it ends.

        Raises:
            NotFoundError: when there is no such review.
            ConflictError: when somebody else holds it, or a newer review took its place.
        """
        with self._database.session(write=True) as session:
            row = self._held(session, review_id, actor)
            if row.state == ReviewState.SUPERSEDED:
                raise ConflictError("the listing was assessed again and has a newer review")
            at = self._clock()
            row.state, row.decided_at = str(decision.outcome), at
            row.claimed_by = row.claimed_until = None
            self._note(session, row, actor, ReviewAct.DECIDED, decision, references)
            tell(session, EventType.REVIEW_DECIDED, at, _told(row, actor, decision))
        return _review(row)

    def events(self, review_id: int) -> Sequence[ReviewEvent]:
        """Return what happened to a review, oldest first; `NotFoundError`."""
        of_review = select(ReviewEventRow).where(ReviewEventRow.review_id == review_id)
        with self._database.session() as session:
            found(session.get(ReviewRow, review_id), "review", review_id)
            rows = session.scalars(of_review.order_by(ReviewEventRow.id))
            return [_event(row) for row in rows]

    def records(self) -> Sequence[MotifRecord]:
        """Return how the reviews went for every motif that was seen in one, by its id."""
        counted = (
            select(ReviewMotifRow.motif_id, ReviewRow.state, func.count())
            .join(ReviewRow, ReviewRow.id == ReviewMotifRow.review_id)
            .where(ReviewRow.state != ReviewState.SUPERSEDED)
            .group_by(ReviewMotifRow.motif_id, ReviewRow.state)
        )
        counts: dict[int, dict[str, int]] = {}
        with self._database.session() as session:
            for motif_id, state, count in session.execute(counted):
                counts.setdefault(motif_id, {})[state] = count
        return [_record(motif_id, counts[motif_id]) for motif_id in sorted(counts)]

    def _held(self, session: Session, review_id: int, actor: str) -> ReviewRow:
        """Lock a review for its holder, or for anybody when it has none."""
        row = found(session.get(ReviewRow, review_id, with_for_update=True), "review", review_id)
        holder = _review(row).claimed_at(self._clock())
        if holder not in {None, actor}:
            raise ConflictError("somebody else holds this review")
        return row

    def _note(
        self,
        session: Session,
        row: ReviewRow,
        actor: str,
        act: ReviewAct,
        decision: Decision | None = None,
        references: Sequence[int] = (),
    ) -> None:
        session.add(
            ReviewEventRow(
                review_id=row.id,
                at=self._clock(),
                actor=actor,
                act=str(act),
                outcome=decision and str(decision.outcome),
                reason=decision and str(decision.reason),
                note=storable(decision.note) if decision else "",
                references=[*references],
            )
        )


def _told(row: ReviewRow, actor: str, decision: Decision) -> dict[str, Any]:
    return {
        "review_id": public_id(IdPrefix.REVIEW, row.id),
        "assessment_id": public_id(IdPrefix.ASSESSMENT, row.assessment_id),
        "listing_id": row.listing_id,
        "seller_id": row.seller_id,
        "decision": str(decision.outcome),
        "reason": str(decision.reason),
        "decided_by": actor,
    }


def _review(row: ReviewRow) -> Review:
    return Review(
        id=row.id,
        assessment_id=row.assessment_id,
        created_at=row.created_at,
        listing_id=row.listing_id,
        seller_id=row.seller_id,
        score=row.score,
        exposure=row.exposure,
        state=ReviewState(row.state),
        claimed_by=row.claimed_by,
        claimed_until=row.claimed_until,
        decided_at=row.decided_at,
    )


def _event(row: ReviewEventRow) -> ReviewEvent:
    decision = None
    if row.outcome is not None and row.reason is not None:
        decision = Decision(ReviewState(row.outcome), DecisionReason(row.reason), row.note)
    return ReviewEvent(
        row.id,
        row.review_id,
        row.at,
        row.actor,
        ReviewAct(row.act),
        decision,
        tuple(row.references),
    )


def _record(motif_id: int, counts: dict[str, int]) -> MotifRecord:
    return MotifRecord(
        motif_id,
        open=counts.get(ReviewState.OPEN, 0),
        confirmed=counts.get(ReviewState.CONFIRMED, 0),
        dismissed=counts.get(ReviewState.DISMISSED, 0),
        unsure=counts.get(ReviewState.UNSURE, 0),
    )

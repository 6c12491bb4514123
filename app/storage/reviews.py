"""The queue of reviews: opened with their assessments, claimed by one person, decided in events.

A change locks its review's row, so of two people who claim or decide at the same moment one comes
second and is told so. What is counted over reviews is in `review_counts.py`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.assessment import Verdict
from app.domain.errors import ConflictError, InvalidInputError
from app.domain.listing import Listing
from app.domain.registry import IdPrefix, public_id
from app.domain.review import (
    Appeal,
    AppealRuling,
    AppealState,
    Appellant,
    Decision,
    DecisionReason,
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
from app.storage.review_counts import ReviewCounts
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


class SqlReviewStore(ReviewCounts):
    """Implements `app.domain.review_store.ReviewStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(database)
        self._clock = clock

    def get(self, review_id: int) -> Review:
        """Return one review, or raise `NotFoundError`."""
        with self._database.session() as session:
            return _review(found(session.get(ReviewRow, review_id), "review", review_id))

    def list(
        self,
        state: ReviewState | None,
        *,
        appeal: AppealState | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Review]:
        """Return reviews in a state by expected harm: score, then exposure, then age.

        Without a state those in any; with `appeal` only those whose appeal stands so. `after` is
        the id of the last review seen, whose place in the order is looked up.
        """
        page = select(ReviewRow)
        if state is not None:
            page = page.where(ReviewRow.state == state)
        if appeal is not None:
            page = page.where(ReviewRow.appeal == appeal)
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
        """Hold a review that waits for somebody for a while; by its holder again, for longer.

        Raises:
            NotFoundError: when there is no such review.
            ConflictError: when somebody else holds it, or it is decided.
        """
        with self._database.session(write=True) as session:
            row = self._held(session, review_id, actor)
            if not _review(row).waits:
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
            if row.appeal == AppealState.OPEN:
                raise ConflictError("somebody appealed against this decision: rule on the appeal")
            row.appeal = None
            self._decide(session, row, actor, decision, references)
        return _review(row)

    def appeal(self, review_id: int, actor: str, appeal: Appeal) -> Review:
        """Lodge an appeal against a decision.

        Raises:
            NotFoundError: when there is no such review.
            ConflictError: when it is not decided, or the decision was appealed against already.
        """
        with self._database.session(write=True) as session:
            row = found(
                session.get(ReviewRow, review_id, with_for_update=True), "review", review_id
            )
            if row.state not in {ReviewState.CONFIRMED, ReviewState.DISMISSED}:
                raise ConflictError("only a review that was confirmed or dismissed has an appeal")
            if row.appeal == AppealState.OPEN:
                raise ConflictError("an appeal against this decision is open already")
            if row.appeal == AppealState.UPHELD:
                raise ConflictError("an appeal against this decision was ruled on already")
            row.appeal = str(AppealState.OPEN)
            self._note(session, row, actor, ReviewAct.APPEALED, appeal=appeal)
        return _review(row)

    def rule_on(self, review_id: int, actor: str, ruling: AppealRuling) -> Review:
        """Say what becomes of an appeal.

        Raises:
            NotFoundError: when there is no such review.
            ConflictError: when somebody else holds it, no appeal is open, or it would open again
                beside a newer review of its listing.
            InvalidInputError: when a decision is overturned by one like it.
        """
        decision = ruling.decision
        with self._database.session(write=True) as session:
            row = self._held(session, review_id, actor)
            if row.appeal != AppealState.OPEN:
                raise ConflictError("no appeal against this decision is open")
            if decision is not None and decision.outcome == row.state:
                raise InvalidInputError(f"{row.state} is the decision that would be overturned")
            row.appeal = str(ruling.outcome)
            row.claimed_by = row.claimed_until = None
            self._note(session, row, actor, ReviewAct.RULED, ruling=ruling)
            if decision is not None:
                self._decide(session, row, actor, decision)
            elif ruling.outcome is AppealState.OVERTURNED:
                _open_again(session, row)
            tell(session, EventType.APPEAL_DECIDED, self._clock(), _ruled(row, actor))
        return _review(row)

    def events(self, review_id: int) -> Sequence[ReviewEvent]:
        """Return what happened to a review, oldest first; `NotFoundError`."""
        of_review = select(ReviewEventRow).where(ReviewEventRow.review_id == review_id)
        with self._database.session() as session:
            found(session.get(ReviewRow, review_id), "review", review_id)
            rows = session.scalars(of_review.order_by(ReviewEventRow.id))
            return [_event(row) for row in rows]

    def _decide(
        self,
        session: Session,
        row: ReviewRow,
        actor: str,
        decision: Decision,
        references: Sequence[int] = (),
    ) -> None:
        at = self._clock()
        row.state, row.decided_at = str(decision.outcome), at
        row.claimed_by = row.claimed_until = None
        self._note(session, row, actor, ReviewAct.DECIDED, decision, references)
        tell(session, EventType.REVIEW_DECIDED, at, _told(row, actor, decision))

    def _held(self, session: Session, review_id: int, actor: str) -> ReviewRow:
        """Lock a review for its holder, or for anybody when it has none."""
        row = _locked(session, review_id)
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
        *,
        appeal: Appeal | None = None,
        ruling: AppealRuling | None = None,
    ) -> None:
        texts = [
            *([decision.note] if decision else []),
            *([appeal.grounds] if appeal else []),
            *([ruling.note] if ruling else []),
        ]
        session.add(
            ReviewEventRow(
                review_id=row.id,
                at=self._clock(),
                actor=actor,
                act=str(act),
                outcome=decision and str(decision.outcome),
                reason=decision and str(decision.reason),
                note=storable("".join(texts)),
                appellant=appeal and str(appeal.appellant),
                appeal=ruling and str(ruling.outcome),
                references=[*references],
            )
        )


def _locked(session: Session, review_id: int) -> ReviewRow:
    return found(session.get(ReviewRow, review_id, with_for_update=True), "review", review_id)


def _open_again(session: Session, row: ReviewRow) -> None:
    """Put a review back into the queue; a listing must not wait there twice."""
    newer = select(ReviewRow.id).where(
        ReviewRow.listing_id == row.listing_id,
        ReviewRow.seller_id == row.seller_id,
        ReviewRow.state == ReviewState.OPEN,
        ReviewRow.id > row.id,
    )
    if session.scalar(newer.limit(1)) is not None:
        raise ConflictError("a newer review of the listing is open: overturn with a decision")
    row.state, row.decided_at = str(ReviewState.OPEN), None


def _told(row: ReviewRow, actor: str, decision: Decision) -> dict[str, Any]:
    return {
        **_named(row),
        "decision": str(decision.outcome),
        "reason": str(decision.reason),
        "decided_by": actor,
    }


def _ruled(row: ReviewRow, actor: str) -> dict[str, Any]:
    return {**_named(row), "outcome": row.appeal, "state": row.state, "decided_by": actor}


def _named(row: ReviewRow) -> dict[str, Any]:
    return {
        "review_id": public_id(IdPrefix.REVIEW, row.id),
        "assessment_id": public_id(IdPrefix.ASSESSMENT, row.assessment_id),
        "listing_id": row.listing_id,
        "seller_id": row.seller_id,
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
        appeal=None if row.appeal is None else AppealState(row.appeal),
    )


def _event(row: ReviewEventRow) -> ReviewEvent:
    decision = appeal = ruling = None
    if row.outcome is not None and row.reason is not None:
        decision = Decision(ReviewState(row.outcome), DecisionReason(row.reason), row.note)
    if row.appellant is not None:
        appeal = Appeal(Appellant(row.appellant), row.note)
    if row.appeal is not None:
        ruling = AppealRuling(AppealState(row.appeal), row.note)
    return ReviewEvent(
        row.id,
        row.review_id,
        row.at,
        row.actor,
        ReviewAct(row.act),
        decision,
        tuple(row.references),
        appeal,
        ruling,
    )

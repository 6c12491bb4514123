"""What is counted over reviews: how they went for each motif, and how they flow now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.flood import MotifFlow
from app.domain.review import MotifRecord, ReviewState
from app.storage.database import Database
from app.storage.review_tables import ReviewMotifRow, ReviewRow
from app.storage.tables import MotifRow


class ReviewCounts:
    """The counting methods of `ReviewStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def flow(self, motif_id: int, *, opened: datetime | None, decided: datetime) -> MotifFlow:
        """Count a motif's reviews: open ones since `opened`, decided ones since `decided`."""
        waiting = ReviewRow.state == ReviewState.OPEN
        since = [] if opened is None else [ReviewRow.created_at >= opened]
        lately = ReviewRow.decided_at >= decided
        with self._database.session() as session:
            return MotifFlow(
                open=_seen(session, motif_id, waiting, *since),
                queue=_count(session, waiting),
                confirmed=_seen(
                    session, motif_id, ReviewRow.state == ReviewState.CONFIRMED, lately
                ),
                dismissed=_seen(
                    session, motif_id, ReviewRow.state == ReviewState.DISMISSED, lately
                ),
                motifs=session.scalar(
                    select(func.count())
                    .select_from(MotifRow)
                    .where(MotifRow.disabled.is_(False), MotifRow.quarantined_at.is_(None))
                )
                or 0,
            )


def _seen(session: Session, motif_id: int, *conditions: ColumnElement[bool]) -> int:
    of_motif = select(ReviewMotifRow.review_id).where(ReviewMotifRow.motif_id == motif_id)
    return _count(session, ReviewRow.id.in_(of_motif), *conditions)


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(ReviewRow).where(*conditions)) or 0


def _record(motif_id: int, counts: dict[str, int]) -> MotifRecord:
    return MotifRecord(
        motif_id,
        open=counts.get(ReviewState.OPEN, 0),
        confirmed=counts.get(ReviewState.CONFIRMED, 0),
        dismissed=counts.get(ReviewState.DISMISSED, 0),
        unsure=counts.get(ReviewState.UNSURE, 0),
    )

"""What services need from whoever keeps the reviews; `app/storage` implements it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.flood import MotifFlow
from app.domain.review import (
    Appeal,
    AppealRuling,
    AppealState,
    Decision,
    MotifRecord,
    Review,
    ReviewEvent,
    ReviewState,
)


class ReviewStore(Protocol):
    """Reviews, which open with their assessments, and what happened to them."""

    def get(self, review_id: int) -> Review:
        """Return one review, or raise `NotFoundError`."""

    def list(
        self,
        state: ReviewState | None,
        *,
        appeal: AppealState | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Review]:
        """Return reviews in a state by expected harm: score, then exposure, then age.

        Without a state those in any; with `appeal` only those whose appeal stands so.
        """

    def claim(self, review_id: int, actor: str, lease: timedelta) -> Review:
        """Hold a review that waits for somebody for a while; `NotFoundError`, `ConflictError`."""

    def release(self, review_id: int, actor: str) -> Review:
        """Let go of a review; `NotFoundError`, `ConflictError`."""

    def decide(
        self, review_id: int, actor: str, decision: Decision, references: Sequence[int] = ()
    ) -> Review:
        """Decide a review; `NotFoundError`, `ConflictError`."""

    def appeal(self, review_id: int, actor: str, appeal: Appeal) -> Review:
        """Lodge an appeal against a decision; `NotFoundError`, `ConflictError`."""

    def rule_on(self, review_id: int, actor: str, ruling: AppealRuling) -> Review:
        """Say what becomes of an appeal; `NotFoundError`, `ConflictError`, `InvalidInputError`."""

    def events(self, review_id: int) -> Sequence[ReviewEvent]:
        """Return what happened to a review, oldest first; `NotFoundError`."""

    def records(self) -> Sequence[MotifRecord]:
        """Return how the reviews went for every motif that was seen in one."""

    def flow(self, motif_id: int, *, opened: datetime | None, decided: datetime) -> MotifFlow:
        """Count a motif's reviews: open ones since `opened`, decided ones since `decided`."""

"""What people do with reviews: claim, release, decide, rule on appeals, and hand labels on.

A look-alike that was dismissed can become a negative reference in the same call: for every motif
that was seen, the part of the photo that matched best.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from app.domain.assessment import Assessment
from app.domain.contract import Document, match_document
from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.match import Match
from app.domain.ports import AssessmentStore, BlobStore, RegistryStore
from app.domain.registry import IdPrefix, Polarity, public_id
from app.domain.review import (
    AppealRuling,
    AppealState,
    Decision,
    DecisionReason,
    Review,
    ReviewState,
)
from app.domain.review_store import ReviewStore
from app.services.enrolment import Enroller
from app.services.flooding import FloodGuard

_LABELS = {ReviewState.CONFIRMED: True, ReviewState.DISMISSED: False}
_PAGE = 200


class ReviewDesk:
    """Where reviews are worked on; safe to share between threads."""

    def __init__(
        self,
        reviews: ReviewStore,
        registry: RegistryStore,
        assessments: AssessmentStore,
        blobs: BlobStore,
        enroller: Enroller,
        lease: timedelta,
        flood: FloodGuard,
    ) -> None:
        self._reviews = reviews
        self._registry = registry
        self._assessments = assessments
        self._blobs = blobs
        self._enroller = enroller
        self._lease = lease
        self._flood = flood

    @property
    def store(self) -> ReviewStore:
        """Where they are kept."""
        return self._reviews

    def claim(self, review_id: int, actor: str) -> Review:
        """Hold a review for as long as the lease lasts; `NotFoundError`, `ConflictError`."""
        return self._reviews.claim(review_id, actor, self._lease)

    def decide(
        self, review_id: int, actor: str, decision: Decision, *, as_negatives: bool = False
    ) -> Review:
        """Decide a review; with `as_negatives`, what matched becomes negative references first.

        Raises:
            NotFoundError: when there is no such review, or a motif or photo of it is gone.
            ConflictError: when somebody else holds it, or a newer review took its place.
            InvalidInputError: when a negative reference is asked of anything but a look-alike.
        """
        references: Sequence[int] = ()
        if as_negatives:
            references = self._as_negatives(review_id, actor, decision)
        decided = self._reviews.decide(review_id, actor, decision, references)
        self._watch(decided)
        return decided

    def rule_on(
        self, review_id: int, actor: str, ruling: AppealRuling, *, withdraw: bool = False
    ) -> Review:
        """Say what becomes of an appeal; `NotFoundError`, `ConflictError`, `InvalidInputError`.

        With `withdraw`, negative references that the overturned decision made leave the registry.
        """
        if withdraw and ruling.outcome is not AppealState.OVERTURNED:
            raise InvalidInputError("only what was overturned can be withdrawn")
        ruled = self._reviews.rule_on(review_id, actor, ruling)
        if withdraw:
            self._withdraw(review_id)
        if ruling.decision is not None:
            self._watch(ruled)
        return ruled

    def _watch(self, review: Review) -> None:
        if review.state is ReviewState.DISMISSED:
            self._flood.look(self._assessments.get(review.assessment_id).assessment)

    def _withdraw(self, review_id: int) -> None:
        """Remove the negative references that were made for this review and for no other."""
        made = {each for event in self._reviews.events(review_id) for each in event.references}
        for reference_id in sorted(made):
            try:
                if self._registry.reference(reference_id).source == _source(review_id):
                    self._registry.remove_reference(reference_id)
            except NotFoundError:
                continue

    def _as_negatives(self, review_id: int, actor: str, decision: Decision) -> list[int]:
        if decision.reason is not DecisionReason.LOOK_ALIKE:
            raise InvalidInputError("only a dismissed look_alike becomes a negative reference")
        # Held while references are made, so that nobody decides otherwise in between.
        review = self._reviews.get(review_id)
        if review.state is ReviewState.SUPERSEDED:
            raise ConflictError("the listing was assessed again and has a newer review")
        if review.appeal is AppealState.OPEN:
            raise ConflictError("somebody appealed against this decision: rule on the appeal")
        if review.state in {ReviewState.OPEN, ReviewState.UNSURE}:
            self.claim(review_id, actor)
        return self._enrol(review)

    def labels(self) -> Iterator[Document]:
        """Give every confirmed and dismissed review as a label with what was matched."""
        for state, label in _LABELS.items():
            after: int | None = None
            while page := self._reviews.list(state, after=after, limit=_PAGE):
                for review in page:
                    yield self._label(review, label)
                after = page[-1].id

    def _enrol(self, review: Review) -> list[int]:
        assessment = self._assessments.get(review.assessment_id).assessment
        references: list[int] = []
        for sha256, match in best_of_each(assessment):
            reference, _ = self._enroller.add(
                match.motif_id,
                self._blobs.get(sha256),
                polarity=Polarity.NEGATIVE,
                box=match.box,
                source=_source(review.id),
            )
            references.append(reference.id)
        return references

    def _label(self, review: Review, label: bool) -> Document:
        assessment = self._assessments.get(review.assessment_id).assessment
        decided = [event for event in self._reviews.events(review.id) if event.decision]
        decision = decided[-1].decision
        matches = [
            {"sha256": sha256, **match_document(match)}
            for sha256, match in best_of_each(assessment)
        ]
        return {
            "review_id": public_id(IdPrefix.REVIEW, review.id),
            "assessment_id": public_id(IdPrefix.ASSESSMENT, review.assessment_id),
            "listing_id": assessment.listing_id,
            "label": label,
            "reason": decision and str(decision.reason),
            "decided_at": review.decided_at and review.decided_at.isoformat(),
            "appeal": review.appeal and str(review.appeal),
            "score": review.score,
            "matches": matches,
            "model": assessment.versions.model,
        }


def _source(review_id: int) -> str:
    return f"dismissed in review {public_id(IdPrefix.REVIEW, review_id)}"


def best_of_each(assessment: Assessment) -> list[tuple[str, Match]]:
    """Return for each motif that counts as seen its best match, with its photo's hash."""
    best: dict[int, tuple[str, Match]] = {}
    for image in assessment.images:
        for match in assessment.seen(image):
            known = best.get(match.motif_id)
            if known is None or match.rank_key < known[1].rank_key:
                best[match.motif_id] = (image.sha256 or "", match)
    return [best[motif_id] for motif_id in sorted(best)]

"""What people do with reviews: claim, release, decide, and hand their decisions on as labels.

A look-alike that was dismissed can become a negative reference in the same call: for every motif
that was seen, the part of the photo that matched best.
"""

from collections.abc import Iterator
from datetime import timedelta

from app.domain.assessment import Assessment
from app.domain.contract import Document, match_document
from app.domain.errors import ConflictError, InvalidInputError
from app.domain.match import Match
from app.domain.ports import AssessmentStore, BlobStore, ReviewStore
from app.domain.registry import IdPrefix, Polarity, public_id
from app.domain.review import Decision, DecisionReason, Review, ReviewState
from app.services.enrolment import Enroller

_LABELS = {ReviewState.CONFIRMED: True, ReviewState.DISMISSED: False}
_PAGE = 200


class ReviewDesk:
    """Where reviews are worked on; safe to share between threads."""

    def __init__(
        self,
        reviews: ReviewStore,
        assessments: AssessmentStore,
        blobs: BlobStore,
        enroller: Enroller,
        lease: timedelta,
    ) -> None:
        self._reviews = reviews
        self._assessments = assessments
        self._blobs = blobs
        self._enroller = enroller
        self._lease = lease

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
        if not as_negatives:
            return self._reviews.decide(review_id, actor, decision)
        if decision.reason is not DecisionReason.LOOK_ALIKE:
            raise InvalidInputError("only a dismissed look_alike becomes a negative reference")
        # Held while references are made, so that nobody decides otherwise in between.
        review = self._reviews.get(review_id)
        if review.state is ReviewState.SUPERSEDED:
            raise ConflictError("the listing was assessed again and has a newer review")
        if review.state in {ReviewState.OPEN, ReviewState.UNSURE}:
            self.claim(review_id, actor)
        references = self._enrol(review)
        return self._reviews.decide(review_id, actor, decision, references)

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
        source = f"dismissed in review {public_id(IdPrefix.REVIEW, review.id)}"
        references: list[int] = []
        for sha256, match in best_of_each(assessment):
            reference, _ = self._enroller.add(
                match.motif_id,
                self._blobs.get(sha256),
                polarity=Polarity.NEGATIVE,
                box=match.box,
                source=source,
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
            "score": review.score,
            "matches": matches,
            "model": assessment.versions.model,
        }


def best_of_each(assessment: Assessment) -> list[tuple[str, Match]]:
    """Return for each motif that counts as seen its best match, with its photo's hash."""
    best: dict[int, tuple[str, Match]] = {}
    for image in assessment.images:
        for match in assessment.seen(image):
            known = best.get(match.motif_id)
            if known is None or match.rank_key < known[1].rank_key:
                best[match.motif_id] = (image.sha256 or "", match)
    return [best[motif_id] for motif_id in sorted(best)]

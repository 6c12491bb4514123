"""Answers why a motif was not raised in a photo, with the pieces that assess it.

    listing, photo ─▶ the assessor's own verdict
    photo ─▶ propose, embed ─▶ x references of the motif ─▶ nearest, counted, suppressed
    box   ─▶ embed ─▶ as a region that was proposed, and as a reference that was enrolled

Similarities are taken against every reference of the motif, those that take no part included, and
not through the index: what the search left out is part of the answer. Nothing is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from app.domain.assessment import Assessment, ImageFinding
from app.domain.box import Box
from app.domain.calibration import NullDistributions
from app.domain.errors import CalibrationError
from app.domain.explanation import (
    AsReference,
    Boxed,
    Comparison,
    Counted,
    Explanation,
    Needed,
    Quarantined,
    Suppressor,
)
from app.domain.lint import ReferenceStatus
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.ports import RegistryStore
from app.domain.registry import Motif, NewReference, Polarity, Reference
from app.domain.thresholds import thresholds
from app.domain.verdict import Policy, false_alarm_chance, verdict_of
from app.media.appearance import appearance
from app.media.decoded import DecodedImage
from app.services.assessment import Assessor, Eyes
from app.services.enrolment import MIN_REFERENCE_SIDE, Enroller
from app.services.gallery import Matcher
from app.services.live_gallery import LiveGallery
from app.services.look_alikes import Candidate
from app.services.sources import ImageSource
from models.regions import Boxes, Embeddings, Regions

_CERTAIN = 1 - 1e-6  # a threshold there means that nothing suffices


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A photo that was looked at: regions of all its frames, aligned with their embeddings."""

    image: DecodedImage
    boxes: Boxes
    embeddings: Embeddings

    def box(self, region: int) -> Box:
        return Box(*(int(edge) for edge in self.boxes[region]))


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A motif and what it is judged by; `nulls` has its one row, `vectors` those of `positives`."""

    listing: Listing
    motif: Motif
    matcher: Matcher
    positives: Sequence[Reference]
    vectors: Embeddings
    nulls: NullDistributions | None


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Explainer:
    """Explains; safe to share between threads."""

    def __init__(
        self,
        eyes: Eyes,
        registry: RegistryStore,
        gallery: LiveGallery,
        assessor: Assessor,
        enroller: Enroller,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._eyes = eyes
        self._registry = registry
        self._gallery = gallery
        self._assessor = assessor
        self._enroller = enroller
        self._clock = clock

    def explain(
        self, listing: Listing, source: ImageSource, motif_id: int, box: Box | None = None
    ) -> Explanation:
        """Return why the motif is raised or not in a listing of this one photo.

        Args:
            listing: what the seller says.
            source: the photo.
            motif_id: the motif, whether or not it takes part.
            box: where a person sees it, in pixels of the upright photo's first frame.

        Raises:
            NotFoundError: when there is no such motif.
            ImageRefusedError: when the photo cannot be read.
            InvalidBoxError: when the box lies outside.
        """
        motif = self._registry.motif(motif_id)
        with self._assessor.decoded(source) as image:
            if box is not None:
                box.within(image.width, image.height)
            seen = self._look(image)
            references = self._registry.references(motif_id)
            case = self._case(listing, motif, references)
            boxed = None if box is None else self._boxed(case, seen, box)
            waiting = self._quarantined(seen, references)
        assessment = self._assessor.assess(listing, [source])
        nearest = _nearest(seen, case.vectors, case.positives, case.nulls)
        return Explanation(
            image=source.name,
            width=image.width,
            height=image.height,
            motif=motif,
            enabled=motif.enabled_at(self._clock()),
            claim=assessment.claim,
            verdict=assessment.verdict,
            refusal=assessment.images[0].error,
            calibrated=case.nulls is not None or nearest is None,
            needed=self._needed(case),
            nearest=nearest,
            counted=self._counted(case, seen, assessment),
            suppressor=_suppressor(case, seen),
            quarantined=waiting,
            boxed=boxed,
            versions=assessment.versions,
        )

    def _look(self, image: DecodedImage) -> _Seen:
        looks = [self._eyes.proposer.propose(frame) for frame in image.frames]
        embeddings = [self._eyes.embedder.embed(regions) for regions in looks]
        boxes = np.concatenate([regions.boxes for regions in looks])
        return _Seen(image, boxes, np.concatenate(embeddings))

    def _case(self, listing: Listing, motif: Motif, references: Sequence[Reference]) -> _Case:
        matcher = self._gallery.current()
        positives = [
            ref for ref in references if ref.takes_part and ref.polarity is Polarity.POSITIVE
        ]
        vectors = self._enroller.vectors.of(positives)
        rows = [row for row, each in enumerate(matcher.gallery.motifs) if each.id == motif.id]
        nulls = matcher.gallery.nulls
        if rows and nulls is not None:
            nulls = nulls.only(rows[0])
        else:
            nulls = self._gallery.supposed(vectors) if len(vectors) else None
        return _Case(listing, motif, matcher, positives, vectors, nulls)

    def _needed(self, case: _Case) -> Needed:
        probe = _finding(_supposed_match(case.motif, 0, 1.0, Box(0, 0, 1, 1), case.nulls))
        denied = self._assessor.factors(case.listing, probe, case.nulls).brand_denied or 1.0
        policy = self._assessor.policy
        return Needed(
            denied,
            _similarity_for(policy.review_score / denied, case.nulls, policy),
            _similarity_for(policy.suspect_score / denied, case.nulls, policy),
        )

    def _counted(self, case: _Case, seen: _Seen, assessment: Assessment) -> Counted | None:
        listed = _of(case.motif, assessment.images[0].matches)
        every = case.matcher.match(seen.boxes, seen.embeddings, len(case.matcher.gallery.motifs))
        match = listed or _of(case.motif, every)
        if match is None:
            return None
        counted = replace(match, quarantined=False)  # what it would bring if it counted
        factors = self._assessor.factors(case.listing, _finding(counted), case.nulls)
        policy = self._assessor.policy
        return Counted(
            Comparison(
                match.box, match.similarity, match.false_alarms_per_million, match.reference_id
            ),
            present=factors.motif_present >= policy.review_score,
            verdict=verdict_of(factors.score, policy),
            listed=listed is not None,
        )

    def _quarantined(self, seen: _Seen, references: Sequence[Reference]) -> tuple[Quarantined, ...]:
        waiting = [
            ref for ref in references if not ref.takes_part and ref.polarity is Polarity.POSITIVE
        ]
        found = []
        for reference in waiting:
            vectors = self._enroller.vectors.of([reference])
            nearest = _nearest(seen, vectors, [reference], self._gallery.supposed(vectors))
            if nearest is not None:
                found.append(Quarantined(reference.id, reference.findings, nearest))
        return tuple(found)

    def _boxed(self, case: _Case, seen: _Seen, box: Box) -> Boxed:
        overlaps = [box.overlap(seen.box(region)) for region in range(len(seen.boxes))]
        best = int(np.argmax(overlaps))
        frame = seen.image.frames[0]
        vector = self._eyes.embedder.embed(Regions.of(frame, [box.as_tuple()]))
        crop = _Seen(seen.image, np.array([box.as_tuple()], np.int32), vector)
        return Boxed(
            box,
            seen.box(best),
            overlaps[best],
            _nearest(crop, case.vectors, case.positives, case.nulls),
            self._as_reference(case, seen, box, vector),
        )

    def _as_reference(self, case: _Case, seen: _Seen, box: Box, vector: Embeddings) -> AsReference:
        nulls = self._gallery.supposed(np.concatenate([case.vectors, vector]))
        similarities = seen.embeddings @ vector[0]
        region = int(np.argmax(similarities))
        match = _supposed_match(case.motif, 0, float(similarities[region]), seen.box(region), nulls)
        factors = self._assessor.factors(case.listing, _finding(match), nulls)
        size = (seen.image.width, seen.image.height)
        new = NewReference(Polarity.POSITIVE, seen.image.sha256, *size, box)
        look = appearance(seen.image.frames[0], box)
        findings = self._enroller.examine(Candidate(case.motif, new, look, vector[0]))
        status = self._enroller.status(findings)
        large = min(box.width, box.height) >= MIN_REFERENCE_SIDE
        return AsReference(
            Comparison(match.box, match.similarity, match.false_alarms_per_million),
            verdict_of(factors.score, self._assessor.policy),
            findings,
            large and status is not ReferenceStatus.QUARANTINED,
        )


def _nearest(
    seen: _Seen,
    vectors: Embeddings,
    references: Sequence[Reference],
    nulls: NullDistributions | None,
) -> Comparison | None:
    if not references:
        return None
    similarities = seen.embeddings @ vectors.T  # (regions, references)
    region, place = np.unravel_index(int(np.argmax(similarities)), similarities.shape)
    similarity = float(np.clip(similarities[region, place], -1, 1))
    alarms = None if nulls is None else 1e6 * _chance(nulls, similarity)
    return Comparison(seen.box(int(region)), similarity, alarms, references[int(place)].id)


def _suppressor(case: _Case, seen: _Seen) -> Suppressor | None:
    if not case.positives:
        return None
    region = int(np.argmax((seen.embeddings @ case.vectors.T).max(axis=1)))
    found = case.matcher.suppressor(seen.embeddings[region : region + 1], case.motif.id)
    return None if found is None else Suppressor(*found)


def _supposed_match(
    motif: Motif, reference: int, similarity: float, box: Box, nulls: NullDistributions | None
) -> Match:
    """Return the match that would be there; where nothing is calibrated, it carries no figure."""
    similarity = min(max(similarity, -1.0), 1.0)
    chance = 1.0 if nulls is None else _chance(nulls, similarity)
    alarms = None if nulls is None else 1e6 * chance
    names = (motif.brand.name, motif.name, motif.id)
    return Match(*names, reference, box, similarity, alarms, chance)


def _finding(match: Match) -> ImageFinding:
    return ImageFinding("photo", matches=(match,))


def _of(motif: Motif, matches: Sequence[Match]) -> Match | None:
    return next((match for match in matches if match.motif_id == motif.id), None)


def _chance(nulls: NullDistributions, similarity: float) -> float:
    return float(nulls.chances(np.zeros(1, np.intp), np.array([similarity], np.float32))[0])


def _similarity_for(
    probability: float, nulls: NullDistributions | None, policy: Policy
) -> float | None:
    """Return the similarity from which a motif is there this probably, `None` where none is."""
    if nulls is None or probability >= 1:
        return None
    try:
        found = thresholds(nulls, 1e6 * false_alarm_chance(probability, policy.prior))
    except CalibrationError:
        return None
    similarity = float(found.similarities[0])
    return similarity if similarity < _CERTAIN else None

"""Examines references on their way into the registry, many at once.

    candidates ─▶ size and structure
               ─▶ x regions of the background photos ─▶ how many photos match
               ─▶ x vectors of all references ─▶ look-alikes (`look_alikes.py`)

Each product is one matrix multiplication for a whole batch. A candidate is also compared with those
before it in its batch. Nothing here stores anything.
"""

from collections.abc import Sequence

import numpy as np

from app.domain.contract import alarms_text
from app.domain.lint import LintCode, LintFinding, LintMode, LintPolicy, ReferenceStatus
from app.domain.registry import Polarity
from app.services.background import Background
from app.services.background_files import BackgroundLibrary
from app.services.look_alikes import Candidate, LookAlikes
from models.regions import Embeddings


class Linter:
    """Says what is wrong with candidates; its owner lets one thread in at a time."""

    def __init__(
        self, policy: LintPolicy, look_alikes: LookAlikes, library: BackgroundLibrary
    ) -> None:
        self.policy = policy
        self._look_alikes = look_alikes
        self._library = library
        self._background: tuple[str | None, Background | None] | None = None

    def examine(self, candidates: Sequence[Candidate]) -> list[tuple[LintFinding, ...]]:
        """Return what is to be said of each candidate, in their order."""
        if self.policy.mode is LintMode.OFF or not candidates:
            return [()] * len(candidates)
        vectors = np.stack([candidate.vector for candidate in candidates])
        photos = self._matched_photos(candidates, vectors)
        comparison = self._look_alikes.compare(candidates, vectors)
        found: list[tuple[LintFinding, ...]] = []
        playing: list[int] = []  # places of earlier candidates that will take part
        for place, candidate in enumerate(candidates):
            findings = _alone(candidate, self.policy) + photos[place]
            found.append((*findings, *comparison.findings(place, playing)))
            if self.policy.status(found[-1]) is not ReferenceStatus.QUARANTINED:
                playing.append(place)
        return found

    def _matched_photos(
        self, candidates: Sequence[Candidate], vectors: Embeddings
    ) -> list[list[LintFinding]]:
        background, bar = self._newest_background(), self.policy.match_similarity
        if background is None or bar is None:
            return [[] for _ in candidates]
        counts = (background.maxima(vectors) >= bar).sum(axis=1)
        return [
            self._too_many(int(count), background.photos)
            # A look-alike that is everywhere is what negative references are for.
            if candidate.new.polarity is Polarity.POSITIVE
            else []
            for candidate, count in zip(candidates, counts, strict=True)
        ]

    def _too_many(self, count: int, photos: int) -> list[LintFinding]:
        rate = 1e6 * count / photos
        if rate <= self.policy.per_million:
            return []
        detail = (
            f"{count} of {photos} background photos resemble it by "
            f"{self.policy.match_similarity:.2f} or more, {alarms_text(rate)} in a million; "
            f"the limit is {alarms_text(self.policy.per_million)}"
        )
        return [LintFinding(LintCode.MATCHES_BACKGROUND, detail)]

    def _newest_background(self) -> Background | None:
        blob = self._library.newest()
        if self._background is None or self._background[0] != blob:
            self._background = (blob, self._library.load(blob))
        return self._background[1]


def _alone(candidate: Candidate, policy: LintPolicy) -> list[LintFinding]:
    """Return what a candidate's own picture gives away."""
    found = []
    region, look = candidate.new.region, candidate.look
    if min(region.width, region.height) < policy.min_side:
        size = f"{region.width} x {region.height} pixels; both sides need {policy.min_side}"
        found.append(LintFinding(LintCode.TOO_SMALL, size))
    if look.contrast < policy.min_contrast:
        found.append(LintFinding(LintCode.TOO_SIMPLE, "one colour, or a plain rectangle of one"))
    # A plain ring is a poor motif and a good look-alike.
    elif look.structure < policy.min_structure and candidate.new.polarity is Polarity.POSITIVE:
        detail = f"plain stripes or rings explain all but {look.structure:.1%} of it"
        found.append(LintFinding(LintCode.TOO_SIMPLE, detail))
    return found

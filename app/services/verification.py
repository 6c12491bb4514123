"""The second look: the best few matches of a photo are laid over it, place by place.

    matches ─▶ the few that are rare enough to matter ─▶ reference's picture ─▶ same structure?
            ─▶ verified, with its alignment, and rarer  |  not verified, and less rare ─▶ in order
            └▶ references full of structure, as packs are, against the whole photo ─▶ the same

It never adds a match and never takes one away. Where a reference's picture is lost, or has too few
places for a comparison, nobody has looked and nothing changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.alignment import Alignment
from app.domain.match import NOTABLE_PER_MILLION, Evidence, Match
from app.domain.second_look import LookOdds, PhotoOdds
from app.services.gallery import MotifGallery
from app.services.photo_look import PhotoLook
from app.services.reference_looks import ReferenceLooks
from models.geometry import Agreement, look_again

# docs/decisions/0009-second-look.md has the looks that these are fitted on.
SHIPPED_ODDS = LookOdds((0, 4, 6), (0.51, 27.0, 455.0))


@dataclass(frozen=True, slots=True)
class VerificationOptions:
    """Which matches are looked at again, and what follows.

    `candidates` matches of a photo at most, none commoner than `at_most_per_million`; those on
    which `least_places` places agree are verified. References with fewer than `least_points`
    places of their own cannot be compared. Without `odds` the figures stay as they were.
    """

    candidates: int = 3
    at_most_per_million: float = NOTABLE_PER_MILLION
    least_places: int = 4
    least_points: int = 8
    odds: LookOdds | None = SHIPPED_ODDS

    def __post_init__(self) -> None:
        if self.candidates < 0 or self.least_places < 1 or self.least_points < 0:
            raise ValueError("counts of a second look are not negative")


class Verifier:
    """Looks again at matches; safe to share between threads."""

    def __init__(
        self,
        looks: ReferenceLooks,
        options: VerificationOptions | None = None,
        *,
        photos: PhotoLook | None = None,
    ) -> None:
        self._looks = looks
        self._options = options or VerificationOptions()
        self._photos = photos

    @property
    def candidates(self) -> int:
        """How many matches of a photo may be looked at again."""
        wide = 0 if self._photos is None else self._photos.candidates
        return max(self._options.candidates, wide)

    def verify(
        self, photo: NDArray[np.uint8], matches: Sequence[Match], gallery: MotifGallery
    ) -> tuple[Match, ...]:
        """Return the matches after a second look, best first again.

        Args:
            photo: `(height, width, 3)`, the picture that was matched.
            matches: best first.
            gallery: the one they were found in.
        """
        filled = {} if self._photos is None else self._photos.agreements(photo, matches, gallery)
        looked = [
            self._confirmed(match, filled[match.motif_id], gallery)
            if match.motif_id in filled
            else self._looked(photo, match, gallery)
            if place < self._options.candidates
            else match
            for place, match in enumerate(matches)
        ]
        return tuple(sorted(looked, key=lambda match: match.rank_key))

    def _confirmed(self, match: Match, agreement: Agreement, gallery: MotifGallery) -> Match:
        odds = None
        if self._photos is not None and self._options.odds is not None:
            odds = self._photos.odds
        return _verified(_weighed(match, odds, agreement.inliers, gallery), agreement)

    def _looked(self, photo: NDArray[np.uint8], match: Match, gallery: MotifGallery) -> Match:
        alarms = match.false_alarms_per_million
        if alarms is not None and alarms > self._options.at_most_per_million:
            return match
        look = self._looks.of(gallery.reference(match.reference_id))
        if look is None or look.points < self._options.least_points:
            return match
        agreement = look_again(photo, match.box.as_tuple(), look)
        places = 0 if agreement is None else agreement.inliers
        weighed = _weighed(match, self._options.odds, places, gallery)
        if agreement is None or places < self._options.least_places:
            return weighed
        return _verified(weighed, agreement)


def _weighed(
    match: Match, odds: LookOdds | PhotoOdds | None, places: int, gallery: MotifGallery
) -> Match:
    if odds is None or match.false_alarms_per_million is None:
        return match
    floor = 0.0 if gallery.nulls is None else gallery.nulls.floor
    chance = odds.weighed(match.tail, places, floor)
    return replace(match, tail=chance, false_alarms_per_million=1e6 * chance)


def _verified(match: Match, agreement: Agreement) -> Match:
    return replace(
        match,
        verified=True,
        evidence=(*match.evidence, Evidence.GEOMETRIC),
        alignment=_alignment(agreement),
    )


def _alignment(agreement: Agreement) -> Alignment:
    first, second, third = (
        (float(row[0]), float(row[1]), float(row[2])) for row in agreement.matrix
    )
    return Alignment(
        (first, second, third),
        agreement.inliers,
        agreement.region_share,
        agreement.reference_share,
        agreement.mirrored,
        agreement.inverted,
    )

"""The second look: the best few matches of a photo are laid over it, place by place.

    matches ─▶ the few that are rare enough to matter ─▶ reference's picture ─▶ same structure?
            ─▶ verified, with its alignment, and rarer  |  not verified, and less rare ─▶ in order

It never adds a match and never takes one away. Where a reference's picture is lost, or has too few
places for a comparison, nobody has looked and nothing changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.alignment import Alignment
from app.domain.match import NOTABLE_PER_MILLION, Evidence, Match
from app.domain.second_look import LookOdds
from app.services.gallery import MotifGallery
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

    def __init__(self, looks: ReferenceLooks, options: VerificationOptions | None = None) -> None:
        self._looks = looks
        self._options = options or VerificationOptions()

    def verify(
        self, photo: NDArray[np.uint8], matches: Sequence[Match], gallery: MotifGallery
    ) -> tuple[Match, ...]:
        """Return the matches after a second look, best first again.

        Args:
            photo: `(height, width, 3)`, the picture that was matched.
            matches: best first.
            gallery: the one they were found in.
        """
        floor = 0.0 if gallery.nulls is None else gallery.nulls.floor
        count = self._options.candidates
        looked = [self._looked(photo, match, gallery, floor) for match in matches[:count]]
        return tuple(sorted([*looked, *matches[count:]], key=lambda match: match.rank_key))

    def _looked(
        self, photo: NDArray[np.uint8], match: Match, gallery: MotifGallery, floor: float
    ) -> Match:
        alarms = match.false_alarms_per_million
        if alarms is not None and alarms > self._options.at_most_per_million:
            return match
        look = self._looks.of(gallery.reference(match.reference_id))
        if look is None or look.points < self._options.least_points:
            return match
        agreement = look_again(photo, match.box.as_tuple(), look)
        places = 0 if agreement is None else agreement.inliers
        weighed = self._weighed(match, places, floor)
        if agreement is None or places < self._options.least_places:
            return weighed
        return replace(
            weighed,
            verified=True,
            evidence=(*match.evidence, Evidence.GEOMETRIC),
            alignment=_alignment(agreement),
        )

    def _weighed(self, match: Match, places: int, floor: float) -> Match:
        odds = self._options.odds
        if odds is None or match.false_alarms_per_million is None:
            return match
        chance = odds.weighed(match.tail, places, floor)
        return replace(match, tail=chance, false_alarms_per_million=1e6 * chance)


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

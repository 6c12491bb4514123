"""What a hidden patch says in a verdict: a reason of its own, and at most a request for a review.

    concealments of all photos ─▶ the rarest ─▶ rarer still where a motif was to be expected
        ─▶ reason `motif_area_concealed` ─▶ review, within its budget, where no brand is named

A patch hides nothing that can be named, so that it never makes a listing suspect and never counts
as a match. Where a motif was recognised all the same, nothing is hidden. A seller who names a maker
has nothing to hide behind a patch; the reason is shown then and asks for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.assessment import ImageFinding, Reason, ReasonCode
from app.domain.claim import Claim, ClaimKind
from app.domain.concealment import STRIKING_PER_MILLION, Concealment
from app.domain.contract import alarms_text
from app.domain.errors import InvalidInputError
from app.domain.expected_place import ExpectedPlace

_AT_PLACE = 0.5  # of the smaller of place and patch, shared
_HALF = 2.0  # two looks are taken, anywhere and at the place: each pays
_SAME = 0.25  # overlap from which a match lies on the patch


@dataclass(frozen=True, slots=True)
class HidingPolicy:
    """How rare a patch must be, among listings: to be told, and to ask for a review (0: never)."""

    told_per_million: float = STRIKING_PER_MILLION
    review_per_million: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.review_per_million <= self.told_per_million <= 1_000_000:
            raise InvalidInputError(
                "hidden patches must satisfy 0 <= review <= told <= 1000000 listings in a million"
            )


@dataclass(frozen=True, slots=True)
class _Sighting:
    chance: float
    number: int
    finding: ImageFinding
    patch: Concealment
    expected: bool


def hiding_reasons(
    images: Sequence[ImageFinding],
    claim: Claim,
    places: Sequence[ExpectedPlace],
    policy: HidingPolicy,
) -> tuple[list[Reason], bool]:
    """Return the reason for the rarest hidden patch, if it is rare, and whether it asks for review.

    Args:
        images: of the listing.
        claim: what the listing says of its brand.
        places: where motifs of the registry are to be expected on such goods.
        policy: how rare is rare.
    """
    photos = sum(finding.error is None for finding in images)
    sightings = [
        _sighting(patch, number, finding, places)
        for number, finding in enumerate(images, start=1)
        for patch in finding.concealed
        if not _recognised(patch, finding)
    ]
    if not sightings:
        return [], False
    rarest = min(sightings, key=lambda one: (one.chance, one.number))
    chance = 1 - (1 - rarest.chance) ** photos
    if 1e6 * chance > policy.told_per_million:
        return [], False
    asks = claim.kind in (ClaimKind.UNBRANDED, ClaimKind.SILENT)
    return [_reason(rarest)], asks and 1e6 * chance <= policy.review_per_million


def place_chance(chance: float, places: Sequence[ExpectedPlace]) -> float:
    """Return the chance of a patch at one of the places, given that of one anywhere.

    Patches of ordinary photos lie anywhere, so as many lie at the places as these take of a photo.

    >>> place_chance(0.01, [ExpectedPlace(0.4, 0.4, 0.6, 0.6)])
    0.0008
    """
    taken = sum((place.x_max - place.x_min) * (place.y_max - place.y_min) for place in places)
    return round(chance * min(1.0, _HALF * taken), 12)


def _recognised(patch: Concealment, finding: ImageFinding) -> bool:
    """Tell whether a match lies on the patch: what was recognised is not hidden."""
    return any(match.notable and match.box.overlap(patch.box) > _SAME for match in finding.matches)


def _sighting(
    patch: Concealment, number: int, finding: ImageFinding, places: Sequence[ExpectedPlace]
) -> _Sighting:
    width, height = finding.width or 1, finding.height or 1
    expected = any(place.covered(patch.box, width, height) >= _AT_PLACE for place in places)
    chance = place_chance(patch.chance, places) if expected else patch.chance
    return _Sighting(chance, number, finding, patch, expected)


def _reason(sighting: _Sighting) -> Reason:
    patch, box = sighting.patch, sighting.patch.box
    where = f"image {sighting.number} ({sighting.finding.image}) at {list(box.as_tuple())}"
    there = ", where a registered motif is to be expected" if sighting.expected else ""
    figure = f"{alarms_text(1e6 * sighting.chance)} of a million ordinary photos"
    detail = f"{patch.kind} in {where}{there}, as striking as in about {figure}"
    return Reason(ReasonCode.MOTIF_AREA_CONCEALED, detail)

"""An assessment shaped for the page: what to print where, in words and percentages.

Pure: domain values in, frozen views out; the template only places them. A match counts as seen when
it is rarer than `NOTABLE_PER_MILLION`, or leads a listing whose reasons say that a motif was
seen. All others are what nearly matched, and shown small.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.assessment import Assessment, ImageFinding, Verdict
from app.domain.claim import Claim, ClaimKind
from app.domain.contract import alarms_text
from app.domain.listing import Listing
from app.domain.match import Match
from app.media.formats import ImageFormat, sniff_format

# Gravest first.
SEVERITY: Final = (Verdict.SUSPECT, Verdict.REVIEW, Verdict.CLEAR)
_NEARLY: Final = 3
# What browsers show without help.
_SHOWN: Final = frozenset(ImageFormat) - {ImageFormat.HEIF}


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as the page shows it. Box and label are in the photo's pixels."""

    number: int
    brand: str
    motif: str
    similarity: str
    alarms: str
    evidence: str
    verified: bool
    reference: str | None
    box: tuple[int, int, int, int]
    label_x: int
    label_y: int
    anchor: str


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One image: a data URI or the reason why there is none, and its matches."""

    name: str
    source: str | None
    problem: str
    code: str
    width: int
    height: int
    seen: tuple[MatchView, ...]
    nearly: tuple[MatchView, ...]

    @property
    def alternative(self) -> str:
        """What a reader who cannot see the photo is told."""
        signs = ", ".join(f"{match.brand} ({match.motif})" for match in self.seen)
        return f"Photo {self.name}; boxed: {signs}" if signs else f"Photo {self.name}; no box"


@dataclass(frozen=True, slots=True)
class CardView:
    """One listing of the page."""

    anchor: str
    title: str
    facts: tuple[tuple[str, str], ...]
    verdict: str
    score: str
    factors: tuple[tuple[str, str, int], ...]
    claim: str
    reasons: tuple[tuple[str, str], ...]
    photos: tuple[PhotoView, ...]
    best: str
    note: str


def in_a_million(alarms: float | None) -> str:
    """Return a false-alarm figure in words.

    >>> in_a_million(3.2479), in_a_million(12_345.6), in_a_million(None)
    ('3.25 in a million', '12,300 in a million', 'not calibrated')
    """
    return alarms_text(alarms) if alarms is None else f"{alarms_text(alarms)} in a million"


def card_view(
    listing: Listing,
    assessment: Assessment,
    photos: Mapping[str, bytes],
    references: Mapping[int, bytes],
    *,
    number: int,
    note: str = "",
) -> CardView:
    """Shape one listing, the page's `number`; `references` are pictures by reference id."""
    best = min(_matches(assessment), key=lambda match: match.rank_key, default=None)
    present, denied, unauthorised = assessment.factors.as_tuple()
    return CardView(
        anchor=f"listing-{number}",
        title=listing.title.strip() or listing.listing_id,
        facts=_facts(listing),
        verdict=assessment.verdict.value,
        score=f"{assessment.score:.2f}",
        factors=(
            ("a registered motif is there", f"{present:.2f}", round(present * 100)),
            ("the listing denies or omits its brand", f"{denied:.2f}", round(denied * 100)),
            ("the seller is not authorised", f"{unauthorised:.2f}", round(unauthorised * 100)),
        ),
        claim=_claim(assessment.claim),
        reasons=tuple((reason.code.value, reason.detail) for reason in assessment.reasons),
        photos=tuple(
            _photo(finding, photos.get(finding.image), references, assessment.seen(finding))
            for finding in assessment.images
        ),
        best="" if best is None else f"{best.brand}, {in_a_million(best.false_alarms_per_million)}",
        note=note,
    )


def data_uri(data: bytes | None) -> str | None:
    """Return a picture as a data URI, or None for bytes that no browser would show."""
    image_format = None if data is None else sniff_format(data)
    if data is None or image_format not in _SHOWN:
        return None
    return f"data:image/{image_format.value};base64,{base64.b64encode(data).decode('ascii')}"


def _matches(assessment: Assessment) -> list[Match]:
    return [match for image in assessment.images for match in image.matches]


def _facts(listing: Listing) -> tuple[tuple[str, str], ...]:
    price = "" if listing.price is None else f"{listing.price:,.2f} {listing.currency}".strip()
    facts = (
        ("Listing", listing.listing_id),
        ("Brand field", listing.brand_field or "(empty)"),
        ("Category", listing.category),
        ("Price", price),
        ("Seller", listing.seller_id),
    )
    return tuple((name, value) for name, value in facts if value)


def _claim(claim: Claim) -> str:
    where = "" if claim.source is None else claim.source.value.replace("_", " ")
    if claim.kind is ClaimKind.SILENT:
        return "The listing says nothing of a brand."
    if claim.kind is ClaimKind.UNBRANDED:
        return f"The {where} denies a brand: “{claim.text}”."
    return f"The {where} names {', '.join(claim.brands)}: “{claim.text}”."


def _photo(
    finding: ImageFinding,
    data: bytes | None,
    references: Mapping[int, bytes],
    seen: tuple[Match, ...],
) -> PhotoView:
    source = None if finding.error is not None else data_uri(data)
    problem, code = "", ""
    if finding.error is not None:
        problem, code = finding.error.detail, finding.error.code
    elif source is None:
        problem = "The file is not at hand in a format that browsers show."
    nearly = [match for match in finding.matches if match not in seen][:_NEARLY]
    size = (finding.width or 1, finding.height or 1)
    views = [
        _match(match, number, size, references)
        for number, match in enumerate([*seen, *nearly], start=1)
    ]
    return PhotoView(
        name=finding.image,
        source=source,
        problem=problem,
        code=code,
        width=size[0],
        height=size[1],
        seen=tuple(views[: len(seen)]),
        nearly=tuple(views[len(seen) :]),
    )


def _match(
    match: Match, number: int, size: tuple[int, int], references: Mapping[int, bytes]
) -> MatchView:
    width, height = size
    box = match.box
    # The template sets labels in the same size.
    text = max(width, height) // 26
    # Above the box where there is room, else inside it; towards the photo's middle.
    right = box.x_min + box.x_max > width
    above = box.y_min > text * 1.4
    return MatchView(
        number=number,
        brand=match.brand,
        motif=match.motif,
        similarity=f"{match.similarity:.2f}",
        alarms=in_a_million(match.false_alarms_per_million),
        evidence=", ".join(kind.value for kind in match.evidence),
        verified=match.verified,
        reference=data_uri(references.get(match.reference_id)),
        box=(box.x_min, box.y_min, box.width, box.height),
        label_x=box.x_max if right else box.x_min,
        label_y=box.y_min - text // 3 if above else box.y_min + text,
        anchor="end" if right else "start",
    )

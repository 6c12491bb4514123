"""Reasons and figures in plain words, for readers who never saw the product.

Neutral by construction: a sentence says what was observed, what the listing says, or what could not
be looked at; none says what goods are.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.assessment import Assessment, Reason, ReasonCode, Verdict
from app.domain.claim import Claim, ClaimKind
from app.domain.contract import alarms_text
from app.domain.registry import Registration

_MEANING: Final[Mapping[str, str]] = MappingProxyType(
    {
        ReasonCode.MOTIF_SEEN: "A part of a photo resembles a registered mark more closely than "
        "ordinary photos do.",
        ReasonCode.CLAIMS_UNBRANDED: "The listing says that its goods carry no brand.",
        ReasonCode.CLAIMS_OTHER_BRAND: "The listing names a brand, but not the one whose mark was "
        "matched.",
        ReasonCode.CLAIMS_MATCHED_BRAND: "The listing names the brand whose mark was matched.",
        ReasonCode.NO_BRAND_CLAIM: "The listing names no brand.",
        ReasonCode.AUTHORISED_SELLER: "The operator's registry has the seller as one who may sell "
        "goods of that brand.",
        ReasonCode.AUTHORISATION_NOT_VALID: "The operator's registry has the seller as one who may "
        "sell goods of that brand at other places or times.",
        ReasonCode.PRICE_BELOW_RANGE: "The price is far below those that the operator knows for "
        "goods of that brand.",
        ReasonCode.MOTIF_QUARANTINED: "A part of a photo resembles a mark that the operator's "
        "registry has set aside, because it led to too many reviews; it is not counted.",
        ReasonCode.IMAGE_UNREADABLE: "A photo could not be read and was not looked at.",
        ReasonCode.TOO_SMALL_TO_JUDGE: "A photo has too few pixels to be judged.",
        ReasonCode.NO_READABLE_IMAGE: "No photo could be judged, so a person has to look.",
        ReasonCode.NOT_CALIBRATED: "It is not known how often ordinary photos match as well.",
        ReasonCode.EMPTY_REGISTRY: "No mark was registered, so nothing was looked for.",
    }
)

READING: Final = (
    (
        "The score multiplies three answers, each from 0 to 1: a registered mark is shown; the "
        "listing denies or omits that brand; the seller is not known to be authorised. It orders "
        "listings for review. It is not the probability that anything unlawful happened."
    ),
    (
        "False alarms per million say how rare a match is: of a million ordinary listing photos "
        "that show no registered mark, about that many would match this mark at least this well. "
        "The figure is estimated on a sample of background photos and never given below what that "
        "sample can support. It is not the probability that this match is wrong: that also depends "
        "on how many photos are examined and how many of them show the mark."
    ),
    (
        "Similarity is the cosine between two descriptions of pictures, higher is closer. It "
        "cannot be compared between marks; the false-alarm figure can."
    ),
    "Boxes are in pixels of the upright photo: left, top, right, bottom.",
)

LIMITS: Final = (
    (
        "This file documents a visual match made by software. It does not say whether goods are "
        "genuine, whether they were licensed, or what anybody knew or intended. A person who can "
        "examine the goods and the rights has to decide."
    ),
    (
        "Only photos that belong to the listing were examined. What they do not show was not seen, "
        "and goods that are delivered may differ."
    ),
    (
        "Only marks in the registry of the stated version were looked for. Registration data is as "
        "the operator entered it; the office's own register prevails."
    ),
    (
        "A small, blurred, covered or unusually lit mark can be missed, and an unrelated sign can "
        "resemble a mark."
    ),
)


def meaning(reason: Reason) -> str:
    """Return what a reason means; a code without a sentence of its own says its name."""
    return _MEANING.get(reason.code, str(reason.code).replace("_", " ").capitalize() + ".")


def headline(assessment: Assessment, registrations: tuple[Registration, ...]) -> str:
    """Return the one sentence that the first page begins with."""
    lead = assessment.lead
    if assessment.verdict is Verdict.CLEAR:
        return "No match that needs review"
    if lead is None:
        return "Needs review: no visual match decided this"
    kind = "registered mark" if registrations else "mark"
    return f"Visual match to {kind} {lead.brand} / {lead.motif}: needs review"


def claim_text(claim: Claim) -> str:
    """Return what the listing says of its brand.

    >>> claim_text(Claim(ClaimKind.SILENT))
    'The listing says nothing of a brand.'
    """
    if claim.kind is ClaimKind.SILENT:
        return "The listing says nothing of a brand."
    where = "listing" if claim.source is None else claim.source.value.replace("_", " ")
    if claim.kind is ClaimKind.UNBRANDED:
        return f"The {where} says that the goods carry no brand: “{claim.text}”."
    return f"The {where} names {', '.join(claim.brands)}: “{claim.text}”."


def rarity(alarms: float | None) -> tuple[float, str]:
    """Return a false-alarm figure as a bar (each tenth rarer is a sixth longer) and in words.

    >>> rarity(1_000_000), rarity(1_000), rarity(None)
    ((0.0, '1,000,000 in a million'), (0.5, '1,000 in a million'), (0.0, 'not calibrated'))
    """
    if alarms is None:
        return 0.0, alarms_text(None)
    # Six decades from every photo to one in a million.
    decades = 6 - math.log10(min(max(alarms, 1.0), 1e6))
    return round(decades / 6, 3), f"{alarms_text(alarms)} in a million"


def registration_text(mark: Registration) -> str:
    """Return a registration as one line.

    >>> registration_text(Registration("EUIPO", "018123456", (14, 25)))
    'EUIPO 018123456; Nice classes 14, 25'
    """
    parts = [f"{mark.office} {mark.number}"]
    if mark.nice_classes:
        parts.append(f"Nice classes {', '.join(map(str, mark.nice_classes))}")
    if mark.vienna_classes:
        parts.append(f"Vienna classes {', '.join(mark.vienna_classes)}")
    if mark.expires_on is not None:
        parts.append(f"expires {mark.expires_on.isoformat()}")
    return "; ".join(parts)

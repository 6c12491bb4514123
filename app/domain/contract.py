"""The assessment's JSON shape, the same in the API, the CLI and the catalogue output.

One direction writes what users read, the other restores what was stored. Sensible rounding happens
here and nowhere else: six decimals for a similarity or score, three significant digits for a
false-alarm figure, since more would pretend a precision that no background gives.
"""

from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from app.domain.alignment import Alignment
from app.domain.assessment import (
    Assessment,
    Factors,
    ImageError,
    ImageFinding,
    Reason,
    ReasonCode,
    Verdict,
    Versions,
)
from app.domain.box import Box
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.concealment import Concealment, ConcealmentKind
from app.domain.match import Contribution, Evidence, Match
from app.domain.registry import IdPrefix, parse_id, public_id

Document = dict[str, Any]


def significant(value: float, digits: int = 3) -> float:
    """Round to significant digits.

    >>> significant(3.2479), significant(12345.6)
    (3.25, 12300.0)
    """
    return float(f"{value:.{digits}g}")


def alarms_text(alarms: float | None) -> str:
    """Return a false-alarm figure as people read it.

    >>> alarms_text(3.2479), alarms_text(12_345.6), alarms_text(None)
    ('3.25', '12,300', 'not calibrated')
    """
    if alarms is None:
        return "not calibrated"
    rounded = significant(alarms)
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def match_document(match: Match) -> Document:
    """Return one match as the contract shows it."""
    alarms = match.false_alarms_per_million
    return {
        "brand": match.brand,
        "motif": match.motif,
        "motif_id": public_id(IdPrefix.MOTIF, match.motif_id),
        "reference_id": public_id(IdPrefix.REFERENCE, match.reference_id),
        "box": list(match.box.as_tuple()),
        "similarity": round(match.similarity, 6),
        "false_alarms_per_million": None if alarms is None else significant(alarms),
        "verified": match.verified,
        "evidence": [str(kind) for kind in match.evidence],
        "alignment": None if match.alignment is None else _alignment_document(match.alignment),
        "contributions": [_contribution_document(part) for part in match.contributions],
        "quarantined": match.quarantined,
    }


def _contribution_document(part: Contribution) -> Document:
    alarms = part.false_alarms_per_million
    return {
        "evidence": str(part.evidence),
        "false_alarms_per_million": None if alarms is None else significant(alarms),
        "detail": part.detail,
    }


def _alignment_document(alignment: Alignment) -> Document:
    return {
        "matrix": [[significant(value, 9) for value in row] for row in alignment.matrix],
        "inliers": alignment.inliers,
        "region_share": round(alignment.region_share, 3),
        "reference_share": round(alignment.reference_share, 3),
        "mirrored": alignment.mirrored,
        "inverted": alignment.inverted,
    }


def _image_document(finding: ImageFinding, share: float | None) -> Document:
    error = finding.error
    return {
        "image": finding.image,
        "sha256": finding.sha256,
        "width": finding.width,
        "height": finding.height,
        "error": None if error is None else {"code": error.code, "detail": error.detail},
        "matches": [match_document(match) for match in finding.matches],
        "evidence_share": None if share is None else round(share, 4),
        "concealed": [_patch_document(patch) for patch in finding.concealed],
    }


def _patch_document(patch: Concealment) -> Document:
    return {
        "kind": str(patch.kind),
        "box": list(patch.box.as_tuple()),
        "ordinary_photos_per_million": significant(patch.per_million),
    }


def claim_document(claim: Claim) -> Document:
    """Return a listing's claim as the contract shows it."""
    return {
        "kind": str(claim.kind),
        "text": claim.text,
        "source": None if claim.source is None else str(claim.source),
        "brands": list(claim.brands),
    }


def versions_document(versions: Versions) -> Document:
    """Return what an answer depended on, as the contract shows it."""
    return {
        "model": versions.model,
        "index": versions.index,
        "registry": versions.registry,
        "policy": versions.policy,
        "background": versions.background,
        "reader": versions.reader,
        "inspector": versions.inspector,
    }


def assessment_document(assessment: Assessment) -> Document:
    """Return the assessment as plain JSON values."""
    # The score is the product of the factors as shown, so that a reader who multiplies gets it.
    factors = Factors(*(round(value, 6) for value in assessment.factors.as_tuple()))
    return {
        "listing_id": assessment.listing_id,
        "verdict": str(assessment.verdict),
        "score": round(factors.score, 6),
        "factors": asdict(factors),
        "claim": claim_document(assessment.claim),
        "reasons": [
            {"code": str(reason.code), "detail": reason.detail} for reason in assessment.reasons
        ],
        "images": [
            _image_document(finding, share)
            for finding, share in zip_longest(assessment.images, assessment.shares)
        ],
        "versions": versions_document(assessment.versions),
    }


def _match(document: Document) -> Match:
    alarms = document["false_alarms_per_million"]
    return Match(
        brand=document["brand"],
        motif=document["motif"],
        motif_id=parse_id(IdPrefix.MOTIF, document["motif_id"]),
        reference_id=parse_id(IdPrefix.REFERENCE, document["reference_id"]),
        box=Box(*document["box"]),
        similarity=document["similarity"],
        false_alarms_per_million=alarms,
        # The unrounded tail is not kept: the stored order already speaks for it.
        tail=1.0 if alarms is None else alarms / 1_000_000,
        verified=document["verified"],
        evidence=tuple(Evidence(kind) for kind in document["evidence"]),
        # Assessments that were kept before there was a second look have no such key.
        alignment=_alignment(document.get("alignment")),
        contributions=tuple(_contribution(part) for part in document.get("contributions", ())),
        quarantined=document.get("quarantined", False),
    )


def _contribution(document: Document) -> Contribution:
    return Contribution(
        Evidence(document["evidence"]), document["false_alarms_per_million"], document["detail"]
    )


def _alignment(document: Document | None) -> Alignment | None:
    if document is None:
        return None
    first, second, third = (tuple(row) for row in document["matrix"])
    return Alignment(**{**document, "matrix": (first, second, third)})


def _image(document: Document) -> ImageFinding:
    error = document["error"]
    return ImageFinding(
        image=document["image"],
        sha256=document["sha256"],
        width=document["width"],
        height=document["height"],
        error=None if error is None else ImageError(**error),
        matches=tuple(_match(match) for match in document["matches"]),
        concealed=tuple(_patch(patch) for patch in document.get("concealed", ())),
    )


def _patch(document: Document) -> Concealment:
    chance = document["ordinary_photos_per_million"] / 1_000_000
    return Concealment(ConcealmentKind(document["kind"]), Box(*document["box"]), chance)


def _claim(document: Document) -> Claim:
    source = document["source"]
    return Claim(
        kind=ClaimKind(document["kind"]),
        text=document["text"],
        source=None if source is None else ClaimSource(source),
        brands=tuple(document["brands"]),
    )


def _share(image: Document) -> float | None:
    share: float | None = image.get("evidence_share")
    return share


def assessment_from_document(document: Document) -> Assessment:
    """Restore an assessment from what `assessment_document` made of it."""
    return Assessment(
        listing_id=document["listing_id"],
        verdict=Verdict(document["verdict"]),
        factors=Factors(**document["factors"]),
        claim=_claim(document["claim"]),
        reasons=tuple(
            Reason(ReasonCode(reason["code"]), reason["detail"]) for reason in document["reasons"]
        ),
        images=tuple(_image(image) for image in document["images"]),
        versions=Versions(**document["versions"]),
        shares=tuple(s for s in map(_share, document["images"]) if s is not None),
    )

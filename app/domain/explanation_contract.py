"""The explanation as plain JSON values, the same from the command line and over HTTP."""

from app.domain.contract import Document, claim_document, significant, versions_document
from app.domain.explanation import AsReference, Boxed, Comparison, Explanation, Needed
from app.domain.lint import LintFinding
from app.domain.registry import IdPrefix, public_id
from app.domain.why import whys


def explanation_document(found: Explanation) -> Document:
    """Return an explanation as the contract shows it."""
    counted, suppressor = found.counted, found.suppressor
    return {
        "image": found.image,
        "width": found.width,
        "height": found.height,
        "motif_id": public_id(IdPrefix.MOTIF, found.motif.id),
        "brand": found.motif.brand.name,
        "motif": found.motif.name,
        "claim": claim_document(found.claim),
        "verdict": str(found.verdict),
        "why": [{"code": str(why.code), "detail": why.detail} for why in whys(found)],
        "needed": {
            "brand_denied": round(found.needed.denied, 6),
            "review": _rounded(found.needed.review),
            "suspect": _rounded(found.needed.suspect),
        },
        "nearest": _compared(found.nearest, found.needed),
        "counted": None if counted is None else _compared(counted.comparison, found.needed),
        "suppressed_by": None
        if suppressor is None
        else {
            "reference_id": public_id(IdPrefix.REFERENCE, suppressor.reference_id),
            "similarity": round(suppressor.similarity, 6),
        },
        "quarantined": [
            {"findings": _findings(each.findings), "nearest": _compared(each.nearest, found.needed)}
            for each in found.quarantined
        ],
        "box": None if found.boxed is None else _boxed(found.boxed, found.needed),
        "versions": versions_document(found.versions),
    }


def _compared(comparison: Comparison | None, needed: Needed) -> Document | None:
    if comparison is None:
        return None
    alarms, number = comparison.alarms, comparison.reference_id
    return {
        "reference_id": None if number is None else public_id(IdPrefix.REFERENCE, number),
        "box": list(comparison.box.as_tuple()),
        "similarity": round(comparison.similarity, 6),
        "false_alarms_per_million": None if alarms is None else significant(alarms),
        "short_of_review": _short(comparison, needed.review),
        "short_of_suspect": _short(comparison, needed.suspect),
    }


def _boxed(boxed: Boxed, needed: Needed) -> Document:
    return {
        "box": list(boxed.box.as_tuple()),
        "proposed": boxed.proposed,
        "nearest_region": list(boxed.region.as_tuple()),
        "overlap": round(boxed.overlap, 4),
        "crop": _compared(boxed.crop, needed),
        "as_reference": _as_reference(boxed.as_reference),
    }


def _as_reference(supposed: AsReference) -> Document:
    alarms = supposed.nearest.alarms
    return {
        "box": list(supposed.nearest.box.as_tuple()),
        "similarity": round(supposed.nearest.similarity, 6),
        "false_alarms_per_million": None if alarms is None else significant(alarms),
        "verdict": str(supposed.verdict),
        "enrolled": supposed.enrolled,
        "findings": _findings(supposed.findings),
    }


def _findings(findings: tuple[LintFinding, ...]) -> list[Document]:
    return [{"code": str(each.code), "detail": each.detail} for each in findings]


def _short(comparison: Comparison, needed: float | None) -> float | None:
    return None if needed is None else round(max(needed - comparison.similarity, 0.0), 6)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

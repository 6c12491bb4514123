"""From what was measured of a motif in a photo to stable codes, one plain sentence each.

The order is that of mending: what comes first has to change before anything after it matters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.assessment import Verdict
from app.domain.contract import alarms_text
from app.domain.explanation import PROPOSED_FROM, Comparison, Explanation, Needed
from app.domain.registry import IdPrefix, public_id

_SAME = 1e-4  # two similarities that differ by less are of one comparison


class WhyCode(StrEnum):
    """Stable strings; none is ever renamed."""

    SEEN = "seen"
    TOO_SMALL_TO_JUDGE = "too_small_to_judge"
    MOTIF_DISABLED = "motif_disabled"
    MOTIF_QUARANTINED = "motif_quarantined"
    NO_REFERENCE = "no_reference"
    REFERENCE_QUARANTINED = "reference_quarantined"
    NOT_CALIBRATED = "not_calibrated"
    REGION_NOT_PROPOSED = "region_not_proposed"
    SUPPRESSED_BY_NEGATIVE = "suppressed_by_negative"
    NOT_AMONG_NEAREST = "not_among_nearest"
    BELOW_THRESHOLD = "below_threshold"
    CLAIM_NAMES_BRAND = "claim_names_brand"
    OUTRANKED = "outranked"
    EXPLAINED_BY_NAMED_BRAND = "explained_by_named_brand"


@dataclass(frozen=True, slots=True)
class Why:
    """One thing that explains the outcome."""

    code: WhyCode
    detail: str


def whys(found: Explanation) -> tuple[Why, ...]:
    """Return everything that explains the outcome; `seen` alone where the motif was raised."""
    return (*_of_registry(found), *_of_regions(found), *_of_verdict(found))


def _of_registry(found: Explanation) -> Iterator[Why]:
    if found.refusal is not None:
        yield Why(WhyCode.TOO_SMALL_TO_JUDGE, f"the photo was not judged: {found.refusal.detail}")
    if not found.enabled:
        until = found.motif.disabled_until
        when = "" if until is None else f" until {until.isoformat(timespec='seconds')}"
        yield Why(WhyCode.MOTIF_DISABLED, f"{_name(found)} is switched off{when}")
    held = found.motif.quarantine
    if held is not None:
        detail = f"{_name(found)} is in quarantine and counts in no verdict: {held.detail}"
        yield Why(WhyCode.MOTIF_QUARANTINED, detail)
    if found.nearest is None:
        detail = f"{_name(found)} has no positive reference that takes part"
        yield Why(WhyCode.NO_REFERENCE, detail)
    for each in found.quarantined:
        codes = ", ".join(finding.code for finding in each.findings) or "no finding"
        yield Why(
            WhyCode.REFERENCE_QUARANTINED,
            f"{public_id(IdPrefix.REFERENCE, each.reference_id)} waits in quarantine ({codes}); "
            f"the region nearest to it has similarity {each.nearest.similarity:.3f}",
        )
    if not found.calibrated:
        detail = "no background fits this model, so nobody can say how rare a match is"
        yield Why(WhyCode.NOT_CALIBRATED, detail)


def _of_regions(found: Explanation) -> Iterator[Why]:
    boxed = found.boxed
    if boxed is not None and not boxed.proposed:
        yield Why(
            WhyCode.REGION_NOT_PROPOSED,
            f"no proposed region covers the box: the best overlap is {boxed.overlap:.2f}, "
            f"{PROPOSED_FROM:.2f} is needed",
        )
    nearest, counted = found.nearest, found.counted
    if nearest is None or not found.enabled:
        return
    if found.suppressor is not None:
        yield Why(
            WhyCode.SUPPRESSED_BY_NEGATIVE,
            f"the nearest region resembles the known look-alike "
            f"{public_id(IdPrefix.REFERENCE, found.suppressor.reference_id)} by "
            f"{found.suppressor.similarity:.3f}, and the motif only by {nearest.similarity:.3f}",
        )
    elif counted is None or counted.comparison.similarity < nearest.similarity - _SAME:
        yield Why(
            WhyCode.NOT_AMONG_NEAREST,
            f"{_reference(nearest)} is not among the references that the search returned for the "
            "nearest region",
        )


def _of_verdict(found: Explanation) -> Iterator[Why]:
    counted, brand = found.counted, found.motif.brand.name
    if found.claim.names(brand):
        yield Why(WhyCode.CLAIM_NAMES_BRAND, f"the listing names {brand}, which denies nothing")
    if counted is None or found.refusal is not None or not found.calibrated:
        return
    if counted.verdict is Verdict.CLEAR:
        if not (counted.present and found.claim.names(brand)):
            yield Why(WhyCode.BELOW_THRESHOLD, _below(counted.comparison, found.needed))
    elif not counted.listed:
        detail = "other motifs are rarer in this photo, and as many as a photo may have are kept"
        yield Why(WhyCode.OUTRANKED, detail)
    elif found.motif.quarantine is not None:
        return
    elif found.verdict is Verdict.CLEAR:
        detail = "a better match of a brand that the listing names lies on the same spot"
        yield Why(WhyCode.EXPLAINED_BY_NAMED_BRAND, detail)
    else:
        detail = f"{_name(found)} is seen: {_measured(counted.comparison)}"
        yield Why(WhyCode.SEEN, f"{detail}; by itself it brings {counted.verdict}")


def _below(counted: Comparison, needed: Needed) -> str:
    if needed.review is None:
        gap = "this background and these budgets allow no similarity to suffice"
    elif needed.review > counted.similarity:
        short = needed.review - counted.similarity
        gap = f"review needs {needed.review:.3f}, {short:.3f} more"
    else:  # a second look, not the similarity, decided
        gap = f"review needs {needed.review:.3f} by sight alone"
    return f"{_measured(counted)}; {gap}"


def _measured(counted: Comparison) -> str:
    rare = f"{alarms_text(counted.alarms)} of a million ordinary photos match as well"
    return f"similarity {counted.similarity:.3f} to {_reference(counted)}, and {rare}"


def _reference(comparison: Comparison) -> str:
    number = comparison.reference_id
    return "the crop" if number is None else public_id(IdPrefix.REFERENCE, number)


def _name(found: Explanation) -> str:
    return f"{found.motif.brand.name} / {found.motif.name}"

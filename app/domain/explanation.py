"""Why a motif was not raised in a photo, or that it was: what was measured, and what follows.

Measurements come from `app.services.explaining`; `app.domain.why` turns them into stable codes with
one plain sentence each.
"""

from dataclasses import dataclass

from app.domain.assessment import ImageError, Verdict, Versions
from app.domain.box import Box
from app.domain.claim import Claim
from app.domain.lint import LintFinding
from app.domain.registry import Motif

PROPOSED_FROM = 0.5  # overlap with a proposed region from which a box counts as proposed


@dataclass(frozen=True, slots=True)
class Comparison:
    """A piece of the photo against a reference, and how many ordinary photos match as well.

    `alarms` is `None` where no background large enough is loaded, `reference_id` where the
    reference is only supposed.
    """

    box: Box
    similarity: float
    alarms: float | None
    reference_id: int | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """Similarities from which the listing is raised for the motif, by one photo's sight alone.

    They hold where the listing denies the brand by `denied`, from 0 to 1. `None` where nothing
    suffices, or the background is too small to say.
    """

    denied: float
    review: float | None
    suspect: float | None


@dataclass(frozen=True, slots=True)
class Suppressor:
    """The negative reference that kept the nearest region from counting."""

    reference_id: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A positive reference that takes no part, why, and what it would have found."""

    reference_id: int
    findings: tuple[LintFinding, ...]
    nearest: Comparison


@dataclass(frozen=True, slots=True)
class AsReference:
    """What the boxed crop would do as a reference of the motif, on the same photo.

    `findings` are what would be said of it at its enrolment; `enrolled` is false where a reference
    of that size, or with those findings, would take no part.
    """

    nearest: Comparison
    verdict: Verdict
    findings: tuple[LintFinding, ...]
    enrolled: bool


@dataclass(frozen=True, slots=True)
class Boxed:
    """The caller's box: the region proposed nearest to it, the crop itself, and its use.

    `crop` is `None` where the motif has no positive reference that takes part.
    """

    box: Box
    region: Box
    overlap: float
    crop: Comparison | None
    as_reference: AsReference

    @property
    def proposed(self) -> bool:
        """Whether a region was proposed that covers the box well enough."""
        return self.overlap >= PROPOSED_FROM


@dataclass(frozen=True, slots=True)
class Counted:
    """What matching went on with.

    `present` tells whether a listing that denies the brand would be raised for it, `verdict` what
    it brings to this listing by itself. `listed` is false where better matches left it no room.
    """

    comparison: Comparison
    present: bool
    verdict: Verdict
    listed: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of one motif in one photo.

    `nearest` is the closest positive reference and region, whatever became of them. `enabled`
    speaks of the motif; `refusal` says why the photo was not judged. Where the motif takes no part,
    figures are those that it would have if it did.
    """

    image: str
    width: int
    height: int
    motif: Motif
    enabled: bool
    claim: Claim
    verdict: Verdict
    refusal: ImageError | None
    calibrated: bool
    needed: Needed
    nearest: Comparison | None
    counted: Counted | None
    suppressor: Suppressor | None
    quarantined: tuple[Quarantined, ...]
    boxed: Boxed | None
    versions: Versions

"""What is wrong with a reference, said when it is enrolled.

A reference that resembles everything floods the queue, and one that is another brand's mark accuses
the wrong people. Whatever is grave puts the reference into quarantine: it is kept and listed with
its findings, and takes no part in matching until an operator releases it. Codes are stable strings.

The measurements come from `app.services.linting`; this file says what they mean.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import InvalidInputError


class LintCode(StrEnum):
    """What can be said of a reference; none is ever renamed."""

    TOO_SMALL = "too_small"
    TOO_SIMPLE = "too_simple"
    RESEMBLES_OTHER_BRAND = "resembles_other_brand"
    CONTRADICTS_MOTIF = "contradicts_motif"
    MATCHES_BACKGROUND = "matches_background"
    DUPLICATES_OWN = "duplicates_own"


class LintMode(StrEnum):
    """What follows from a grave finding."""

    QUARANTINE = "quarantine"
    NOTE = "note"
    OFF = "off"


class ReferenceStatus(StrEnum):
    """Whether a reference takes part in matching; `released` was in quarantine once."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that is to be said of a reference: a stable code and a sentence for people."""

    code: LintCode
    detail: str

    @property
    def grave(self) -> bool:
        """Whether it is a reason for quarantine; a duplicate of one's own only wastes room."""
        return self.code is not LintCode.DUPLICATES_OWN


@dataclass(frozen=True, slots=True)
class LintPolicy:
    """The numbers behind the findings; `docs/models.md` says how they were chosen.

    `match_similarity` is the similarity from which a showing of a motif usually is one under the
    model in use; `None` where that was never measured, and photos are then not counted.
    A negative reference may come close to a positive one, which is its use; what reaches `same` by
    vector and by outline is the same picture. `per_million` is how many of a million ordinary
    photos may resemble a reference by `match_similarity`.
    """

    mode: LintMode = LintMode.QUARANTINE
    min_side: int = 16
    min_contrast: float = 3.0
    min_structure: float = 0.03
    twin_similarity: float = 0.85
    twin_agreement: float = 0.9
    same: float = 0.97
    match_similarity: float | None = None
    per_million: float = 25_000.0

    def __post_init__(self) -> None:
        if self.min_side < 1:
            raise InvalidInputError("the smallest side of a reference is at least one pixel")
        if not 0 < self.per_million <= 1_000_000:
            raise InvalidInputError("the limit on background photos lies from 0 to a million")

    def status(self, findings: Iterable[LintFinding]) -> ReferenceStatus:
        """Return how a reference with these findings is enrolled.

        >>> small = LintFinding(LintCode.TOO_SMALL, "9 x 9 pixels")
        >>> LintPolicy().status([small]), LintPolicy(LintMode.NOTE).status([small])
        (<ReferenceStatus.QUARANTINED: 'quarantined'>, <ReferenceStatus.ACTIVE: 'active'>)
        """
        grave = any(finding.grave for finding in findings)
        if grave and self.mode is LintMode.QUARANTINE:
            return ReferenceStatus.QUARANTINED
        return ReferenceStatus.ACTIVE

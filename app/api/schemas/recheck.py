"""Whether an assessment still holds."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.assessments import VersionsPublic
from app.api.schemas.base import Output
from app.domain.assessment import Verdict
from app.domain.recheck import Difference, LostPhoto, Outcome, Recheck
from app.domain.registry import IdPrefix, public_id

_VERSIONS: dict[str, Any] = {
    "model": "touchstone-motif-1@0f3c",
    "index": "flat-r41-n96",
    "registry": 41,
    "policy": "policy-1a2b3c4d",
    "background": "bg-5e6f",
    "reader": None,
}
DIFFERENCE_EXAMPLE: dict[str, Any] = {
    "path": "images/1/matches/mot_12/similarity",
    "then": 0.81,
    "now": 0.79,
}
LOST_EXAMPLE: dict[str, Any] = {
    "image": "2.jpg",
    "sha256": "ab" * 32,
    "removed_at": "2026-04-02T03:00:00Z",
}
RECHECK_EXAMPLE: dict[str, Any] = {
    "assessment_id": "asm_7",
    "assessed_at": "2026-03-02T09:41:06Z",
    "checked_at": "2026-03-09T10:00:00Z",
    "outcome": "differs",
    "holds": True,
    "verdict": {"then": "suspect", "now": "suspect"},
    "score": {"then": 0.97, "now": 0.96},
    "versions": {"then": _VERSIONS, "now": {**_VERSIONS, "registry": 43}, "changed": ["registry"]},
    "differences": [DIFFERENCE_EXAMPLE],
    "missing": [],
    "unread": [],
}


class VerdictsPublic(Output):
    """Two verdicts."""

    then: Verdict = Field(description="As it was kept.")
    now: Verdict | None = Field(
        description="As it is computed anew; null where photos are missing."
    )


class ScoresPublic(Output):
    """Two scores."""

    then: float = Field(description="As it was kept.")
    now: float | None = Field(description="As it is computed anew; null where photos are missing.")


class VersionPairPublic(Output):
    """What each of the two depended on."""

    then: VersionsPublic = Field(description="Of the assessment as it was kept.")
    now: VersionsPublic = Field(description="Of the one that was computed anew.")
    changed: tuple[str, ...] = Field(description="Which of them are others now.")


class DifferencePublic(Output):
    """One value that was another then."""

    model_config = ConfigDict(json_schema_extra={"examples": [DIFFERENCE_EXAMPLE]})

    path: str = Field(description="Where it stands; images count from 1, matches go by motif.")
    then: Any = Field(description="The value as it was kept; null where there was none.")
    now: Any = Field(description="The value now; null where there is none.")

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """Shape a difference."""
        return cls(path=difference.path, then=difference.then, now=difference.now)


class LostPhotoPublic(Output):
    """A photo that is not kept any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [LOST_EXAMPLE]})

    image: str = Field(description="What the listing calls it.")
    sha256: str = Field(description="The hash of its bytes, which stays.")
    removed_at: datetime | None = Field(
        description="When retention removed it; null where nobody knows where it is."
    )

    @classmethod
    def of(cls, lost: LostPhoto) -> Self:
        """Shape a lost photo."""
        return cls(image=lost.image, sha256=lost.sha256, removed_at=lost.removed_at)


class RecheckPublic(Output):
    """What an assessment said then, and what it would say now."""

    model_config = ConfigDict(json_schema_extra={"examples": [RECHECK_EXAMPLE]})

    assessment_id: str = Field(description="The assessment.")
    assessed_at: datetime = Field(description="When it was made.")
    checked_at: datetime = Field(description="When it was computed anew.")
    outcome: Outcome = Field(
        description="`same` to the last digit, `differs`, or `incomplete`: photos are missing."
    )
    holds: bool | None = Field(
        description="Whether verdict and reason codes are the same; null where photos are missing."
    )
    verdict: VerdictsPublic = Field(description="The verdict then and now.")
    score: ScoresPublic = Field(description="The score then and now.")
    versions: VersionPairPublic = Field(description="What they depended on.")
    differences: tuple[DifferencePublic, ...] = Field(
        description="What differs. With photos missing, only in the claim and the other photos."
    )
    missing: tuple[LostPhotoPublic, ...] = Field(description="Photos that are not kept any more.")
    unread: tuple[str, ...] = Field(
        description="Images that could not be judged then. Their bytes were not kept, and what was"
        " said of them is taken over."
    )

    @classmethod
    def of(cls, recheck: Recheck) -> Self:
        """Shape a recheck."""
        then, now = recheck.then, recheck.now
        whole = not recheck.missing
        return cls(
            assessment_id=public_id(IdPrefix.ASSESSMENT, recheck.assessment_id),
            assessed_at=recheck.assessed_at,
            checked_at=recheck.checked_at,
            outcome=recheck.outcome,
            holds=recheck.holds,
            verdict=VerdictsPublic(then=then["verdict"], now=now["verdict"] if whole else None),
            score=ScoresPublic(then=then["score"], now=now["score"] if whole else None),
            versions=VersionPairPublic(
                then=VersionsPublic(**then["versions"]),
                now=VersionsPublic(**now["versions"]),
                changed=recheck.changed,
            ),
            differences=tuple(DifferencePublic.of(each) for each in recheck.differences),
            missing=tuple(LostPhotoPublic.of(lost) for lost in recheck.missing),
            unread=recheck.unread,
        )

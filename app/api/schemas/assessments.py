"""The assessment as the contract shows it, with the id under which it is kept."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Output, Page
from app.domain.assessment import ReasonCode, Verdict
from app.domain.claim import ClaimKind, ClaimSource
from app.domain.concealment import ConcealmentKind
from app.domain.match import Evidence
from app.domain.ports import StoredAssessment
from app.services.evidence import stored_document

ALIGNMENT_EXAMPLE: dict[str, Any] = {
    "matrix": [[0.31, -0.02, 415.0], [0.02, 0.31, 303.5], [0.0, 0.0, 1.0]],
    "inliers": 23,
    "region_share": 0.94,
    "reference_share": 0.81,
    "mirrored": False,
    "inverted": False,
}
MATCH_EXAMPLE: dict[str, Any] = {
    "brand": "Cartier",
    "motif": "LOVE screw",
    "motif_id": "mot_12",
    "reference_id": "ref_31",
    "box": [412, 300, 560, 455],
    "similarity": 0.81,
    "false_alarms_per_million": 3.2,
    "verified": True,
    "evidence": ["visual", "geometric"],
    "alignment": ALIGNMENT_EXAMPLE,
    "contributions": [],
    "quarantined": False,
}
CONCEALED_EXAMPLE: dict[str, Any] = {
    "kind": "mosaic",
    "box": [96, 640, 256, 800],
    "ordinary_photos_per_million": 2810.0,
}
SHA256_EXAMPLE = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"
ASSESSMENT_EXAMPLE: dict[str, Any] = {
    "id": "asm_12",
    "created_at": "2026-03-02T09:30:00Z",
    "listing_id": "B09X",
    "verdict": "suspect",
    "score": 0.97,
    "factors": {"motif_present": 0.97, "brand_denied": 1.0, "not_authorised": 1.0},
    "claim": {"kind": "unbranded", "text": "Unbranded", "source": "brand_field", "brands": []},
    "reasons": [
        {"code": "motif_seen", "detail": "Cartier / LOVE screw in image 2"},
        {"code": "claims_unbranded", "detail": "brand field says 'Unbranded'"},
    ],
    "images": [
        {
            "image": "2.jpg",
            "sha256": SHA256_EXAMPLE,
            "width": 1200,
            "height": 1200,
            "error": None,
            "matches": [MATCH_EXAMPLE],
            "evidence_share": 1.0,
            "concealed": [CONCEALED_EXAMPLE],
        }
    ],
    "versions": {
        "model": "efficientnet-lite0-imagenet@1f0c3a5b7d9e+grid-1-0.5-0.33-o0.5-m24",
        "index": "flat-r41-n310",
        "registry": 41,
        "policy": "policy-9c1e22ab",
        "background": "800-photos-5be0c3d2",
        "reader": "pp-ocr-090f046f3272-s736-m",
        "inspector": "patches-1-0b5e31c7",
    },
}


class AlignmentPublic(Output):
    """How a reference lies on the photo."""

    model_config = ConfigDict(json_schema_extra={"examples": [ALIGNMENT_EXAMPLE]})

    matrix: tuple[tuple[float, float, float], ...] = Field(
        description="3 x 3, takes `(x, y, 1)` of the upright reference to the upright photo."
    )
    inliers: int = Field(description="How many places of the two pictures agree with it.")
    region_share: float = Field(description="How much of `box` lies under the reference, 0 to 1.")
    reference_share: float = Field(
        description="How much of the reference the agreeing places span, 0 to 1."
    )
    mirrored: bool = Field(description="Whether the photo shows it as a mirror does.")
    inverted: bool = Field(description="Whether light and dark are exchanged.")


class ContributionPublic(Output):
    """What one kind of evidence says by itself."""

    evidence: Evidence = Field(description="Which look at the photo.")
    false_alarms_per_million: float | None = Field(
        description="Its own figure; null where no background is loaded."
    )
    detail: str = Field(description="What was read; empty for a look.")


class MatchPublic(Output):
    """A region of a photo against a reference of a motif."""

    model_config = ConfigDict(json_schema_extra={"examples": [MATCH_EXAMPLE]})

    brand: str = Field(description="The brand's name.")
    motif: str = Field(description="The motif's name.")
    motif_id: str = Field(description="The motif's id.")
    reference_id: str = Field(description="The id of the reference that matched best.")
    box: tuple[int, int, int, int] = Field(
        description="`[x_min, y_min, x_max, y_max]` in pixels of the upright photo."
    )
    similarity: float = Field(description="Cosine, higher is closer; says nothing by itself.")
    false_alarms_per_million: float | None = Field(
        description="How many of a million ordinary photos would match this motif at least this "
        "well; null where no background is loaded."
    )
    verified: bool = Field(description="Whether a second look confirmed the match.")
    evidence: tuple[Evidence, ...] = Field(description="Which looks at the photo support it.")
    alignment: AlignmentPublic | None = Field(
        None, description="How the reference lies on the photo; null where none was found."
    )
    contributions: tuple[ContributionPublic, ...] = Field(
        (),
        description="The figures that were combined, where the motif's wording was read; "
        "else empty.",
    )
    quarantined: bool = Field(
        False, description="Whether its motif was in quarantine: shown, and counted for nothing."
    )


class FactorsPublic(Output):
    """The three factors of the score."""

    motif_present: float = Field(description="Probability that a motif is there.")
    brand_denied: float = Field(description="Probability that the listing denies the brand.")
    not_authorised: float = Field(description="0 for a seller known to be authorised, else 1.")


class ClaimPublic(Output):
    """What the listing says of its brand."""

    kind: ClaimKind = Field(description="`unbranded`, `names` a brand, or `silent`.")
    text: str = Field(description="The wording, empty when silent.")
    source: ClaimSource | None = Field(description="Which part of the listing spoke.")
    brands: tuple[str, ...] = Field(description="The brands it names.")


class ReasonPublic(Output):
    """Why a verdict is what it is."""

    code: ReasonCode = Field(description="A stable string to branch on.")
    detail: str = Field(description="The same for people.")


class ImageErrorPublic(Output):
    """Why one image could not be judged."""

    code: str = Field(description="A stable string such as `image_truncated`.")
    detail: str = Field(description="The same for people.")


class ConcealmentPublic(Output):
    """A patch that looks as if somebody hid something there; it is no match."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONCEALED_EXAMPLE]})

    kind: ConcealmentKind = Field(description="`cover`, `mosaic` or `blur`.")
    box: tuple[int, int, int, int] = Field(
        description="`[x_min, y_min, x_max, y_max]` in pixels of the upright photo."
    )
    ordinary_photos_per_million: float = Field(
        description="How many of a million ordinary photos show a patch as striking."
    )


class ImagePublic(Output):
    """One photo of the listing and what was found in it."""

    image: str = Field(description="Its name.")
    sha256: str | None = Field(description="Of the file as it was sent.")
    width: int | None = Field(description="Pixels across, upright; null when not decoded.")
    height: int | None = Field(description="Pixels down, upright; null when not decoded.")
    error: ImageErrorPublic | None = Field(description="Why it was not judged, else null.")
    matches: tuple[MatchPublic, ...] = Field(
        description="Best first, with the best few below every threshold."
    )
    evidence_share: float | None = Field(
        None,
        description="How much of the evidence for the motif that the verdict rests on this image "
        "brings, from 0 to 1; null where no match carries the verdict.",
    )
    concealed: tuple[ConcealmentPublic, ...] = Field(
        (), description="Patches that look as if something was hidden there, rarest first."
    )


class VersionsPublic(Output):
    """Everything the verdict depended on besides the listing."""

    model: str = Field(description="The model, its weights, and the region proposer.")
    index: str = Field(description="The vector index.")
    registry: int = Field(description="The registry's version.")
    policy: str = Field(description="The verdict policy.")
    background: str | None = Field(description="The calibration background; null where none fits.")
    reader: str | None = Field(None, description="What read the photos; null where none did.")
    inspector: str | None = Field(
        None, description="What looked for hidden patches; null where nothing did."
    )


class AssessmentPublic(Output):
    """A listing's verdict with its reasons."""

    model_config = ConfigDict(json_schema_extra={"examples": [ASSESSMENT_EXAMPLE]})

    id: str = Field(description="The assessment's id.")
    created_at: datetime = Field(description="When it was made, in UTC.")
    listing_id: str = Field(description="The marketplace's id of the listing.")
    verdict: Verdict = Field(description="What to do with the listing.")
    score: float = Field(description="Between 0 and 1: the product of the factors.")
    factors: FactorsPublic = Field(description="The factors of the score.")
    claim: ClaimPublic = Field(description="The listing's own word on its brand.")
    reasons: tuple[ReasonPublic, ...] = Field(description="Why the verdict is what it is.")
    images: tuple[ImagePublic, ...] = Field(description="The photos, in the listing's order.")
    versions: VersionsPublic = Field(description="What the verdict depended on.")

    @classmethod
    def of(cls, stored: StoredAssessment) -> Self:
        """Shape a kept assessment."""
        return cls.model_validate(stored_document(stored))


class AssessmentPage(Page[AssessmentPublic]):
    """Assessments, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [ASSESSMENT_EXAMPLE], "next_cursor": "MTI"}]}
    )

"""Explanations: what is asked of one motif in one image, and the answer."""

from typing import Any

from pydantic import ConfigDict, Field

from app.api.schemas.assessments import ClaimPublic, VersionsPublic
from app.api.schemas.base import Input, Output
from app.api.schemas.images import SAMPLE_BASE64, ImageCreate
from app.api.schemas.references import Edges, FindingPublic
from app.domain.assessment import Verdict
from app.domain.box import Box
from app.domain.listing import Listing
from app.domain.why import WhyCode

_COMPARED: dict[str, Any] = {
    "reference_id": "ref_31",
    "box": [400, 300, 600, 500],
    "similarity": 0.58,
    "false_alarms_per_million": 4200.0,
    "short_of_review": 0.06,
    "short_of_suspect": 0.13,
}
_EXAMPLE: dict[str, Any] = {
    "image": "2.jpg",
    "width": 1200,
    "height": 1200,
    "motif_id": "mot_12",
    "brand": "Cartier",
    "motif": "LOVE screw",
    "claim": {"kind": "silent", "text": "", "source": None, "brands": []},
    "verdict": "clear",
    "why": [{"code": "below_threshold", "detail": "review needs 0.640, 0.060 more"}],
    "needed": {"brand_denied": 0.95, "review": 0.64, "suspect": 0.71},
    "nearest": _COMPARED,
    "counted": _COMPARED,
    "suppressed_by": None,
    "quarantined": [],
    "box": None,
    "versions": {
        "model": "touchstone-motif-1@1f0c3a5b7d9e+grid-1-0.5-0.33-o0.5-m24",
        "index": "flat-r41-n310",
        "registry": 41,
        "policy": "policy-9c1e22ab",
        "background": "800-photos-5be0c3d2",
        "reader": None,
        "inspector": None,
    },
}


class ExplainForm(Input):
    """What is said beside the image."""

    motif_id: str = Field(description="The motif's id, whether or not it takes part.")
    box: Edges | None = Field(
        None,
        description="Where a person sees it: `[x_min, y_min, x_max, y_max]` in pixels of the "
        "upright image. In a form: `40,60,600,580`.",
    )
    title: str = Field("", max_length=10_000, description="The listing's title.")
    description: str = Field("", max_length=200_000, description="The listing's description.")
    brand_field: str = Field("", max_length=1_000, description="The structured brand field.")

    def to_box(self) -> Box | None:
        """Return the domain's value, or raise `InvalidBoxError`."""
        return None if self.box is None else Box(*self.box)

    def to_listing(self, image: str) -> Listing:
        """Return a listing of this one image."""
        return Listing(
            "explained",
            images=(image,),
            title=self.title,
            description=self.description,
            brand_field=self.brand_field,
        )


class ExplainCreate(ExplainForm):
    """The same with the image inside JSON."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "image": {"name": "2.jpg", "base64": SAMPLE_BASE64},
                    "motif_id": "mot_12",
                    "box": [40, 60, 600, 580],
                    "brand_field": "Unbranded",
                }
            ]
        }
    )

    image: ImageCreate = Field(description="The image.")


class WhyPublic(Output):
    """One thing that explains the outcome."""

    code: WhyCode = Field(description="A stable string to branch on.")
    detail: str = Field(description="The same for people.")


class NeededPublic(Output):
    """The similarities that the listing would be raised from, by sight alone."""

    brand_denied: float = Field(
        description="How far the listing denies the brand, 0 to 1; 1 where it names the brand, to "
        "show what one that denies it would need."
    )
    review: float | None = Field(description="For review; null where nothing suffices.")
    suspect: float | None = Field(description="For suspect; null where nothing suffices.")


class ComparisonPublic(Output):
    """A piece of the photo against a reference."""

    reference_id: str | None = Field(description="The reference's id.")
    box: tuple[int, int, int, int] = Field(description="The piece, in pixels of the photo.")
    similarity: float = Field(description="Cosine, higher is closer.")
    false_alarms_per_million: float | None = Field(
        description="Ordinary photos in a million that match as well; null where not calibrated. "
        "Where the motif or the reference takes no part, what it would be if it did."
    )
    short_of_review: float | None = Field(description="Similarity lacking for review.")
    short_of_suspect: float | None = Field(description="Similarity lacking for suspect.")


class SuppressorPublic(Output):
    """The negative reference that the nearest region resembles more."""

    reference_id: str = Field(description="The reference's id.")
    similarity: float = Field(description="Its similarity to the nearest region.")


class QuarantinedPublic(Output):
    """A positive reference that waits in quarantine."""

    findings: tuple[FindingPublic, ...] = Field(description="Why it waits.")
    nearest: ComparisonPublic = Field(description="What it would have found.")


class AsReferencePublic(Output):
    """What the boxed crop would do as one more reference of the motif, on the same photo."""

    box: tuple[int, int, int, int] = Field(description="The proposed region nearest to the crop.")
    similarity: float = Field(description="Of that region to the crop.")
    false_alarms_per_million: float | None = Field(description="The figure that it would get.")
    verdict: Verdict = Field(description="What it would bring to the listing by itself.")
    enrolled: bool = Field(description="False where it is too small or would be quarantined.")
    findings: tuple[FindingPublic, ...] = Field(description="What enrolment would say of it.")


class BoxedPublic(Output):
    """The caller's box."""

    box: tuple[int, int, int, int] = Field(description="As it was sent.")
    proposed: bool = Field(description="Whether a proposed region overlaps it by half or more.")
    nearest_region: tuple[int, int, int, int] = Field(description="The one that overlaps most.")
    overlap: float = Field(description="Intersection over union with it, 0 to 1.")
    crop: ComparisonPublic | None = Field(
        description="The boxed crop against the references; null where the motif has none."
    )
    as_reference: AsReferencePublic = Field(description="The boxed crop as a reference.")


class ExplanationPublic(Output):
    """Why a motif was raised in an image, or not."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    image: str = Field(description="The image's name.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    motif_id: str = Field(description="The motif's id.")
    brand: str = Field(description="Its brand.")
    motif: str = Field(description="Its name.")
    claim: ClaimPublic = Field(description="The listing's own word on its brand.")
    verdict: Verdict = Field(description="The listing's verdict, all motifs considered.")
    why: tuple[WhyPublic, ...] = Field(description="What explains it, in the order of mending.")
    needed: NeededPublic = Field(description="Which similarity would have been needed.")
    nearest: ComparisonPublic | None = Field(
        description="The nearest region and positive reference; null where there is none."
    )
    counted: ComparisonPublic | None = Field(description="What matching went on with.")
    suppressed_by: SuppressorPublic | None = Field(
        description="What kept the nearest region from counting."
    )
    quarantined: tuple[QuarantinedPublic, ...] = Field(description="References that wait.")
    box: BoxedPublic | None = Field(description="What is to be said of the box sent.")
    versions: VersionsPublic = Field(description="What the answer depended on.")

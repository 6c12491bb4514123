"""An assessment's evidence as JSON; `app.services.evidence` makes the same document for the ZIP."""

from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.assessments import ASSESSMENT_EXAMPLE, AssessmentPublic
from app.api.schemas.base import Output
from app.api.schemas.listings import LISTING_EXAMPLE, ListingPublic
from app.api.schemas.motifs import REGISTRATION_EXAMPLE, RegistrationPublic
from app.api.schemas.references import REFERENCE_EXAMPLE
from app.domain.registry import MotifKind, Polarity

_ENROLMENT = ("status", "findings")
MATCHED_EXAMPLE: dict[str, Any] = {
    **{name: REFERENCE_EXAMPLE[name] for name in REFERENCE_EXAMPLE if name not in _ENROLMENT},
    "brand": "Cartier",
    "motif": "LOVE screw",
    "kind": "pattern",
    "registrations": [REGISTRATION_EXAMPLE],
}


class MatchedReferencePublic(Output):
    """A reference that a photo matched, with the motif it stands for."""

    id: str = Field(description="The reference's id.")
    motif_id: str = Field(description="The motif it belongs to.")
    brand: str = Field(description="The brand's name today.")
    motif: str = Field(description="The motif's name today.")
    kind: MotifKind = Field(description="What sort of sign the motif is.")
    registrations: tuple[RegistrationPublic, ...] = Field(
        description="The motif's registrations as they are entered today."
    )
    polarity: Polarity = Field(description="Whether it shows the motif.")
    sha256: str = Field(description="Of the image file.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    box: tuple[int, int, int, int] | None = Field(
        description="The part that shows the motif; null for the whole image."
    )
    source: str = Field(description="Where it came from.")


class EvidencePublic(Output):
    """Everything that an assessment rests on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "software": "touchstone 0.1.0",
                    "assessment": ASSESSMENT_EXAMPLE,
                    "listing": {"description": "", **LISTING_EXAMPLE, "images": ["1.jpg", "2.jpg"]},
                    "references": [MATCHED_EXAMPLE],
                    "removed_references": [],
                }
            ]
        }
    )

    software: str = Field(description="What gathered this, with its version.")
    assessment: AssessmentPublic = Field(description="The verdict with its reasons.")
    listing: ListingPublic = Field(description="The listing as it was judged.")
    references: tuple[MatchedReferencePublic, ...] = Field(
        description="The references that its photos matched, as they are registered today."
    )
    removed_references: tuple[str, ...] = Field(
        description="Ids of matched references that have been removed since."
    )

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Shape the service's document."""
        return cls.model_validate(document)

"""References in and out: an image of a motif, or of a known look-alike."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field

from app.api.schemas.assessments import SHA256_EXAMPLE
from app.api.schemas.base import Input, Output, Page
from app.api.schemas.images import SAMPLE_BASE64, Base64Image
from app.domain.box import Box
from app.domain.lint import LintCode, ReferenceStatus
from app.domain.registry import IdPrefix, Polarity, Reference, public_id

REFERENCE_EXAMPLE: dict[str, Any] = {
    "id": "ref_31",
    "motif_id": "mot_12",
    "polarity": "positive",
    "sha256": SHA256_EXAMPLE,
    "width": 640,
    "height": 640,
    "box": [40, 60, 600, 580],
    "source": "press kit 2024",
    "status": "quarantined",
    "findings": [{"code": "too_small", "detail": "14 x 40 pixels; both sides need 16"}],
}


def _from_text(value: Any) -> Any:
    """Take a form's `40,60,600,580` apart; what is no text goes on as it is."""
    return value.strip("[] ").split(",") if isinstance(value, str) else value


Edges = Annotated[tuple[int, int, int, int], BeforeValidator(_from_text)]


class ReferenceForm(Input):
    """What is said of a reference beside its image."""

    polarity: Polarity = Field(
        Polarity.POSITIVE, description="Whether it shows the motif or a known look-alike."
    )
    box: Edges | None = Field(
        None,
        description="The part that shows it: `[x_min, y_min, x_max, y_max]` in pixels of the "
        "upright image; the whole image by default. In a form: `40,60,600,580`.",
    )
    source: str = Field("", max_length=2_000, description="Where it came from, for people.")

    def to_box(self) -> Box | None:
        """Return the domain's value, or raise `InvalidBoxError`."""
        return None if self.box is None else Box(*self.box)


class ReferenceCreate(ReferenceForm):
    """A reference with its image inside JSON."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"base64": SAMPLE_BASE64, "box": [40, 60, 600, 580], "source": "press kit 2024"}
            ]
        }
    )

    base64: Base64Image = Field(description="The image file in base64, without line breaks.")


class FindingPublic(Output):
    """One thing that was found when a reference was enrolled."""

    code: LintCode = Field(description="A stable string to branch on.")
    detail: str = Field(description="The same for people, with the numbers behind it.")


class ReferencePublic(Output):
    """A stored reference."""

    model_config = ConfigDict(json_schema_extra={"examples": [REFERENCE_EXAMPLE]})

    id: str = Field(description="The reference's id.")
    motif_id: str = Field(description="The motif it belongs to.")
    polarity: Polarity = Field(description="Whether it shows the motif or a known look-alike.")
    sha256: str = Field(description="Of the image file.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    box: tuple[int, int, int, int] | None = Field(
        description="The part that shows it; null for the whole image."
    )
    source: str = Field(description="Where it came from.")
    status: ReferenceStatus = Field(
        description="`quarantined` takes no part in matching; `released` was in quarantine once."
    )
    findings: tuple[FindingPublic, ...] = Field(description="What was found at its enrolment.")

    @classmethod
    def of(cls, reference: Reference) -> Self:
        """Shape a reference."""
        return cls(
            id=public_id(IdPrefix.REFERENCE, reference.id),
            motif_id=public_id(IdPrefix.MOTIF, reference.motif_id),
            polarity=reference.polarity,
            sha256=reference.blob,
            width=reference.width,
            height=reference.height,
            box=None if reference.box is None else reference.box.as_tuple(),
            source=reference.source,
            status=reference.status,
            findings=tuple(
                FindingPublic(code=finding.code, detail=finding.detail)
                for finding in reference.findings
            ),
        )


class ReferencePage(Page[ReferencePublic]):
    """References, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [REFERENCE_EXAMPLE], "next_cursor": None}]}
    )

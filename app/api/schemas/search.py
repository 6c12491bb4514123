"""The answer to a search: what the image is, and the motifs nearest to anything in it."""

from typing import Self

from pydantic import ConfigDict, Field

from app.api.schemas.assessments import MATCH_EXAMPLE, SHA256_EXAMPLE, MatchPublic
from app.api.schemas.base import Output
from app.domain.assessment import ImageFinding
from app.domain.contract import match_document


class SearchPublic(Output):
    """The nearest motifs of one image; no listing, no verdict."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "image": "2.jpg",
                    "sha256": SHA256_EXAMPLE,
                    "width": 1200,
                    "height": 1200,
                    "matches": [MATCH_EXAMPLE],
                }
            ]
        }
    )

    image: str = Field(description="The image's name.")
    sha256: str = Field(description="Of the file as it was sent.")
    width: int = Field(description="Pixels across, upright.")
    height: int = Field(description="Pixels down, upright.")
    matches: tuple[MatchPublic, ...] = Field(description="One for each motif, best first.")

    @classmethod
    def of(cls, finding: ImageFinding) -> Self:
        """Shape what was found in an image."""
        matches = [match_document(match) for match in finding.matches]
        return cls.model_validate(
            {
                "image": finding.image,
                "sha256": finding.sha256,
                "width": finding.width,
                "height": finding.height,
                "matches": matches,
            }
        )

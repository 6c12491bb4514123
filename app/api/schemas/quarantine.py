"""What is in quarantine: motifs that flooded the queue, references that were found wanting."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Output
from app.api.schemas.references import REFERENCE_EXAMPLE, ReferencePage
from app.domain.flood import FloodCode, Quarantine
from app.domain.registry import IdPrefix, Motif, public_id

QUARANTINE_EXAMPLE: dict[str, Any] = {
    "code": "often_dismissed",
    "detail": "60 of 61 decided reviews were dismissed",
    "at": "2026-03-02T09:41:00Z",
}
HELD_EXAMPLE: dict[str, Any] = {
    "motif_id": "mot_12",
    "brand": "Cartier",
    "motif": "LOVE screw",
    **QUARANTINE_EXAMPLE,
}


class QuarantinePublic(Output):
    """Since when a motif counts in no verdict, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [QUARANTINE_EXAMPLE]})

    code: FloodCode = Field(description="A stable string to branch on.")
    detail: str = Field(description="The same for people, with the numbers behind it.")
    at: datetime = Field(description="Since when.")

    @classmethod
    def of(cls, quarantine: Quarantine) -> Self:
        """Shape a quarantine."""
        return cls(code=quarantine.code, detail=quarantine.detail, at=quarantine.at)


class HeldMotif(QuarantinePublic):
    """A motif in quarantine: its matches are shown and count in no verdict."""

    model_config = ConfigDict(json_schema_extra={"examples": [HELD_EXAMPLE]})

    motif_id: str = Field(description="The motif's id.")
    brand: str = Field(description="The name of its brand.")
    motif: str = Field(description="Its name.")

    @classmethod
    def held(cls, motif: Motif, quarantine: Quarantine) -> Self:
        """Shape a motif in quarantine."""
        return cls(
            motif_id=public_id(IdPrefix.MOTIF, motif.id),
            brand=motif.brand.name,
            motif=motif.name,
            code=quarantine.code,
            detail=quarantine.detail,
            at=quarantine.at,
        )


def held_motifs(motifs: list[Motif]) -> tuple[HeldMotif, ...]:
    """Shape the motifs in quarantine."""
    return tuple(
        HeldMotif.held(motif, motif.quarantine) for motif in motifs if motif.quarantine is not None
    )


class QuarantinePage(ReferencePage):
    """References in quarantine, oldest first, and beside them every motif that is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [REFERENCE_EXAMPLE], "next_cursor": None, "motifs": [HELD_EXAMPLE]}
            ]
        }
    )

    motifs: tuple[HeldMotif, ...] = Field(description="All motifs in quarantine, on every page.")

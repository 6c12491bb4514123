"""Motifs in and out, with their registrations."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from app.api.schemas.base import Input, Output, Page
from app.api.schemas.brands import Name, Names
from app.domain.ports import MotifChange
from app.domain.registry import IdPrefix, Motif, MotifKind, Registration, public_id

REGISTRATION_EXAMPLE: dict[str, Any] = {
    "office": "EUIPO",
    "number": "018123456",
    "nice_classes": [14],
    "vienna_classes": ["17.2.1"],
    "expires_on": "2030-09-17",
}
MOTIF_EXAMPLE: dict[str, Any] = {
    "id": "mot_12",
    "brand_id": "brd_3",
    "brand": "Cartier",
    "name": "LOVE screw",
    "kind": "pattern",
    "words": ["screw love"],
    "registrations": [REGISTRATION_EXAMPLE],
    "enabled": True,
    "disabled_until": None,
}


def _ahead(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise ValueError("the end of a pause lies in the future")
    return moment


class RegistrationCreate(Input):
    """A trade mark as an office registered it."""

    model_config = ConfigDict(json_schema_extra={"examples": [REGISTRATION_EXAMPLE]})

    office: Name = Field(description="The office, such as `EUIPO`.")
    number: Name = Field(description="The registration number.")
    nice_classes: tuple[int, ...] = Field(
        (), max_length=45, description="Classes of goods and services, 1 to 45."
    )
    vienna_classes: tuple[str, ...] = Field(
        (), max_length=100, description="Classes of figurative elements, such as `17.2.1`."
    )
    expires_on: date | None = Field(None, description="The day it lapses unless renewed.")

    def to_registration(self) -> Registration:
        """Return the domain's value."""
        return Registration(**self.model_dump())


class RegistrationPublic(Output):
    """A trade mark as an office registered it."""

    office: str = Field(description="The office.")
    number: str = Field(description="The registration number.")
    nice_classes: tuple[int, ...] = Field(description="Classes of goods and services.")
    vienna_classes: tuple[str, ...] = Field(description="Classes of figurative elements.")
    expires_on: date | None = Field(description="The day it lapses, null where unknown.")


Registrations = Annotated[tuple[RegistrationCreate, ...], Field(max_length=200)]


class MotifCreate(Input):
    """A motif to register, under a brand named by its id or by its name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "brand": "Cartier",
                    "name": "LOVE screw",
                    "kind": "pattern",
                    "words": ["screw love"],
                    "registrations": [REGISTRATION_EXAMPLE],
                }
            ]
        }
    )

    brand_id: str | None = Field(None, description="The id of an existing brand.")
    brand: Name | None = Field(None, description="A brand's name; it is created where missing.")
    name: Name = Field(description="The motif's name, unique within its brand.")
    kind: MotifKind = Field(description="What sort of sign it is.")
    words: Names = Field((), description="Wordings tied to it, such as `screw love`.")
    registrations: Registrations = Field((), description="Where it is registered.")

    @model_validator(mode="after")
    def _one_brand(self) -> Self:
        if (self.brand_id is None) == (self.brand is None):
            raise ValueError("give either brand_id or brand")
        return self


class MotifUpdate(Input):
    """New values for a motif; a field that is absent or null stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"words": ["screw love"]}]})

    name: Name | None = Field(None, description="A new name.")
    words: Names | None = Field(None, description="All of its wordings, replacing the old.")
    registrations: Registrations | None = Field(
        None, description="All of its registrations, replacing the old."
    )

    def to_change(self) -> MotifChange:
        """Return the domain's value."""
        kept = self.registrations
        registrations = None if kept is None else tuple(each.to_registration() for each in kept)
        return MotifChange(name=self.name, words=self.words, registrations=registrations)


class MotifDisable(Input):
    """How long a motif is switched off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2030-01-31T18:00:00Z"}]})

    until: Annotated[AwareDatetime, AfterValidator(_ahead)] | None = Field(
        None, description="When it comes back by itself, with a time zone; null for never."
    )


class MotifPublic(Output):
    """A registered motif."""

    model_config = ConfigDict(json_schema_extra={"examples": [MOTIF_EXAMPLE]})

    id: str = Field(description="The motif's id.")
    brand_id: str = Field(description="The id of its brand.")
    brand: str = Field(description="The name of its brand.")
    name: str = Field(description="Its name.")
    kind: MotifKind = Field(description="What sort of sign it is.")
    words: tuple[str, ...] = Field(description="Wordings tied to it.")
    registrations: tuple[RegistrationPublic, ...] = Field(description="Where it is registered.")
    enabled: bool = Field(description="Whether it takes part in matching right now.")
    disabled_until: datetime | None = Field(
        description="When it comes back by itself; null when it is on, or off for good."
    )

    @classmethod
    def of(cls, motif: Motif) -> Self:
        """Shape a motif as it stands at this moment."""
        enabled = motif.enabled_at(datetime.now(UTC))
        return cls(
            id=public_id(IdPrefix.MOTIF, motif.id),
            brand_id=public_id(IdPrefix.BRAND, motif.brand.id),
            brand=motif.brand.name,
            name=motif.name,
            kind=motif.kind,
            words=motif.words,
            registrations=tuple(_shaped(each) for each in motif.registrations),
            enabled=enabled,
            disabled_until=None if enabled else motif.disabled_until,
        )


class MotifPage(Page[MotifPublic]):
    """Motifs, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [MOTIF_EXAMPLE], "next_cursor": None}]}
    )


def _shaped(registration: Registration) -> RegistrationPublic:
    return RegistrationPublic.model_validate(registration, from_attributes=True)

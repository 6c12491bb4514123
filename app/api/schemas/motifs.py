"""Motifs in and out, with their registrations."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.api.schemas.base import Input, Moment, Output, Page
from app.api.schemas.brands import Name, Names
from app.api.schemas.quarantine import QuarantinePublic
from app.domain.expected_place import ExpectedPlace
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
    "expected_place": {
        "box": [0.1, 0.3, 0.9, 0.7],
        "goods": ["bracelet", "bangle"],
    },
    "enabled": True,
    "disabled_until": None,
    "quarantine": None,
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


class PlaceCreate(Input):
    """Where a motif sits on its product."""

    model_config = ConfigDict(json_schema_extra={"examples": [MOTIF_EXAMPLE["expected_place"]]})

    box: tuple[float, float, float, float] = Field(
        description="`[x_min, y_min, x_max, y_max]` in shares of the photo, 0 to 1."
    )
    goods: Names = Field(
        (), description="Words of the goods it holds for, such as `bangle`; none for all goods."
    )

    def to_place(self) -> ExpectedPlace:
        """Return the domain's value."""
        return ExpectedPlace(*self.box, goods=self.goods)


class PlacePublic(Output):
    """Where a motif sits on its product."""

    box: tuple[float, float, float, float] = Field(description="In shares of the photo.")
    goods: tuple[str, ...] = Field(description="Words of the goods it holds for.")

    @classmethod
    def of(cls, place: ExpectedPlace) -> Self:
        """Shape a place."""
        edges = (place.x_min, place.y_min, place.x_max, place.y_max)
        return cls(box=edges, goods=place.goods)


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
    expected_place: PlaceCreate | None = Field(
        None, description="Where it sits on its product; null where it may sit anywhere."
    )

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
    expected_place: PlaceCreate | None = Field(
        None, description="Where it sits on its product, replacing the old."
    )
    forget_expected_place: bool = Field(
        False, description="Take the expected place away: it may sit anywhere again."
    )

    def to_change(self) -> MotifChange:
        """Return the domain's value."""
        kept = self.registrations
        registrations = None if kept is None else tuple(each.to_registration() for each in kept)
        place = self.expected_place
        return MotifChange(
            name=self.name,
            words=self.words,
            registrations=registrations,
            expected_place=None if place is None else place.to_place(),
            forget_place=self.forget_expected_place,
        )


class MotifDisable(Input):
    """How long a motif is switched off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2030-01-31T18:00:00Z"}]})

    until: Annotated[Moment, AfterValidator(_ahead)] | None = Field(
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
    expected_place: PlacePublic | None = Field(
        description="Where it sits on its product; null where it may sit anywhere."
    )
    enabled: bool = Field(description="Whether it takes part in matching right now.")
    disabled_until: datetime | None = Field(
        description="When it comes back by itself; null when it is on, or off for good."
    )
    quarantine: QuarantinePublic | None = Field(
        description="Since when its matches count in no verdict, and why; null when they count."
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
            expected_place=_placed(motif.expected_place),
            enabled=enabled,
            disabled_until=None if enabled else motif.disabled_until,
            quarantine=None if motif.quarantine is None else QuarantinePublic.of(motif.quarantine),
        )


class MotifPage(Page[MotifPublic]):
    """Motifs, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [MOTIF_EXAMPLE], "next_cursor": None}]}
    )


def _shaped(registration: Registration) -> RegistrationPublic:
    return RegistrationPublic.model_validate(registration, from_attributes=True)


def _placed(place: ExpectedPlace | None) -> PlacePublic | None:
    return None if place is None else PlacePublic.of(place)

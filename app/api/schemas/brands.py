"""Brands in and out."""

from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.domain.prices import PriceRange
from app.domain.registry import Brand, IdPrefix, public_id

PRICE_EXAMPLE: dict[str, Any] = {
    "currency": "EUR",
    "lowest": 1500.0,
    "typical": 4200.0,
    "category": "Bracelets",
}
BRAND_EXAMPLE: dict[str, Any] = {
    "id": "brd_3",
    "name": "Cartier",
    "aliases": ["Cartier SA", "卡地亚"],
    "prices": [PRICE_EXAMPLE],
}

Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[tuple[Name, ...], Field(max_length=200)]


class PriceCreate(Input):
    """What genuine goods of a brand cost in one currency."""

    model_config = ConfigDict(json_schema_extra={"examples": [PRICE_EXAMPLE]})

    currency: str = Field(min_length=3, max_length=3, description="A code of three letters.")
    lowest: float = Field(gt=0, allow_inf_nan=False, description="The lowest known price.")
    typical: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="The typical one, for people to read."
    )
    category: str = Field(
        "", max_length=1_000, description="Only in this category; empty for all others."
    )

    def to_range(self) -> PriceRange:
        """Return the domain's value; `InvalidInputError` when it makes no sense."""
        return PriceRange(self.currency, self.lowest, self.typical, self.category)


Prices = Annotated[tuple[PriceCreate, ...], Field(max_length=200)]


class PricePublic(Output):
    """What genuine goods of a brand are known to cost."""

    model_config = ConfigDict(json_schema_extra={"examples": [PRICE_EXAMPLE]})

    currency: str = Field(description="A code of three letters.")
    lowest: float = Field(description="The lowest known price.")
    typical: float | None = Field(description="The typical one.")
    category: str = Field(description="Only in this category; empty for all others.")


class BrandCreate(Input):
    """A brand to register."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Cartier", "aliases": ["Cartier SA", "卡地亚"]}]}
    )

    name: Name = Field(description="Its name, unique without regard to case.")
    aliases: Names = Field((), description="Other names it goes by.")
    prices: Prices = Field((), description="What its goods are known to cost.")


class BrandUpdate(Input):
    """New values for a brand; a field that is absent or null stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"aliases": ["Cartier SA"]}]})

    name: Name | None = Field(None, description="A new name.")
    aliases: Names | None = Field(None, description="All of its other names, replacing the old.")
    prices: Prices | None = Field(None, description="All known prices, replacing the old.")


class BrandPublic(Output):
    """A registered brand."""

    model_config = ConfigDict(json_schema_extra={"examples": [BRAND_EXAMPLE]})

    id: str = Field(description="The brand's id.")
    name: str = Field(description="Its name.")
    aliases: tuple[str, ...] = Field(description="Other names it goes by.")
    prices: tuple[PricePublic, ...] = Field(description="What its goods are known to cost.")

    @classmethod
    def of(cls, brand: Brand) -> Self:
        """Shape a brand."""
        return cls(
            id=public_id(IdPrefix.BRAND, brand.id),
            name=brand.name,
            aliases=brand.aliases,
            prices=tuple(PricePublic(**asdict(each)) for each in brand.prices),
        )


class BrandPage(Page[BrandPublic]):
    """Brands, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [BRAND_EXAMPLE], "next_cursor": None}]}
    )

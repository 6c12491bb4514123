"""Brands in and out."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.domain.registry import Brand, IdPrefix, public_id

BRAND_EXAMPLE: dict[str, Any] = {
    "id": "brd_3",
    "name": "Cartier",
    "aliases": ["Cartier SA", "卡地亚"],
}

Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[tuple[Name, ...], Field(max_length=200)]


class BrandCreate(Input):
    """A brand to register."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Cartier", "aliases": ["Cartier SA", "卡地亚"]}]}
    )

    name: Name = Field(description="Its name, unique without regard to case.")
    aliases: Names = Field((), description="Other names it goes by.")


class BrandUpdate(Input):
    """New values for a brand; a field that is absent or null stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"aliases": ["Cartier SA"]}]})

    name: Name | None = Field(None, description="A new name.")
    aliases: Names | None = Field(None, description="All of its other names, replacing the old.")


class BrandPublic(Output):
    """A registered brand."""

    model_config = ConfigDict(json_schema_extra={"examples": [BRAND_EXAMPLE]})

    id: str = Field(description="The brand's id.")
    name: str = Field(description="Its name.")
    aliases: tuple[str, ...] = Field(description="Other names it goes by.")

    @classmethod
    def of(cls, brand: Brand) -> Self:
        """Shape a brand."""
        return cls(id=public_id(IdPrefix.BRAND, brand.id), name=brand.name, aliases=brand.aliases)


class BrandPage(Page[BrandPublic]):
    """Brands, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [BRAND_EXAMPLE], "next_cursor": None}]}
    )

"""A listing as a caller sends it: the fields of a catalogue row."""

from typing import Any

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output
from app.api.schemas.images import SAMPLE_BASE64, ImageCreate
from app.domain.listing import Listing

LISTING_EXAMPLE: dict[str, Any] = {
    "listing_id": "B09X",
    "seller_id": "A1B2C3",
    "title": "Women's Fashion Classic Screw Love Titanium Steel Bracelet",
    "brand_field": "Unbranded",
    "category": "Jewellery",
    "price": 12.9,
    "currency": "USD",
    "territory": "US",
}


class ListingCreate(Input):
    """What a seller published; only `listing_id` is required."""

    model_config = ConfigDict(json_schema_extra={"examples": [LISTING_EXAMPLE]})

    listing_id: str = Field(min_length=1, max_length=500, description="The marketplace's own id.")
    seller_id: str = Field("", max_length=500, description="The seller's id.")
    title: str = Field("", max_length=10_000, description="The title as published.")
    description: str = Field("", max_length=200_000, description="The description, as text.")
    brand_field: str = Field("", max_length=1_000, description="The structured brand field.")
    category: str = Field("", max_length=1_000, description="The category, in any wording.")
    price: float | None = Field(None, allow_inf_nan=False, description="The price.")
    currency: str = Field("", max_length=50, description="The price's currency.")
    territory: str = Field(
        "",
        max_length=50,
        description="The marketplace's country by its code, where a seller has to be authorised.",
    )
    images: tuple[str, ...] = Field(
        (),
        description="Names of the photos, if the row has them. The photos themselves must be sent "
        "along, and a name without its photo is refused; a URL whose photo was not sent is fetched "
        "where the service may do that.",
    )

    def to_listing(self, images: tuple[str, ...]) -> Listing:
        """Return the listing with the names of the images that were sent."""
        return Listing(**{**self.model_dump(), "images": images})


class AssessmentCreate(Input):
    """A listing with its photos inside JSON."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "listing": LISTING_EXAMPLE,
                    "images": [
                        {"name": "1.jpg", "base64": SAMPLE_BASE64},
                        {"url": "https://img.example.com/2.jpg"},
                    ],
                }
            ]
        }
    )

    listing: ListingCreate = Field(description="What the seller says.")
    images: tuple[ImageCreate, ...] = Field(
        (), description="The photos in the listing's order. None at all is allowed."
    )


class ListingPublic(Output):
    """A listing as it was judged."""

    listing_id: str = Field(description="The marketplace's own id.")
    seller_id: str = Field(description="The seller's id.")
    title: str = Field(description="The title.")
    description: str = Field(description="The description.")
    brand_field: str = Field(description="The structured brand field.")
    category: str = Field(description="The category.")
    price: float | None = Field(description="The price, null where none was given.")
    currency: str = Field(description="The price's currency.")
    territory: str = Field(description="The marketplace's country, empty where none was given.")
    images: tuple[str, ...] = Field(description="Names of the photos, in order.")

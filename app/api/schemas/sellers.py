"""Authorised sellers in and out."""

from datetime import date
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.domain.registry import IdPrefix, public_id
from app.domain.sellers import NewSeller, Seller, SellerKind

SELLER_EXAMPLE: dict[str, Any] = {
    "id": "slr_5",
    "brand_id": "brd_3",
    "seller_id": "A1B2C3",
    "kind": "licensed",
    "territory": "EEA",
    "valid_from": "2026-01-01",
    "valid_until": "2027-12-31",
    "note": "contract 2026/114",
}
_GIVEN = {key: SELLER_EXAMPLE[key] for key in [*SELLER_EXAMPLE][2:]}


class SellerCreate(Input):
    """Somebody who may sell a brand's goods."""

    model_config = ConfigDict(json_schema_extra={"examples": [_GIVEN]})

    seller_id: str = Field(
        min_length=1,
        max_length=500,
        description="The marketplace's id of the seller; white space and case do not matter.",
    )
    kind: SellerKind = Field(SellerKind.AUTHORISED, description="What the seller is to the brand.")
    territory: str = Field(
        "",
        max_length=3,
        description="A country by its code of two letters, `EU` or `EEA`; empty for everywhere.",
    )
    valid_from: date | None = Field(None, description="The first day, in UTC; null for always.")
    valid_until: date | None = Field(None, description="The last day, in UTC; null for no end.")
    note: str = Field("", max_length=5_000, description="For people.")

    def to_seller(self) -> NewSeller:
        """Return the domain's value; `InvalidInputError` when it makes no sense."""
        return NewSeller(**self.model_dump())


class SellerPublic(Output):
    """An authorisation to sell a brand's goods."""

    model_config = ConfigDict(json_schema_extra={"examples": [SELLER_EXAMPLE]})

    id: str = Field(description="The authorisation's id.")
    brand_id: str = Field(description="The brand.")
    seller_id: str = Field(description="The marketplace's id of the seller.")
    kind: SellerKind = Field(description="What the seller is to the brand.")
    territory: str = Field(description="Where; empty for everywhere.")
    valid_from: date | None = Field(description="The first day, in UTC.")
    valid_until: date | None = Field(description="The last day, in UTC.")
    note: str = Field(description="For people.")

    @classmethod
    def of(cls, seller: Seller) -> Self:
        """Shape an authorisation."""
        return cls(
            id=public_id(IdPrefix.SELLER, seller.id),
            brand_id=public_id(IdPrefix.BRAND, seller.brand_id),
            seller_id=seller.seller_id,
            kind=seller.kind,
            territory=seller.territory,
            valid_from=seller.valid_from,
            valid_until=seller.valid_until,
            note=seller.note,
        )


class SellerPage(Page[SellerPublic]):
    """Authorisations, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [SELLER_EXAMPLE], "next_cursor": None}]}
    )

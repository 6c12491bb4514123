"""What the API is sent and answers with: brands.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class PriceCreate(Sent):
    """What genuine goods of a brand cost in one currency."""

    currency: str
    """A code of three letters."""
    lowest: float
    """The lowest known price."""
    typical: float | None = None
    """The typical one, for people to read."""
    category: str = ""
    """Only in this category; empty for all others."""


class BrandCreate(Sent):
    """A brand to register."""

    name: str
    """Its name, unique without regard to case."""
    aliases: tuple[str, ...] = ()
    """Other names it goes by."""
    prices: tuple[PriceCreate, ...] = ()
    """What its goods are known to cost."""


class PricePublic(Received):
    """What genuine goods of a brand are known to cost."""

    currency: str
    """A code of three letters."""
    lowest: float
    """The lowest known price."""
    typical: float | None
    """The typical one."""
    category: str
    """Only in this category; empty for all others."""


class BrandPublic(Received):
    """A registered brand."""

    id: str
    """The brand's id."""
    name: str
    """Its name."""
    aliases: tuple[str, ...]
    """Other names it goes by."""
    prices: tuple[PricePublic, ...]
    """What its goods are known to cost."""


class BrandPage(Received):
    """Brands, oldest first."""

    items: tuple[BrandPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class BrandUpdate(Sent):
    """New values for a brand; a field that is absent or null stays as it is."""

    name: str | None = None
    """A new name."""
    aliases: tuple[str, ...] | None = None
    """All of its other names, replacing the old."""
    prices: tuple[PriceCreate, ...] | None = None
    """All known prices, replacing the old."""


class SellerKind(StrEnum):
    """What a seller is to a brand."""

    AUTHORISED = "authorised"
    LICENSED = "licensed"


OpenSellerKind: TypeAlias = Annotated[SellerKind | str, Field(union_mode="left_to_right")]


class SellerCreate(Sent):
    """Somebody who may sell a brand's goods."""

    seller_id: str
    """The marketplace's id of the seller; white space and case do not matter."""
    kind: SellerKind = SellerKind.AUTHORISED
    """What the seller is to the brand."""
    territory: str = ""
    """A country by its code of two letters, `EU` or `EEA`; empty for everywhere."""
    valid_from: date | None = None
    """The first day, in UTC; null for always."""
    valid_until: date | None = None
    """The last day, in UTC; null for no end."""
    note: str = ""
    """For people."""


class SellerPublic(Received):
    """An authorisation to sell a brand's goods."""

    id: str
    """The authorisation's id."""
    brand_id: str
    """The brand."""
    seller_id: str
    """The marketplace's id of the seller."""
    kind: OpenSellerKind
    """What the seller is to the brand."""
    territory: str
    """Where; empty for everywhere."""
    valid_from: date | None
    """The first day, in UTC."""
    valid_until: date | None
    """The last day, in UTC."""
    note: str
    """For people."""


class SellerPage(Received):
    """Authorisations, oldest first."""

    items: tuple[SellerPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""

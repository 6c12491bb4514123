"""Who may sell a brand's goods: its authorised sellers and licensed resellers.

    what the registry knows  +  a listing's seller and territory  +  a day  ─▶  standing

An authorisation is for one brand and one seller, in one territory or everywhere, from a day and
until one, both included, in UTC. Whether it covers a listing is a yes or a no: a seller who is
authorised elsewhere, or was once, is nobody's authorised seller here and now, and is told apart
from a stranger in the reasons alone.

Sellers are known by the marketplace's own ids, which are compared as they are but for white space
and case. Nothing is guessed from names that resemble each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.domain.territory import covers, territory_code


class SellerKind(StrEnum):
    """What a seller is to a brand."""

    AUTHORISED = "authorised"
    LICENSED = "licensed"


_SPOKEN = {
    SellerKind.AUTHORISED: "an authorised seller",
    SellerKind.LICENSED: "a licensed reseller",
}


def seller_key(seller_id: str) -> str:
    """Return what two ids of one seller share.

    >>> seller_key("  Gold  Shop 7 ") == seller_key("GOLD SHOP 7")
    True
    """
    return " ".join(seller_id.split()).casefold()


@dataclass(frozen=True, slots=True)
class NewSeller:
    """An authorisation on its way into the registry; an empty territory is everywhere."""

    seller_id: str
    kind: SellerKind = SellerKind.AUTHORISED
    territory: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not seller_key(self.seller_id):
            raise InvalidInputError("a seller needs an id")
        object.__setattr__(self, "territory", territory_code(self.territory))
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise InvalidInputError("an authorisation ends before it begins")


@dataclass(frozen=True, slots=True)
class Seller:
    """Somebody who may sell a brand's goods, as the registry has it."""

    id: int
    brand_id: int
    seller_id: str
    kind: SellerKind
    territory: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    note: str = ""

    def on(self, day: date) -> bool:
        """Tell whether it holds on a day.

        >>> half = Seller(1, 1, "s", SellerKind.LICENSED, valid_until=date(2026, 6, 30))
        >>> half.on(date(2026, 6, 30)), half.on(date(2026, 7, 1))
        (True, False)
        """
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Grant:
    """An authorisation of a listing's seller, told by the brand's name.

    `lacking` says why it does not cover the listing, and is empty where it does.
    """

    brand: str
    seller: Seller
    lacking: str = ""

    @property
    def spoken(self) -> str:
        """The grant as a sentence without its end.

        >>> seller = Seller(1, 1, "S1", SellerKind.LICENSED, "DE", None, date(2027, 1, 31))
        >>> Grant("Cartier", seller).spoken
        "'S1' is a licensed reseller of Cartier in DE until 2027-01-31"
        """
        seller = self.seller
        where = f" in {seller.territory}" if seller.territory else ""
        since = f" from {seller.valid_from}" if seller.valid_from else ""
        until = f" until {seller.valid_until}" if seller.valid_until else ""
        name = f"{seller.seller_id!r} is {_SPOKEN[seller.kind]} of {self.brand}"
        return f"{name}{where}{since}{until}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the registry says of a listing's seller."""

    grants: tuple[Grant, ...] = ()

    def authorised(self, brand: str) -> Grant | None:
        """Return the grant by which the seller may sell a brand here and now, if there is one."""
        return next((each for each in self._of(brand) if not each.lacking), None)

    def elsewhere(self, brand: str) -> Grant | None:
        """Return a grant that does not cover the listing, where none does."""
        return None if self.authorised(brand) else next(iter(self._of(brand)), None)

    def _of(self, brand: str) -> list[Grant]:
        return [each for each in self.grants if each.brand.casefold() == brand.casefold()]


STRANGER = Standing()


class SellerBook:
    """A registry's authorisations, found by the seller's id; never changes."""

    __slots__ = ("_grants",)

    def __init__(self, named: Iterable[tuple[str, Seller]] = ()) -> None:
        self._grants: dict[str, list[tuple[str, Seller]]] = {}
        for brand, seller in named:
            self._grants.setdefault(seller_key(seller.seller_id), []).append((brand, seller))

    def standing(self, listing: Listing, day: date) -> Standing:
        """Return how a listing's seller stands on a day; `STRANGER` for one that is not known."""
        known = self._grants.get(seller_key(listing.seller_id), ())
        if not known:
            return STRANGER
        return Standing(
            tuple(Grant(brand, seller, _lacking(seller, listing, day)) for brand, seller in known)
        )


def _lacking(seller: Seller, listing: Listing, day: date) -> str:
    if not seller.on(day):
        return f"the listing was assessed on {day}"
    if covers(seller.territory, listing.territory):
        return ""
    where = listing.territory.strip()
    return f"the listing is in {where!r}" if where else "the listing does not say where it is"

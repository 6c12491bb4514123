"""What a brand's goods are known to cost, and whether a listing asks far less.

A price far below what the goods cost says that they are hardly the brand's own, and nothing of
whether a motif is there: most ordinary goods are cheap. So it supports what a photo showed, as a
reason for people to read, and never changes a score. Prices are compared in one currency alone;
nothing is converted and nothing guessed.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.domain.errors import InvalidInputError
from app.domain.listing import Listing

_CURRENCY = re.compile(r"[A-Z]{3}")
_STEP = re.compile(r"[>/|\u203a\u00bb]")  # between the steps of a category's path


@dataclass(frozen=True, slots=True)
class PriceRange:
    """What genuine goods of a brand cost, in one currency and one category or all of them."""

    currency: str
    lowest: float
    typical: float | None = None
    category: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "currency", self.currency.strip().upper())
        object.__setattr__(self, "category", " ".join(self.category.split()))
        if not _CURRENCY.fullmatch(self.currency):
            raise InvalidInputError("a currency is a code of three letters, such as EUR")
        known = [self.lowest, *([] if self.typical is None else [self.typical])]
        if not all(math.isfinite(price) and price > 0 for price in known):
            raise InvalidInputError("a known price is above zero")
        if self.typical is not None and self.typical < self.lowest:
            raise InvalidInputError("the typical price is not below the lowest")

    @property
    def key(self) -> tuple[str, str]:
        """What a brand has one range of: a currency, and a category in any case."""
        return self.currency, self.category.casefold()

    @property
    def spoken(self) -> str:
        """The range in words.

        >>> PriceRange("eur", 1500, 4200, "Bracelets").spoken
        'from 1,500 EUR, typically 4,200 EUR (Bracelets)'
        """
        typical = f", typically {self.typical:,g} {self.currency}" if self.typical else ""
        category = f" ({self.category})" if self.category else ""
        return f"from {self.lowest:,g} {self.currency}{typical}{category}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a listing asks, beside what is known of the prices of the registry's brands."""

    price: float | None = None
    currency: str = ""
    category: str = ""
    known: Mapping[str, tuple[PriceRange, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def far_below(self, brand: str, share: float) -> PriceRange | None:
        """Return the range whose lowest price, times the share, the offer stays below.

        A range of the listing's own category goes before one of all categories.

        >>> known = {"Cartier": (PriceRange("EUR", 1500),)}
        >>> Offer(12.9, "eur", known=known).far_below("Cartier", 0.5) is None
        False
        >>> Offer(12.9, "USD", known=known).far_below("Cartier", 0.5) is None
        True
        """
        found = self._range(brand)
        if self.price is None or found is None or not 0 < self.price < share * found.lowest:
            return None
        return found

    def _range(self, brand: str) -> PriceRange | None:
        currency = self.currency.strip().upper()
        steps = {" ".join(step.split()).casefold() for step in _STEP.split(self.category)}
        steps.add(" ".join(self.category.split()).casefold())
        ranges = [each for each in self.known.get(brand, ()) if each.currency == currency]
        own = [each for each in ranges if each.category and each.key[1] in steps]
        return next(iter([*own, *(each for each in ranges if not each.category)]), None)


class PriceBook:
    """What is known of the prices of a registry's brands; never changes."""

    __slots__ = ("_known",)

    def __init__(self, priced: Iterable[tuple[str, tuple[PriceRange, ...]]] = ()) -> None:
        self._known = MappingProxyType({brand: ranges for brand, ranges in priced if ranges})

    def offer(self, listing: Listing) -> Offer:
        """Return what a listing asks."""
        price = listing.price
        finite = price if price is not None and math.isfinite(price) else None
        return Offer(finite, listing.currency, listing.category, self._known)


def unique_ranges(ranges: Iterable[PriceRange]) -> tuple[PriceRange, ...]:
    """Return ranges as given.

    Raises:
        InvalidInputError: when two are of one currency and one category.
    """
    given = tuple(ranges)
    if len({each.key for each in given}) < len(given):
        raise InvalidInputError("a brand has one price range for each currency and category")
    return given

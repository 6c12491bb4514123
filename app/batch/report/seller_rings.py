"""Rings of sellers: those who, directly or through others, show the same pictures.

Two sellers are in a ring when a picture is shared between them; a third joins by sharing another
one with either. It is a reason to look, no proof: sellers also take the maker's own photos.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.batch.report.sharing import Leaders, SharedPicture


@dataclass(frozen=True, slots=True)
class SellerRing:
    """Sellers, and the pictures that tie them together."""

    sellers: tuple[str, ...]
    pictures: tuple[SharedPicture, ...]

    @property
    def listings(self) -> int:
        """How many listings show one of the pictures."""
        return len({listing for picture in self.pictures for listing in picture.listings})


def seller_rings(pictures: Sequence[SharedPicture]) -> list[SellerRing]:
    """Return the rings, those of most sellers first; pictures of one seller are in none."""
    between = [picture for picture in pictures if len(picture.sellers) > 1]
    places = {
        seller: place
        for place, seller in enumerate(sorted({s for p in between for s in p.sellers}))
    }
    leaders = Leaders(len(places))
    for picture in between:
        first, *others = picture.sellers
        for other in others:
            leaders.join(places[first], places[other])
    names = list(places)
    rings = [_ring([names[place] for place in group], between) for group in leaders.groups()]
    return sorted(rings, key=lambda ring: (-len(ring.sellers), -ring.listings, ring.sellers))


def _ring(sellers: list[str], pictures: Sequence[SharedPicture]) -> SellerRing:
    members = set(sellers)
    theirs = tuple(picture for picture in pictures if picture.sellers[0] in members)
    return SellerRing(tuple(sellers), theirs)

"""A marketplace listing as it comes in: an id, what the seller says, and the names of its photos.

Only `listing_id` and at least the list of `images` are required; an empty list is allowed, because
a listing without a photo must still get an answer (never `clear`).
"""

from dataclasses import dataclass

from app.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Listing:
    """What a seller published. `images` are names; their bytes travel as `ImageSource`s.

    `territory` is the country of the marketplace, by its code of two letters where it has one.
    """

    listing_id: str
    images: tuple[str, ...] = ()
    seller_id: str = ""
    title: str = ""
    description: str = ""
    brand_field: str = ""
    category: str = ""
    price: float | None = None
    currency: str = ""
    territory: str = ""

    def __post_init__(self) -> None:
        if not self.listing_id.strip():
            raise InvalidInputError("a listing needs a listing_id")

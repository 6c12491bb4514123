"""A catalogue row, checked: named values from any file format become a listing and its photos.

Only `listing_id` and `images` are required; names that mean nothing here are ignored. Types are
taken at their word: a number where text belongs refuses the row rather than being guessed at. A
refused row is a `BadRow` and never an exception of the file. An image named by a URL is an error of
that image, because scoring a catalogue fetches nothing from the network.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from app.domain.errors import InvalidInputError, MissingImageError
from app.domain.listing import Listing
from app.services.sources import FileSource, ImageSource

REQUIRED = ("listing_id", "images")
TEXTS = ("seller_id", "title", "description", "brand_field", "category", "currency")
COLUMNS = (*REQUIRED, *TEXTS, "price")
EXCERPT_CHARS = 200
_URLS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """A listing to assess. `number` counts data rows from 1; `digest` tells rows apart."""

    number: int
    digest: str
    text: str
    listing: Listing
    sources: tuple[ImageSource, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row without an assessment: what it looked like and why.

    `failure` is set where the row was fine and assessing it failed unexpectedly: the id under which
    the log tells more.
    """

    number: int
    digest: str
    text: str
    reason: str
    failure: str | None = None


Row = CatalogRow | BadRow


@dataclass(frozen=True, slots=True)
class UrlSource:
    """An image that the listing names by its address."""

    name: str

    def read(self, limits: object) -> bytes:  # noqa: ARG002  the role's signature
        """Refuse."""
        raise MissingImageError("The image is a URL, and fetching URLs is off for catalogues.")


def excerpt(data: bytes) -> str:
    """Return the start of a row for people to recognise it by."""
    return data[: 4 * EXCERPT_CHARS].decode(errors="replace")[:EXCERPT_CHARS].rstrip("\r\n")


def bad_row(number: int, data: bytes, reason: str) -> BadRow:
    """Return the row that `data` would have been."""
    return BadRow(number, hashlib.sha256(data).hexdigest(), excerpt(data), reason)


def catalog_row(
    number: int, values: Mapping[str, object], *, folder: Path, text: str
) -> CatalogRow:
    """Return the row that these values make; relative image paths start at `folder`.

    Raises:
        InvalidInputError: when a required value is missing or one has the wrong type.
    """
    listing = Listing(
        listing_id=_id(values.get("listing_id")),
        images=_images(values),
        price=_price(values.get("price")),
        **{name: _text(values, name) for name in TEXTS},
    )
    # The digest is of the values, not of the line: reordered columns make another line alone.
    digest = hashlib.sha256(json.dumps(astuple(listing)).encode()).hexdigest()
    sources = tuple(_source(name, folder) for name in listing.images)
    return CatalogRow(number, digest, text, listing, sources)


def _source(name: str, folder: Path) -> ImageSource:
    if name.lower().startswith(_URLS):
        return UrlSource(name)
    return FileSource(name, folder / name)


def _id(value: object) -> str:
    """Return an id as text; whole numbers are what many databases export ids as."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else _checked(value, "listing_id")


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return "" if value is None else _checked(value, name)


def _checked(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidInputError(f"{name} must be text, not {_kind(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInputError(f"{name} is not valid Unicode") from None
    return value


def _images(values: Mapping[str, object]) -> tuple[str, ...]:
    if "images" not in values:
        raise InvalidInputError("images is missing")
    images = values["images"]
    if not isinstance(images, list):
        raise InvalidInputError(f"images must be a list, not {_kind(images)}")
    names = tuple(_checked(image, f"image {place}") for place, image in enumerate(images, start=1))
    if not all(name.strip() for name in names):
        raise InvalidInputError("an image has an empty path")
    return names


def _price(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInputError(f"price must be a number, not {_kind(value)}")
    try:
        price = float(value)
    except OverflowError:
        price = math.inf
    if not math.isfinite(price):
        raise InvalidInputError("price must be a finite number")
    return price


def _kind(value: object) -> str:
    """Name a JSON value's type as people do."""
    names: dict[type, str] = {
        type(None): "null",
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
    }
    return names.get(type(value), "an object")

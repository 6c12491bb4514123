"""A catalogue row, checked: named values from any file format become a listing and its photos.

Only `listing_id` and `images` are required; names that mean nothing here are ignored. Types are
taken at their word: a number where text belongs refuses the row rather than being guessed at. A
refused row is a `BadRow` and never an exception of the file. An image is a path, an address, or
bytes that the row carries, in base64 where the format is text: `{"name": …, "base64": …}`. Bytes
are part of what makes two rows the same.
"""

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass

from app.batch.image_folders import ImageFolder
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.services.sources import BytesSource, ImageSource

REQUIRED = ("listing_id", "images")
TEXTS = (
    "seller_id", "title", "description", "brand_field", "category", "currency", "territory",
)  # fmt: skip
COLUMNS = (*REQUIRED, *TEXTS, "price")
EXCERPT_CHARS = 200
_PLACES = ("bytes", "base64", "url", "path")  # where an image is, the surest first
_NAMES = ("name", "path")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: counted from 1 over the whole catalogue, and in its file by line.

    `line` is that of the file as an editor counts, header and blank lines included; `None` in a
    format that has no lines.
    """

    number: int
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """A listing to assess; `digest` tells rows apart."""

    place: Place
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

    place: Place
    digest: str
    text: str
    reason: str
    failure: str | None = None


Row = CatalogRow | BadRow


def excerpt(data: bytes) -> str:
    """Return the start of a row for people to recognise it by."""
    return data[: 4 * EXCERPT_CHARS].decode(errors="replace")[:EXCERPT_CHARS].rstrip("\r\n")


def bad_row(place: Place, data: bytes, reason: str, text: str | None = None) -> BadRow:
    """Return the row that `data` would have been; `text` where its start is not for people."""
    shown = excerpt(data) if text is None else text
    return BadRow(place, hashlib.sha256(data).hexdigest(), shown, reason)


def catalog_row(
    place: Place, values: Mapping[str, object], *, folder: ImageFolder, text: str
) -> CatalogRow:
    """Return the row that these values make; relative image paths start at `folder`.

    Raises:
        InvalidInputError: when a required value is missing or one has the wrong type.
    """
    sources = _images(values, folder)
    listing = Listing(
        listing_id=_id(values.get("listing_id")),
        images=tuple(source.name for source in sources),
        price=_price(values.get("price")),
        **{name: _text(values, name) for name in TEXTS},
    )
    # The digest is of the values, not of the line: reordered columns make another line alone.
    values_told = astuple(listing)
    if not listing.territory:  # rows without one keep the digest that earlier runs know them by
        values_told = values_told[:-1]
    digest = hashlib.sha256(json.dumps(values_told).encode())
    for source in sources:
        if isinstance(source, BytesSource):
            digest.update(hashlib.sha256(source.data).digest())
    return CatalogRow(place, digest.hexdigest(), text, listing, sources)


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


def _images(values: Mapping[str, object], folder: ImageFolder) -> tuple[ImageSource, ...]:
    if "images" not in values:
        raise InvalidInputError("images is missing")
    images = values["images"]
    if not isinstance(images, list):
        raise InvalidInputError(f"images must be a list, not {_kind(images)}")
    return tuple(_image(image, place, folder) for place, image in enumerate(images, start=1))


def _image(image: object, place: int, folder: ImageFolder) -> ImageSource:
    """Return the source of a path, of an address, or of bytes beside the name they go by."""
    name = f"image {place}"
    if isinstance(image, Mapping):
        named = next((image[key] for key in _NAMES if image.get(key)), None)
        found = next((key for key in _PLACES if image.get(key) is not None), None)
        name = named if isinstance(named, str) else name
        if found is not None:
            image = _decoded(image[found], name) if found == "base64" else image[found]
    if isinstance(image, bytes):
        return BytesSource(name, image)
    path = _checked(image, name)
    if not path.strip():
        raise InvalidInputError("an image has an empty path")
    return folder.source(path)


def _decoded(value: object, name: str) -> bytes:
    try:
        return base64.b64decode(_checked(value, name), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError(f"{name} is not valid base64") from None


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

"""Photos to send: bytes, a file, or an address that the service fetches."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from touchstone_client.calling import Part
from touchstone_client.models import ImageCreate


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo with its name; either `data` or `url`."""

    name: str
    data: bytes = b""
    url: str | None = None

    def part(self, field: str) -> Part:
        """Return it as a part of a form."""
        return (field, (self.name, self.data, "application/octet-stream"))

    def to_json(self) -> ImageCreate:
        """Return it as it stands in JSON."""
        if self.url is not None:
            return ImageCreate(name=self.name, url=self.url)
        return ImageCreate(name=self.name, base64=base64.b64encode(self.data).decode())


PhotoLike: TypeAlias = Photo | bytes | Path | str


def photo_of(given: PhotoLike, number: int = 1) -> Photo:
    """Return what was given as a photo.

    >>> photo_of(b"...", 3)
    Photo(name='image-3', data=b'...', url=None)
    >>> photo_of("https://img.shop.example/1.jpg").url
    'https://img.shop.example/1.jpg'

    Raises:
        ValueError: for a text that is no address.
    """
    if isinstance(given, Photo):
        return given
    if isinstance(given, Path):
        return Photo(given.name, given.read_bytes())
    if isinstance(given, bytes):
        return Photo(f"image-{number}", given)
    if not given.startswith(("https://", "http://")):
        raise ValueError(f"{given!r} is no URL; name a file as pathlib.Path({given!r})")
    return Photo(given[:500], url=given)


def photos_of(given: Sequence[PhotoLike]) -> tuple[Photo, ...]:
    """Return all that were given, numbered from 1."""
    return tuple(photo_of(each, number) for number, each in enumerate(given, start=1))

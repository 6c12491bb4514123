"""Where an image's bytes come from, behind one small role.

A source is asked for its bytes once, inside the assessment, so that an image that cannot be read
is an error of that image and never of its listing.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.assessment import ImageFinding
from app.domain.errors import ImageRefusedError, MissingImageError
from app.media.fetching import ImageFetcher
from app.media.files import read_image_file
from app.media.limits import DecodeLimits


class ImageSource(Protocol):
    """One image of a listing, not yet read."""

    @property
    def name(self) -> str:
        """What the listing calls it."""

    def read(self, limits: DecodeLimits) -> bytes:
        """Return the bytes; raises an `ImageRefusedError` when there are none to be had."""


@dataclass(frozen=True, slots=True)
class BytesSource:
    """An image that is in memory already; its size is checked by the decoder."""

    name: str
    data: bytes

    def read(self, limits: DecodeLimits) -> bytes:  # noqa: ARG002  the role's signature
        """Return the bytes."""
        return self.data


@dataclass(frozen=True, slots=True)
class FileSource:
    """An image on disk; `name` is the path as the listing gives it."""

    name: str
    path: Path

    def read(self, limits: DecodeLimits) -> bytes:
        """Return the file's bytes, its size checked before it is read."""
        return read_image_file(self.path, limits)


@dataclass(frozen=True, slots=True)
class FetchedSource:
    """An image at an address; whether it is fetched at all is up to the fetcher's policy."""

    name: str
    url: str
    fetcher: ImageFetcher

    def read(self, limits: DecodeLimits) -> bytes:  # noqa: ARG002  the fetcher has its own
        """Fetch the bytes, within a deadline of their own."""
        return self.fetcher.fetch(self.url)


@dataclass(frozen=True, slots=True)
class RecordedSource:
    """An image that is not at hand any more: what was said of it once is taken over."""

    name: str
    finding: ImageFinding

    def read(self, limits: DecodeLimits) -> bytes:  # noqa: ARG002  the role's signature
        """Raise: nobody has the bytes."""
        raise MissingImageError("the image is not kept any more")


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """An image that could not be had; reading it raises why."""

    name: str
    error: ImageRefusedError

    def read(self, limits: DecodeLimits) -> bytes:  # noqa: ARG002  the role's signature
        """Raise."""
        raise self.error

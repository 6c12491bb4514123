"""Reads the photos that the page shows, as they were when they were judged."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.batch.image_folders import UrlSource
from app.batch.rows import CatalogRow
from app.domain.errors import TouchstoneError
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits

# (height, width, 3) UInt8 RGB ─▶ a unit row
PhotoVector = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class Fetch(Protocol):
    """Whoever may fetch an image."""

    @property
    def enabled(self) -> bool:
        """Whether it fetches anything."""

    def fetch(self, url: str) -> bytes:
        """Return the bytes, or raise an `ImageRefusedError`."""


@dataclass(frozen=True, slots=True)
class PhotoReader:
    """Reads photos within limits; `fetch` is for those behind an address."""

    limits: DecodeLimits
    fetch: Fetch | None = None

    def read(self, row: CatalogRow, number: int, sha256: str) -> NDArray[np.uint8]:
        """Return image `number` (from 0) of a row, as it was when it was judged.

        Raises:
            TouchstoneError: when it cannot be read, or has other bytes by now.
        """
        source = row.sources[number]
        if self.fetch is not None and self.fetch.enabled and isinstance(source, UrlSource):
            data = self.fetch.fetch(source.name)
        else:
            data = source.read(self.limits)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise TouchstoneError("The file has changed since it was judged.")
        return decode_image(data, self.limits).frames[0]

    def is_at_hand(self, row: CatalogRow, number: int) -> bool:
        """Tell whether reading it asks nobody else's server."""
        return not isinstance(row.sources[number], UrlSource)

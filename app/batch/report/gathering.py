"""What one pass over a run leaves for its page: figures, the worst, and photos to be compared."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from app.batch.report.figures import Figures
from app.batch.report.photos import PhotoReader, PhotoVector
from app.batch.report.reading import Judged
from app.batch.report.seller_rings import SellerRing, seller_rings
from app.batch.report.sharing import (
    Fingerprint,
    SharedPhoto,
    SharedPicture,
    fingerprint,
    shared_pictures,
)
from app.batch.report.worst import WorstListings, thumbnail
from app.batch.rows import CatalogRow
from app.domain.assessment import Assessment, Verdict
from app.domain.errors import TouchstoneError

_Mark = tuple[Fingerprint | None, NDArray[np.float32] | None]


@dataclass(frozen=True, slots=True)
class Comparing:
    """How photos are compared.

    Attributes:
        most: Most photos that are.
        vector: Embeds a whole photo; without it fingerprints decide alone.
        copy_similarity: The cosine from which on photos with similar fingerprints are copies.
    """

    most: int
    vector: PhotoVector | None = None
    copy_similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who shares what: rings of sellers, and pictures that one seller's listings share."""

    pictures: tuple[SharedPicture, ...]
    rings: tuple[SellerRing, ...]

    @property
    def of_one_seller(self) -> tuple[SharedPicture, ...]:
        """Pictures that are in no ring."""
        return tuple(picture for picture in self.pictures if len(picture.sellers) < 2)


class Gathered:
    """Takes in a run row by row; for one thread."""

    def __init__(self, worst: int, comparing: Comparing, reader: PhotoReader) -> None:
        self.figures = Figures()
        self.worst = WorstListings(worst)
        self.compared = self.not_compared = self.by_bytes_alone = 0
        self._photos: list[SharedPhoto] = []
        self._marks: dict[str, _Mark] = {}  # by the file's hash: a shared file is looked at once
        self._thumbnails: dict[str, Callable[[], str]] = {}
        self.embedded = comparing.vector is not None
        self._comparing = comparing
        self._reader = reader

    def add(self, judged: Judged) -> None:
        """Take in one row."""
        assessment = judged.assessment
        self.figures.add(judged, assessment)
        if assessment is None:
            return
        self.worst.add(judged.row, assessment)
        if assessment.verdict is not Verdict.CLEAR and judged.row is not None:
            self._add_photos(judged.row, assessment)

    def sharing(self) -> Sharing:
        """Compare the photos."""
        pictures = shared_pictures(self._photos, self._comparing.copy_similarity)
        return Sharing(tuple(pictures), tuple(seller_rings(pictures)))

    def thumbnail(self, picture: SharedPicture) -> str:
        """Return a small version of a shared picture as a data URI, or nothing."""
        return self._thumbnails[picture.photos[0].sha256]()

    def _add_photos(self, row: CatalogRow, assessment: Assessment) -> None:
        for number, image in enumerate(assessment.images):
            if image.error is not None or image.sha256 is None:
                continue
            if self.compared >= self._comparing.most:
                self.not_compared += 1
                continue
            self.compared += 1
            self._thumbnails.setdefault(
                image.sha256, partial(_small, self._reader, row, number, image.sha256)
            )
            self._photos.append(self._shared(row, number, image.sha256))

    def _shared(self, row: CatalogRow, number: int, sha256: str) -> SharedPhoto:
        listing = row.listing
        alone = SharedPhoto(listing.listing_id, listing.seller_id, sha256)
        if not self._reader.is_at_hand(row, number):
            self.by_bytes_alone += 1
            return alone
        if sha256 not in self._marks:
            self._marks[sha256] = self._mark(row, number, sha256)
        code, vector = self._marks[sha256]
        return SharedPhoto(listing.listing_id, listing.seller_id, sha256, code, vector)

    def _mark(self, row: CatalogRow, number: int, sha256: str) -> _Mark:
        try:
            photo = self._reader.read(row, number, sha256)
        except TouchstoneError:
            return None, None  # gone or changed since; its hash still tells equal files
        code, look = fingerprint(photo), self._comparing.vector
        return code, None if look is None or code is None else look(photo)


def _small(reader: PhotoReader, row: CatalogRow, number: int, sha256: str) -> str:
    try:
        return thumbnail(reader.read(row, number, sha256))
    except TouchstoneError:
        return ""

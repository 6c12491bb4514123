"""The seam of the evaluation: what a contender promises, and what a reference is.

Everything a contender may know is handed in: pictures of references, regions of a query. A
contender that finds nothing returns nothing; it is not asked to guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.box import Box
from app.evaluation.predictions import Candidate
from app.media.decoding import decode_image
from app.media.files import read_image_file
from app.media.limits import DecodeLimits
from models.regions import Photo, Regions

RANKED = 50  # brands that a contender names at most

Ranking = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ReferenceImage:
    """A picture of a brand's mark, or the part of a picture that shows it."""

    brand: str
    path: Path
    box: Box | None = None

    def regions(self, limits: DecodeLimits) -> Regions:
        """Return the picture with the one box that shows the mark."""
        photo = read_photo(self.path, limits)
        box = self.box or Box.whole(photo.shape[1], photo.shape[0])
        return Regions.of(photo, [box.as_tuple()])


class Contender(Protocol):
    """Ranks brands by how well their references match a query."""

    @property
    def name(self) -> str:
        """As tables show it."""

    @property
    def by_region(self) -> bool:
        """Whether it is given the proposed regions of a photo, rather than the photo as a whole."""

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Take in more references; those taken in before stay."""

    def rank(self, regions: Regions) -> Ranking:
        """Return brands by their best match over all regions, strongest first."""


def read_photo(path: Path, limits: DecodeLimits) -> Photo:
    """Return the first frame of an image file, `(height, width, 3)` uint8.

    Raises:
        ImageRefusedError: when it cannot be read.
    """
    return decode_image(read_image_file(path, limits), limits).frames[0]


def whole(photo: Photo) -> Regions:
    """Return the photo as its own only region."""
    return Regions.of(photo, [(0, 0, photo.shape[1], photo.shape[0])])


class BrandRows:
    """Which brand each reference belongs to, and the best score of each brand."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._places: dict[str, int] = {}
        self.rows: list[int] = []

    def add(self, brand: str) -> None:
        """Add the brand of one more reference."""
        if brand not in self._places:
            self._places[brand] = len(self.names)
            self.names.append(brand)
        self.rows.append(self._places[brand])

    def best(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `(brands, ...)`, the highest of `(references, ...)` scores."""
        best = np.full((len(self.names), *scores.shape[1:]), -np.inf)
        np.maximum.at(best, np.array(self.rows, np.intp), scores)
        return best

    def ranking(
        self, scores: NDArray[np.float64], alarms: NDArray[np.float64] | None = None
    ) -> Ranking:
        """Return the strongest of `(brands,)` scores, by alarms first where there are any.

        Equal brands come in the order of enrolment; figures count ties against whoever was asked.
        """
        first = np.zeros(len(scores)) if alarms is None else alarms
        order = np.lexsort((-scores, first))[:RANKED]
        return tuple(
            Candidate(
                self.names[place],
                float(scores[place]),
                None if alarms is None else float(alarms[place]),
            )
            for place in order
            if np.isfinite(scores[place])
        )

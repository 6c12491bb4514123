"""Rival: the PDQ hash, which finds copies of pictures.

256 bits of a picture's coarse frequencies (Facebook, "The TMK+PDQF video-hashing algorithm and the
PDQ image-hashing algorithm", 2019); the score is the share of bits that agree.
"""

from collections.abc import Callable, Sequence
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import InvalidInputError
from app.evaluation.contenders.roles import BrandRows, Ranking, ReferenceImage
from app.media.limits import DecodeLimits
from models.regions import Photo, Regions

_BITS = 256


class PdqContender:
    """Compares hashes of whole pictures, or of the one box that is asked about."""

    name = "PDQ hash"
    by_region = False

    def __init__(self, limits: DecodeLimits) -> None:
        _compute()  # a missing package is told before the work begins
        self._limits = limits
        self._brands = BrandRows()
        self._hashes: NDArray[np.float32] = np.empty((0, _BITS), np.float32)

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Hash the references."""
        rows = [self._hashes]
        for reference in references:
            rows.append(_hash(reference.regions(self._limits))[np.newaxis])
            self._brands.add(reference.brand)
        self._hashes = np.concatenate(rows)

    def rank(self, regions: Regions) -> Ranking:
        """Rank brands by agreeing bits."""
        agreeing = (1 + self._hashes @ _hash(regions) / _BITS) / 2  # (references,)
        return self._brands.ranking(self._brands.best(agreeing.astype(np.float64)))


def _hash(regions: Regions) -> NDArray[np.float32]:
    """Return `(256,)` of -1 and 1."""
    x_min, y_min, x_max, y_max = (int(edge) for edge in regions.boxes[0])
    picture = np.ascontiguousarray(regions.photo[y_min:y_max, x_min:x_max])
    bits, _ = _compute()(picture)
    return np.where(np.asarray(bits) > 0, 1, -1).astype(np.float32)


def _compute() -> Callable[[Photo], tuple[NDArray[np.uint8], int]]:
    try:
        hashed: Callable[[Photo], tuple[NDArray[np.uint8], int]] = import_module("pdqhash").compute
    except ImportError as error:
        raise InvalidInputError(
            "the evaluation needs more packages: pip install 'touchstone[evaluation]'"
        ) from error
    return hashed

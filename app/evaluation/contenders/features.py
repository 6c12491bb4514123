"""Rival: features of another network on the very regions that Touchstone looks at.

Once as they come, ranked by cosine, and once with Touchstone's own false-alarm figures fitted to
them on the same background photos, so that the table shows what the features are worth and what
the calibration is.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.calibration import MIN_PHOTOS, NullDistributions, fit_nulls
from app.domain.errors import CalibrationError, ImageRefusedError
from app.evaluation.contenders.roles import BrandRows, Ranking, ReferenceImage, read_photo
from app.media.limits import DecodeLimits
from app.services.background import Background
from models.protocols import Embedder, RegionProposer, model_id
from models.regions import Embeddings, Regions


class FeatureContender:
    """Cosine against every reference, best over the regions."""

    by_region = True

    def __init__(self, embedder: Embedder, limits: DecodeLimits, name: str) -> None:
        self.name = name
        self._embedder = embedder
        self._limits = limits
        self._brands = BrandRows()
        self._rows: Embeddings = np.empty((0, embedder.dim), np.float32)

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Embed the references."""
        blocks = [self._rows]
        for reference in references:
            blocks.append(self._embedder.embed(reference.regions(self._limits)))
            self._brands.add(reference.brand)
        self._rows = np.concatenate(blocks)

    def rank(self, regions: Regions) -> Ranking:
        """Rank brands by cosine."""
        return self._brands.ranking(self._similarities(regions))

    def _similarities(self, regions: Regions) -> NDArray[np.float64]:
        """Return `(brands,)` best cosines."""
        best = (self._rows @ self._embedder.embed(regions).T).max(axis=1)  # (references,)
        return self._brands.best(best.astype(np.float64))


class CalibratedFeatures(FeatureContender):
    """The same, ranked by the false-alarm figures that a background gives these features."""

    def __init__(
        self, embedder: Embedder, limits: DecodeLimits, name: str, background: Background
    ) -> None:
        super().__init__(embedder, limits, name)
        self._background = background
        self._nulls: NullDistributions | None = None

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Embed the references and fit their figures."""
        super().enrol(references)
        maxima = self._background.maxima(self._rows).astype(np.float64)
        self._nulls = fit_nulls(self._brands.best(maxima).astype(np.float32))

    def rank(self, regions: Regions) -> Ranking:
        """Rank brands by false alarms per million."""
        if self._nulls is None:
            return ()
        scores = self._similarities(regions)
        rows = np.arange(len(scores))
        chances = self._nulls.chances(rows, scores.astype(np.float32))
        return self._brands.ranking(scores, 1e6 * chances)


class LastRemembered:
    """An embedder that does not repeat the work it did last: two contenders ask it in turn."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._regions: Regions | None = None
        self._rows: Embeddings = np.empty((0, embedder.dim), np.float32)

    @property
    def name(self) -> str:
        """The embedder's name."""
        return self._embedder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._embedder.dim

    @property
    def weights_sha256(self) -> str:
        """Identity of the weights."""
        return self._embedder.weights_sha256

    def embed(self, regions: Regions) -> Embeddings:
        """Return `(len(regions), dim)` unit rows."""
        if regions is not self._regions:
            self._rows = self._embedder.embed(regions)
            self._regions = regions
        return self._rows


def background_of(
    embedder: Embedder, proposer: RegionProposer, photos: Sequence[Path], limits: DecodeLimits
) -> Background:
    """Return the background of an embedder over ordinary photos.

    Raises:
        CalibrationError: when too few of them can be read.
    """
    blocks: list[Embeddings] = []
    for path in photos:
        try:
            blocks.append(embedder.embed(proposer.propose(read_photo(path, limits))))
        except ImageRefusedError:
            continue
    if len(blocks) < MIN_PHOTOS:
        raise CalibrationError(f"{len(blocks)} readable background photos are too few")
    return Background.of(model_id(embedder, proposer), blocks)

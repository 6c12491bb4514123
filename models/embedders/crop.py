"""An embedder that crops every region and runs all crops of a photo as one batch."""

import numpy as np

from models.cards import ModelCard
from models.cropping import crop_regions
from models.protocols import Runtime
from models.regions import Embeddings, Regions


class CropEmbedder:
    """A model card's network on a runtime."""

    def __init__(self, card: ModelCard, runtime: Runtime) -> None:
        self._card = card
        self._runtime = runtime

    @property
    def name(self) -> str:
        """The card's name."""
        return self._card.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._card.dim

    @property
    def weights_sha256(self) -> str:
        """The card's identity, over every file that the loader has verified."""
        return self._card.identity

    @property
    def runtime(self) -> str:
        """What runs the network, for logs and reports."""
        return self._runtime.name

    def embed(self, regions: Regions) -> Embeddings:
        """Return `(len(regions), dim)` unit rows, in the order of the boxes."""
        if not len(regions):
            return np.empty((0, self.dim), np.float32)  # runtimes need not accept an empty batch
        return self._runtime.run(crop_regions(regions, self._card.input_size))

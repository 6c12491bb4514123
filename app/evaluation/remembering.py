"""Eyes that look once at each photo, so that runs that differ elsewhere share the costly part.

Regions and embeddings are kept by the photo's pixels. Only the first run pays for them; stage times
of `propose` and `embed` are therefore read off the first run alone.
"""

import hashlib

import numpy as np

from app.services.assessment import Eyes
from models.protocols import Embedder, RegionProposer
from models.regions import Boxes, Embeddings, Photo, Regions


class RememberingProposer:
    """A proposer that remembers its boxes."""

    def __init__(self, proposer: RegionProposer) -> None:
        self._proposer = proposer
        self._boxes: dict[bytes, Boxes] = {}

    @property
    def name(self) -> str:
        """The proposer's own: what it gives is the same."""
        return self._proposer.name

    def propose(self, photo: Photo) -> Regions:
        """Return the regions of the photo."""
        key = _digest(photo)
        if key not in self._boxes:
            self._boxes[key] = self._proposer.propose(photo).boxes
        return Regions(photo, self._boxes[key])


class RememberingEmbedder:
    """An embedder that remembers its vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows: dict[bytes, Embeddings] = {}

    @property
    def name(self) -> str:
        """The embedder's own."""
        return self._embedder.name

    @property
    def dim(self) -> int:
        """The embedder's own."""
        return self._embedder.dim

    @property
    def weights_sha256(self) -> str:
        """The embedder's own."""
        return self._embedder.weights_sha256

    def embed(self, regions: Regions) -> Embeddings:
        """Return `(regions, dim)` unit rows."""
        key = _digest(regions.photo) + regions.boxes.tobytes()
        if key not in self._rows:
            self._rows[key] = self._embedder.embed(regions)
        return self._rows[key]


def remembering(eyes: Eyes) -> Eyes:
    """Return eyes that see the same and look once."""
    return Eyes(RememberingProposer(eyes.proposer), RememberingEmbedder(eyes.embedder))


def _digest(photo: Photo) -> bytes:
    pixels = np.ascontiguousarray(photo)
    return hashlib.blake2b(pixels.data, key=repr(photo.shape).encode(), digest_size=16).digest()

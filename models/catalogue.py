"""Builds embedders and proposers by name: finds the card, proves the weights, starts the runtime.

This is the only door through which a network is loaded, so no path around the hash check exists.
"""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from models.cards import MOTIF, ModelCard, WeightsFile, get_card, model_names
from models.embedders.crop import CropEmbedder
from models.embedders.pixels import PixelEmbedder
from models.errors import RuntimeUnavailableError, UnknownModelError
from models.proposers.learned import LearnedProposer, LearnedSettings
from models.protocols import Embedder, RegionProposer, Runtime
from models.weights_file import verified_weights

if TYPE_CHECKING:
    from torch import nn

RUNTIMES = ("auto", "openvino", "torch", "cuda")
_GRAPH = 2  # counts up when the same weights are computed by other operations: converted anew then


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """How a network is run. `threads` 0 leaves the number to the library."""

    runtime: str = "auto"
    threads: int = 0
    precision: str = "auto"
    cache: Path = Path("var/models")

    def __post_init__(self) -> None:
        if self.runtime not in RUNTIMES:
            raise RuntimeUnavailableError(
                f"no runtime named {self.runtime!r}; there are: {', '.join(RUNTIMES)}"
            )

    @property
    def resolved(self) -> str:
        """The runtime that `auto` stands for here."""
        if self.runtime != "auto":
            return self.runtime
        on_x86 = platform.machine() in {"x86_64", "AMD64"}
        return "openvino" if on_x86 and find_spec("openvino") is not None else "torch"


@dataclass(frozen=True, slots=True)
class _Network:
    """A network that a runtime can start: its name, its input, and how to load it."""

    name: str
    identity: str
    shape: tuple[int, int, int, int]  # -1: any number of pictures
    load: Callable[[], "nn.Module"]


def embedder_names() -> tuple[str, ...]:
    """Return every name that `load_embedder` accepts."""
    return (*model_names(), PixelEmbedder.name)


def copy_similarity(name: str) -> float | None:
    """Return the cosine from which on whole photos may be copies, if the card knows it."""
    return get_card(name).copy_similarity if name in model_names() else None


def match_similarity(name: str) -> float | None:
    """Return the similarity from which a match usually is one, `None` where nobody knows."""
    return get_card(name).match_similarity if name in model_names() else None


def load_embedder(name: str = MOTIF.name, options: RuntimeOptions | None = None) -> Embedder:
    """Return a ready embedder.

    Raises:
        UnknownModelError: listing the names that exist.
        WeightsMismatchError: when the weights are missing or not the card's.
        RuntimeUnavailableError: when the runtime asked for cannot run here.
    """
    if name == PixelEmbedder.name:
        return PixelEmbedder()
    if name not in model_names():
        raise UnknownModelError(
            f"no model named {name!r}; there are: {', '.join(embedder_names())}"
        )
    card = get_card(name)
    return CropEmbedder(card, _start(_embedding_network(card), options or RuntimeOptions()))


def has_proposer(name: str) -> bool:
    """Say whether the model of that name comes with a trained proposer."""
    return name in model_names() and get_card(name).proposal is not None


def load_proposer(
    name: str = MOTIF.name,
    options: RuntimeOptions | None = None,
    settings: LearnedSettings | None = None,
) -> RegionProposer:
    """Return the trained proposer that comes with a model.

    Raises:
        UnknownModelError: when there is no such model or it has no proposer.
        WeightsMismatchError: when the weights are missing or not the card's.
        RuntimeUnavailableError: when the runtime asked for cannot run here.
    """
    weights = get_card(name).proposal
    if weights is None:
        raise UnknownModelError(f"the model {name!r} has no proposer of its own; use the grid")
    settings = settings or LearnedSettings()
    network = _proposal_network(name, weights, settings.side)
    runtime = _start(network, options or RuntimeOptions())
    return LearnedProposer(runtime.run, weights.sha256, settings)


def _embedding_network(card: ModelCard) -> _Network:
    weights = verified_weights(card.weights)
    projection = None if card.projection is None else verified_weights(card.projection)

    def load() -> "nn.Module":
        if projection is not None:
            from models.networks.lite0 import load_lite0  # noqa: PLC0415  torch takes two seconds

            return load_lite0(weights, projection)
        from models.networks.embedding import load_embedding_network  # noqa: PLC0415
        from models.networks.trunk import trunk_spec  # noqa: PLC0415

        return load_embedding_network(weights, trunk_spec(card.trunk), card.dim)

    return _Network(card.name, card.identity, (-1, card.input_size, card.input_size, 3), load)


def _proposal_network(name: str, weights: WeightsFile, side: int) -> _Network:
    path = verified_weights(weights)

    def load() -> "nn.Module":
        from models.networks.proposal import load_proposal_network  # noqa: PLC0415

        return load_proposal_network(path)

    return _Network(f"{name}-proposer-{side}", weights.sha256, (1, side, side, 3), load)


def _start(network: _Network, options: RuntimeOptions) -> Runtime:
    wanted = options.resolved
    if wanted == "openvino":
        return _start_openvino(network, options)
    from models.runtimes.torch_runtime import TorchRuntime  # noqa: PLC0415

    return TorchRuntime(network.load(), "cuda" if wanted == "cuda" else "cpu")


def _start_openvino(network: _Network, options: RuntimeOptions) -> Runtime:
    if find_spec("openvino") is None:
        raise RuntimeUnavailableError("openvino is not installed; pip install openvino")
    from models.runtimes.openvino_runtime import (  # noqa: PLC0415
        OpenVinoRuntime,
        converted_network,
    )

    path = converted_network(
        f"{network.name}-{network.identity[:12]}-g{_GRAPH}",
        network.load,
        network.shape,
        options.cache,
    )
    return OpenVinoRuntime(path, threads=options.threads, precision=options.precision)

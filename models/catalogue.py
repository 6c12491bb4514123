"""Builds an embedder by name: finds the card, proves the weights, starts the runtime.

This is the only door through which a network is loaded, so no path around the hash check exists.
"""

import platform
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.cards import LITE0, ModelCard, get_card, model_names
from models.embedders.crop import CropEmbedder
from models.embedders.pixels import PixelEmbedder
from models.errors import RuntimeUnavailableError, UnknownModelError
from models.protocols import Embedder, Runtime
from models.weights_file import verified_weights

RUNTIMES = ("auto", "openvino", "torch", "cuda")


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


def embedder_names() -> tuple[str, ...]:
    """Return every name that `load_embedder` accepts."""
    return (*model_names(), PixelEmbedder.name)


def load_embedder(name: str = LITE0.name, options: RuntimeOptions | None = None) -> Embedder:
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
    return CropEmbedder(get_card(name), _start(get_card(name), options or RuntimeOptions()))


def _start(card: ModelCard, options: RuntimeOptions) -> Runtime:
    weights, projection = verified_weights(card)
    wanted = options.runtime
    if wanted == "auto":
        on_x86 = platform.machine() in {"x86_64", "AMD64"}
        wanted = "openvino" if on_x86 and find_spec("openvino") is not None else "torch"
    if wanted == "openvino":
        return _start_openvino(card, weights, projection, options)
    from models.networks.lite0 import load_lite0  # noqa: PLC0415  torch takes two seconds
    from models.runtimes.torch_runtime import TorchRuntime  # noqa: PLC0415

    return TorchRuntime(
        load_lite0(card, weights, projection), "cuda" if wanted == "cuda" else "cpu"
    )


def _start_openvino(
    card: ModelCard, weights: Path, projection: Path, options: RuntimeOptions
) -> Runtime:
    if find_spec("openvino") is None:
        raise RuntimeUnavailableError("openvino is not installed; pip install openvino")
    from models.runtimes.openvino_runtime import (  # noqa: PLC0415
        OpenVinoRuntime,
        converted_network,
    )

    def load() -> Any:
        from models.networks.lite0 import load_lite0  # noqa: PLC0415  only when converting

        return load_lite0(card, weights, projection)

    path = converted_network(card, load, options.cache)
    return OpenVinoRuntime(path, threads=options.threads, precision=options.precision)

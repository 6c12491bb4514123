"""The motif embedder: one torch module from raw crops to unit rows, and its weights file.

    (N, size, size, 3) uint8 ─▶ normalised ─▶ trunk ─▶ GeM ─▶ linear ─▶ L2 ─┬▶ (N, dim) float32
                          └──▶ colour words ────────────────────────────────┘

`colour` is the weight of the colours' part before the whole row is brought to unit length; at 0
there is no such part.

The crops may have any size that the trunk takes; rows from different sizes are not comparable. The
weights are float16 safetensors that say in their metadata which trunk, dimension and weight of
colour they are for; a file for another network is refused.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from models.errors import WeightsMismatchError
from models.networks.colour import COLOUR_WORDS, ColourWords
from models.networks.trunk import Trunk, TrunkSpec, normalised
from models.networks.weights_file import save_half


class LearnedGeM(nn.Module):
    """Generalised-mean pooling whose power is learned, one for all channels.

    `mean(x ** p) ** (1 / p)`: average pooling at p = 1, maximum pooling towards infinity. The power
    is held between 1 and 8. Radenovic, Tolias, Chum, TPAMI 2019.
    """

    def __init__(self, power: float = 3.0, floor: float = 1e-6) -> None:
        super().__init__()
        self.power = nn.Parameter(torch.tensor(power))
        self.floor = floor

    def forward(self, maps: Tensor) -> Tensor:
        """Pool `(N, channels, h, w)` to `(N, channels)`."""
        power = self.power.clamp(1.0, 8.0)
        # Not pow(): OpenVINO takes five times as long for it as for a logarithm and an exponential.
        return (maps.clamp(min=self.floor).log() * power).exp().mean(dim=(2, 3)).pow(1.0 / power)


class MotifEmbedding(nn.Module):
    """The whole network of one trunk; starts with zeros in the trunk, chance in the last layer.

    `learned` is the length of the trained part of a row, `dim` of the whole of it.
    """

    def __init__(self, spec: TrunkSpec, learned: int = 256, *, colour: float = 0.0) -> None:
        super().__init__()
        if not 0.0 <= colour < 1.0:
            raise ValueError(f"colour is a weight from 0 to below 1, not {colour}")
        self.spec = spec
        self.learned = learned
        self.colour = colour
        self.dim = row_length(learned, colour)
        self.trunk = Trunk(spec, head=True)
        self.pool = LearnedGeM()
        self.projection = nn.Linear(spec.head, learned)
        self.colours = ColourWords()

    def forward(self, crops: Tensor) -> Tensor:
        """Map `(N, size, size, 3)` uint8 crops to `(N, dim)` unit rows."""
        shapes = functional.normalize(self.features(crops), dim=1)
        if not self.colour:
            return shapes
        parts = (1.0 - self.colour) ** 0.5 * shapes, self.colour**0.5 * self.colours(crops)
        return functional.normalize(torch.cat(parts, dim=1), dim=1)

    def features(self, crops: Tensor) -> Tensor:
        """Map crops to `(N, learned)` rows before they are brought to unit length."""
        return self.head(self.trunk(normalised(crops, self.spec)))

    def head(self, maps: Tensor) -> Tensor:
        """Map the trunk's `(N, 1280, h, w)` to `(N, learned)` rows of any length, in float32."""
        rows: Tensor = self.projection(self.pool(maps.to(torch.float32)))
        return rows

    def head_parameters(self) -> Iterable[nn.Parameter]:
        """Return what lies behind the trunk."""
        return (*self.pool.parameters(), *self.projection.parameters())


def row_length(learned: int, colour: float) -> int:
    """Return how many numbers a row has, its colour words included.

    >>> row_length(256, 0.0), row_length(256, 0.25)
    (256, 268)
    """
    return learned + (COLOUR_WORDS if colour else 0)


def save_embedding(network: MotifEmbedding, path: Path) -> None:
    """Write the weights as float16 safetensors that say what network they are for.

    Raises:
        ValueError: when a weight is beyond what float16 can hold.
    """
    save_half(network, path, "embedding", _described(network))


def load_embedding_network(path: Path, spec: TrunkSpec, dim: int) -> MotifEmbedding:
    """Return the network with these weights, in float32 and evaluation mode.

    Raises:
        WeightsMismatchError: when the file is unreadable or holds another network.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name).to(torch.float32) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise WeightsMismatchError(f"{path.name} cannot be read: {error}") from error
    try:
        said = json.loads(metadata.get("embedding", "{}"))
        network = MotifEmbedding(spec, int(said["learned"]), colour=float(said["colour"]))
        if (said["trunk"], network.dim) != (spec.name, dim):
            raise WeightsMismatchError(f"{path.name} holds {said}, not {dim} of {spec.name}")
        network.load_state_dict(state)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsMismatchError(f"{path.name}: {error}") from error
    return network.eval()


def _described(network: MotifEmbedding) -> str:
    return json.dumps(
        {"trunk": network.spec.name, "learned": network.learned, "colour": network.colour}
    )

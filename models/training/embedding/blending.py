"""Gives a trained embedder back what its training forgot, without any cost at run time.

    ImageNet's trunk ─┐
                      ├▶ a trunk between the two ─▶ pooled ─┬▶ trained projection ─┐
    trained trunk ────┘                                     └▶ whitened ───────────┴▶ rows

Training on composites makes a network good at composites and a little blind to the rest. Two known
cures are put together. Weights on the line between start and end of a fine-tuning generalise better
than its end (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). And the pooled
features themselves, whitened (Jegou and Chum, ECCV 2012), tell apart what the trained projection
throws together. Both parts are linear maps of the same features, so they and the rotation that
brings them back to `dim` numbers are folded into the one projection that the network has anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.networks.embedding import MotifEmbedding
from models.networks.trunk import Trunk, normalised

_AT_ONCE = 64
_LEAST_DEVIATION = 1e-3


@dataclass(frozen=True, slots=True)
class Blend:
    """How much of what.

    Attributes:
        trained: place of the trunk between its start (0) and the end of training (1).
        general: weight of the whitened features beside the trained projection, from 0 to below 1.
        crops: how many training crops the whitening is fitted on.
    """

    trained: float = 0.7
    general: float = 0.3
    crops: int = 6144

    def __post_init__(self) -> None:
        if not (0 <= self.trained <= 1 and 0 <= self.general < 1 and self.crops >= 1):
            raise ValueError(f"no blend: {self}")


def blended(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8], blend: Blend
) -> MotifEmbedding:
    """Return another network between `start` and `network`, with whitened features in its rows.

    Args:
        network: the trained one; it is left as it is.
        start: the trunk that its training began with.
        crops: `(n, size, size, 3)` training crops, at least `network.learned` of them.
        blend: the proportions.
    """
    mixed = MotifEmbedding(network.spec, network.learned, colour=network.colour)
    mixed.load_state_dict(network.state_dict())
    mixed.trunk.load_state_dict(
        _between(start.state_dict(), network.trunk.state_dict(), blend.trained)
    )
    mixed.eval()
    if blend.general:
        weight, bias = _projection(mixed, _pooled(mixed, crops[: blend.crops]), blend.general)
        with torch.no_grad():
            mixed.projection.weight.copy_(weight)
            mixed.projection.bias.copy_(bias)
    return mixed


def _between(
    start: Mapping[str, Tensor], end: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    return {name: torch.lerp(start[name], end[name], share) for name in end}


def _pooled(network: MotifEmbedding, crops: NDArray[np.uint8]) -> Tensor:
    """Return `(n, channels)` float64: what the projection gets to see."""
    rows = []
    with torch.inference_mode():
        for first in range(0, len(crops), _AT_ONCE):
            pixels = torch.from_numpy(crops[first : first + _AT_ONCE])
            rows.append(network.pool(network.trunk(normalised(pixels, network.spec))))
    return torch.cat(rows).to(torch.float64)


def _projection(network: MotifEmbedding, pooled: Tensor, general: float) -> tuple[Tensor, Tensor]:
    """Return weight `(learned, channels)` and bias `(learned,)` of the folded projection."""
    trained = network.projection.weight.detach().double(), network.projection.bias.detach().double()
    parts = [
        _scaled(trained, pooled, 1 - general),
        _scaled(_whitening(pooled, network.learned), pooled, general),
    ]
    weight, bias = (torch.cat([part[place] for part in parts]) for place in (0, 1))
    # An uncentred rotation onto the directions that carry most: cosines stay what they are.
    _, _, directions = torch.linalg.svd(pooled @ weight.T + bias, full_matrices=False)
    rotation = directions[: network.learned]
    return rotation @ weight, rotation @ bias


def _whitening(pooled: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the map to `count` principal components, each divided by the root of its deviation.

    Half of a whitening: full whitening raises noise to the height of what matters.
    """
    middle = pooled.mean(0)
    deviation = pooled.std(0) + _LEAST_DEVIATION
    _, strengths, directions = torch.linalg.svd((pooled - middle) / deviation, full_matrices=False)
    weight = directions[:count] / strengths[:count, None].sqrt() / deviation
    return weight, -(weight @ middle)


def _scaled(part: tuple[Tensor, Tensor], pooled: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Return the map times a factor that gives its rows a mean squared length of `share`."""
    weight, bias = part
    factor = (share / (pooled @ weight.T + bias).square().sum(1).mean()).sqrt()
    return weight * factor, bias * factor

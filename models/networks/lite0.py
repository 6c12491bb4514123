"""EfficientNet-Lite0 with generalised-mean pooling, as one torch module from crops to unit rows.

    (N, size, size, 3) uint8 ─▶ (pixel - mean) / scale ─▶ trunk ─▶ GeM ─▶ L2
        ─▶ projection ─▶ L2 ─▶ (N, dim)

Normalisation lives inside the module so that every runtime that runs it gets the same numbers. The
architecture is the package's; its layers are padded the way TensorFlow pads ("same"), which is why
torchvision's own EfficientNet cannot take these weights.
"""

from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet
from safetensors.torch import load_file
from torch import Tensor, nn


class GeM(nn.Module):
    """Generalised-mean pooling: `mean(x ** p) ** (1 / p)` over the positions of each channel.

    Between average pooling (p = 1) and maximum pooling (p → ∞): a motif that fills a part of the
    crop still dominates its channel. Radenovic, Tolias, Chum, TPAMI 2019.
    """

    def __init__(self, power: float = 3.0, floor: float = 1e-6) -> None:
        super().__init__()
        self.power = power
        self.floor = floor

    def forward(self, features: Tensor) -> Tensor:
        """Pool `(N, channels, h, w)` to `(N, channels)`."""
        powered = features.clamp(min=self.floor).pow(self.power)
        return powered.mean(dim=(2, 3)).pow(1.0 / self.power)


class _Projection(nn.Module):
    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, features: Tensor) -> Tensor:
        return features @ self.get_buffer("matrix")


class Lite0Embedding(nn.Module):
    """The whole embedding network; weights come from `load_lite0`."""

    def __init__(self, projection: Tensor | None) -> None:
        super().__init__()
        self.mean, self.scale = 127.0, 128.0
        self.trunk = EfficientNet.from_name("efficientnet-lite0")
        self.pool = GeM()
        self.projection = nn.Identity() if projection is None else _Projection(projection)

    def forward(self, crops: Tensor) -> Tensor:
        """Map `(N, size, size, 3)` uint8 crops to `(N, dim)` unit rows."""
        pixels = (crops.to(torch.float32).permute(0, 3, 1, 2) - self.mean) / self.scale
        pooled = self.pool(self.trunk.extract_features(pixels))
        features = nn.functional.normalize(pooled, dim=1)  # (N, 1280)
        return nn.functional.normalize(self.projection(features), dim=1)


def load_lite0(weights: Path, projection: Path | None) -> Lite0Embedding:
    """Return the network in evaluation mode; the files were verified by the caller.

    Without a projection the rows have the trunk's own 1,280 dimensions: that is what the
    projection is fitted on.
    """
    matrix = None if projection is None else load_file(projection)["projection"].float()
    network = Lite0Embedding(matrix)
    network.trunk.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network.eval()

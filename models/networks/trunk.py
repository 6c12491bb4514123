"""Trunks: chains of inverted residual blocks that turn pixels into a pyramid of feature maps.

    (N, 3, H, W) normalised pixels ─▶ stem ─▶ blocks ─▶ feature maps at strides 4, 8, 16, 32

EfficientNet-Lite0, 1, 2 (Tan and Le, ICML 2019, "lite" edition) and MobileNetV2 (Sandler et al.,
CVPR 2018) are the same chain with other numbers, so one module serves all four. Batch
normalisation is folded: a convolution is multiplied by one scale per output channel, computed
from the statistics it was trained with. Training keeps that scale apart from the weight, because
the folded weight of a channel can be a thousand times another's and no single step size suits both.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

Depthwise = Callable[[Tensor, Tensor, Tensor, int, tuple[int, int, int, int]], Tensor]


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of blocks: `repeats` of them, the first with `stride`, all `channels` wide."""

    kernel: int
    stride: int
    expand: int
    channels: int
    repeats: int


@dataclass(frozen=True, slots=True)
class TrunkSpec:
    """Everything that tells one trunk from another."""

    name: str
    stem: int
    stages: tuple[Stage, ...]
    head: int
    pixel_mean: tuple[float, float, float]
    pixel_scale: tuple[float, float, float]
    tensorflow_padding: bool


def _lite(name: str, stages: tuple[tuple[int, int, int, int, int], ...]) -> TrunkSpec:
    every = (127.0,) * 3, (128.0,) * 3
    return TrunkSpec(name, 32, tuple(Stage(*stage) for stage in stages), 1280, *every, True)


_LITE0_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_LITE1_REPEATS = (1, 3, 3, 4, 4, 5, 1)
_LITE2_WIDTHS = (16, 24, 48, 88, 120, 208, 352)

TRUNKS = (
    _lite("efficientnet-lite0", _LITE0_STAGES),
    _lite(
        "efficientnet-lite1",
        tuple((*s[:4], n) for s, n in zip(_LITE0_STAGES, _LITE1_REPEATS, strict=True)),
    ),
    _lite(
        "efficientnet-lite2",
        tuple(
            (*s[:3], width, n)
            for s, width, n in zip(_LITE0_STAGES, _LITE2_WIDTHS, _LITE1_REPEATS, strict=True)
        ),
    ),
    TrunkSpec(
        "mobilenet-v2",
        32,
        (
            Stage(3, 1, 1, 16, 1),
            Stage(3, 2, 6, 24, 2),
            Stage(3, 2, 6, 32, 3),
            Stage(3, 2, 6, 64, 4),
            Stage(3, 1, 6, 96, 3),
            Stage(3, 2, 6, 160, 3),
            Stage(3, 1, 6, 320, 1),
        ),
        1280,
        (123.675, 116.28, 103.53),
        (58.395, 57.12, 57.375),
        tensorflow_padding=False,
    ),
)


def trunk_spec(name: str) -> TrunkSpec:
    """Return the trunk of that name.

    Raises:
        ValueError: listing the names that exist.
    """
    for spec in TRUNKS:
        if spec.name == name:
            return spec
    raise ValueError(f"no trunk named {name!r}; there are: {', '.join(s.name for s in TRUNKS)}")


def plain_depthwise(
    x: Tensor, weight: Tensor, bias: Tensor, stride: int, pad: tuple[int, int, int, int]
) -> Tensor:
    """Convolve every channel by itself: the operation as torch has it."""
    return functional.conv2d(functional.pad(x, pad), weight, bias, stride, groups=x.shape[1])


class ScaledConv(nn.Module):
    """A convolution times one scale per output channel, plus a bias; ReLU6 behind it if asked."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, *, relu: bool, same: bool
    ) -> None:
        super().__init__()
        self.depthwise: Depthwise | None = None if inputs else plain_depthwise
        self.weight = nn.Parameter(torch.zeros(outputs, inputs or 1, kernel, kernel))
        self.scale = nn.Parameter(torch.ones(outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.stride = stride
        self.relu = relu
        total = kernel - stride if same and stride == 2 else kernel - 1
        low = total // 2 if same else kernel // 2
        high = total - low if same else kernel // 2
        self.pad = (low, high, low, high)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve `(N, inputs, H, W)`; inputs of even size shrink to half at stride 2."""
        weight = self.weight * self.scale[:, None, None, None]
        if self.depthwise is not None:
            x = self.depthwise(x, weight, self.bias, self.stride, self.pad)
        else:
            padded = functional.pad(x, self.pad) if any(self.pad) else x
            x = functional.conv2d(padded, weight, self.bias, self.stride)
        return functional.relu6(x) if self.relu else x


class InvertedResidual(nn.Module):
    """Expand, convolve each channel, project; with a short cut where the shapes allow it."""

    def __init__(self, inputs: int, stage: Stage, stride: int, *, same: bool) -> None:
        super().__init__()
        wide = inputs * stage.expand
        layers: list[ScaledConv] = []
        if stage.expand > 1:
            layers.append(ScaledConv(inputs, wide, 1, 1, relu=True, same=same))
        depthwise = ScaledConv(0, wide, stage.kernel, stride, relu=True, same=same)
        layers += [depthwise, ScaledConv(wide, stage.channels, 1, 1, relu=False, same=same)]
        self.layers = nn.Sequential(*layers)
        self.stride = stride
        self.residual = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """Map `(N, inputs, H, W)` to `(N, channels, H / stride, W / stride)`."""
        y: Tensor = self.layers(x)
        return x + y if self.residual else y


class Trunk(nn.Module):
    """A trunk of one spec; `head=False` leaves out the last, widest convolution."""

    def __init__(self, spec: TrunkSpec, *, head: bool = True) -> None:
        super().__init__()
        same = spec.tensorflow_padding
        self.spec = spec
        self.stem = ScaledConv(3, spec.stem, 3, 2, relu=True, same=same)
        blocks: list[InvertedResidual] = []
        width = spec.stem
        for stage in spec.stages:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                blocks.append(InvertedResidual(width, stage, stride, same=same))
                width = stage.channels
        self.blocks = nn.ModuleList(blocks)
        self.head = ScaledConv(width, spec.head, 1, 1, relu=True, same=same) if head else None

    def use_depthwise(self, depthwise: Depthwise) -> None:
        """Compute every depthwise convolution with another implementation of the same sum."""
        for module in self.modules():
            if isinstance(module, ScaledConv) and module.depthwise is not None:
                module.depthwise = depthwise

    def forward(self, pixels: Tensor) -> Tensor:
        """Map `(N, 3, H, W)` normalised pixels to the last feature map, at stride 32."""
        return self.pyramid(pixels)[-1]

    def early(self, pixels: Tensor, blocks: int) -> Tensor:
        """Return what the stem and the first `blocks` blocks make of the pixels."""
        x: Tensor = self.stem(pixels)
        for block in list(self.blocks)[:blocks]:
            x = block(x)
        return x

    def late(self, x: Tensor, blocks: int) -> Tensor:
        """Go on from `early` with the same number of blocks, to the last feature map."""
        for block in list(self.blocks)[blocks:]:
            x = block(x)
        return x if self.head is None else self.head(x)

    def pyramid(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return the last feature map of each of the strides 4, 8, 16 and 32."""
        maps: list[Tensor] = []
        x: Tensor = self.stem(pixels)
        for block in self.blocks:
            assert isinstance(block, InvertedResidual)  # noqa: S101  ModuleList forgets the type
            if block.stride == 2:
                maps.append(x)
            x = block(x)
        return (*maps[1:], x if self.head is None else self.head(x))


def normalised(pixels: Tensor, spec: TrunkSpec) -> Tensor:
    """Turn `(N, H, W, 3)` uint8 into `(N, 3, H, W)` floats on the trunk's own scale."""
    mean = torch.tensor(spec.pixel_mean, device=pixels.device)
    scale = torch.tensor(spec.pixel_scale, device=pixels.device)
    return ((pixels.to(torch.float32) - mean) / scale).permute(0, 3, 1, 2)

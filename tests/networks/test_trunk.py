"""A trunk computes what the reference implementation of its architecture computes."""

from importlib.util import find_spec

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor

from models.networks.trunk import TRUNKS, Trunk, normalised, plain_depthwise, trunk_spec
from models.torchvision_guard import import_torchvision
from models.training.pretrained import _verified, load_pretrained, pretrained_source

LITE0 = "efficientnet-lite0"


def _pixels(count: int = 2, size: int = 64) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=generator)


def _weights(name: str) -> dict[str, Tensor]:
    source = pretrained_source(name)
    if find_spec(source.package) is None:
        pytest.skip(f"{source.package} is not installed")
    state: dict[str, Tensor] = torch.load(_verified(source), weights_only=True)
    return state


@pytest.fixture(scope="module")
def trunk() -> Trunk:
    return load_pretrained(pretrained_source(LITE0)).eval()


def _assert_close(found: Tensor, wanted: Tensor) -> None:
    assert found.shape == wanted.shape
    assert float((found - wanted).abs().max()) < 2e-4 * float(wanted.abs().max())


@pytest.mark.parametrize(
    ("name", "size"),
    [(LITE0, 64), (LITE0, 96), ("efficientnet-lite1", 64), ("efficientnet-lite2", 64)],
)
@torch.no_grad()
def test_a_lite_trunk_is_the_packages(name: str, size: int) -> None:
    # The package pads for one size of image, its own by default; ours pads every even map alike.
    reference = EfficientNet.from_name(name, image_size=size)
    reference.load_state_dict(_weights(name))
    ours = load_pretrained(pretrained_source(name)).eval()
    pixels = _pixels(size=size)
    scaled = (pixels.to(torch.float32).permute(0, 3, 1, 2) - 127.0) / 128.0
    _assert_close(ours(normalised(pixels, ours.spec)), reference.eval().extract_features(scaled))


@torch.no_grad()
def test_mobilenet_is_torchvisions() -> None:
    weights = _weights("mobilenet-v2")
    reference = import_torchvision().models.mobilenet_v2().features.eval()
    own = reference.state_dict()
    reference.load_state_dict(dict(zip(own, list(weights.values())[: len(own)], strict=True)))
    ours = load_pretrained(pretrained_source("mobilenet-v2")).eval()
    x = normalised(_pixels(), ours.spec)
    _assert_close(ours(x), reference(x))


@pytest.mark.parametrize("blocks", [0, 1, 5, 16])
@torch.no_grad()
def test_early_and_late_make_the_whole(trunk: Trunk, blocks: int) -> None:
    x = normalised(_pixels(), trunk.spec)
    assert torch.equal(trunk.late(trunk.early(x, blocks), blocks), trunk(x))


@pytest.mark.parametrize("name", [spec.name for spec in TRUNKS])
@pytest.mark.parametrize("head", [True, False])
@torch.no_grad()
def test_a_pyramid_has_strides_4_to_32(name: str, head: bool) -> None:
    spec = trunk_spec(name)
    maps = Trunk(spec, head=head).pyramid(torch.zeros(1, 3, 128, 64))
    assert [(m.shape[2], m.shape[3]) for m in maps] == [(32, 16), (16, 8), (8, 4), (4, 2)]
    widths = [stage.channels for stage in spec.stages]
    assert [m.shape[1] for m in maps] == [
        widths[1],
        widths[2],
        widths[4],
        spec.head if head else widths[-1],
    ]


@torch.no_grad()
def test_the_pyramids_maps_are_those_on_the_way(trunk: Trunk) -> None:
    x = normalised(_pixels(), trunk.spec)
    maps = trunk.pyramid(x)
    assert torch.equal(maps[-1], trunk(x))
    # Blocks of Lite0 by stage: 1, 2, 2, 3, 3, 4, 1.
    for blocks, found in zip((3, 5, 11), maps, strict=False):
        assert torch.equal(trunk.early(x, blocks), found)


def test_another_depthwise_is_used_everywhere() -> None:
    calls: list[int] = []

    def counting(
        x: Tensor, weight: Tensor, bias: Tensor, stride: int, pad: tuple[int, int, int, int]
    ) -> Tensor:
        calls.append(stride)
        return plain_depthwise(x, weight, bias, stride, pad)

    trunk = Trunk(trunk_spec(LITE0))
    trunk.use_depthwise(counting)
    trunk(torch.zeros(1, 3, 32, 32))
    assert len(calls) == sum(stage.repeats for stage in trunk.spec.stages)
    assert sum(stride == 2 for stride in calls) == 4


def test_normalised_is_on_the_trunks_own_scale() -> None:
    pixels = torch.tensor([127, 255, 0], dtype=torch.uint8).reshape(1, 1, 1, 3)
    assert normalised(pixels, trunk_spec(LITE0)).flatten().tolist() == [0.0, 1.0, -127 / 128]
    other = normalised(pixels, trunk_spec("mobilenet-v2"))
    assert other.shape == (1, 3, 1, 1)
    assert other.flatten().tolist() == pytest.approx(
        [(127 - 123.675) / 58.395, (255 - 116.28) / 57.12, -103.53 / 57.375]
    )


def test_an_unknown_trunk_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match="efficientnet-lite0, efficientnet-lite1"):
        trunk_spec("resnet")

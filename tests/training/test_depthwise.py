"""The fast depthwise convolution is torch's: forward to the bit, backward as near as bfloat16."""

import pytest
import torch
from torch import Tensor

from models.networks.trunk import plain_depthwise
from models.training.depthwise import Pad, fast_depthwise

HALF = torch.bfloat16


def _inputs(channels: int, height: int, width: int, kernel: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(channels * 100 + height)
    x = torch.randn(5, channels, height, width, generator=generator).to(HALF)
    weight = torch.randn(channels, 1, kernel, kernel, generator=generator).to(HALF)
    return x, weight, torch.randn(channels, generator=generator).to(HALF)


def _gradients(
    inputs: tuple[Tensor, ...], stride: int, pad: Pad, kind: torch.dtype, *, fast: bool
) -> tuple[Tensor, list[Tensor]]:
    leaves = [tensor.detach().to(kind, copy=True).requires_grad_() for tensor in inputs]
    x, weight, bias = leaves
    with torch.autocast("cpu", HALF, enabled=fast):
        y = (fast_depthwise if fast else plain_depthwise)(x, weight, bias, stride, pad)
    generator = torch.Generator().manual_seed(1)
    towards = torch.randn(y.shape, generator=generator).to(HALF)
    y.backward(towards.to(y.dtype))  # type: ignore[no-untyped-call]
    found = []
    for leaf in leaves:
        assert leaf.grad is not None
        found.append(leaf.grad)
    return y.detach(), found


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(
    ("size", "kernel", "pad"),
    [
        ((12, 12), 3, (1, 1, 1, 1)),
        ((12, 12), 3, (0, 1, 0, 1)),
        ((12, 16), 5, (1, 2, 1, 2)),
        ((7, 9), 3, (1, 1, 1, 1)),
        ((9, 7), 5, (2, 2, 2, 2)),
        ((11, 5), 5, (0, 3, 2, 1)),
    ],
)
def test_gradients_are_torchs(size: tuple[int, int], kernel: int, pad: Pad, stride: int) -> None:
    inputs = _inputs(24, *size, kernel)
    y, fast = _gradients(inputs, stride, pad, HALF, fast=True)
    exact_y, exact = _gradients(inputs, stride, pad, torch.float32, fast=False)
    assert torch.allclose(y.float(), exact_y, rtol=2**-7, atol=2**-7)
    for found, wanted in zip(fast, exact, strict=True):
        assert found.dtype == HALF
        assert found.shape == wanted.shape
        # One rounding to bfloat16 of what was summed in float32.
        scale = float(wanted.abs().max())
        assert torch.allclose(found.float(), wanted, rtol=2**-7, atol=scale * 2**-9)


def test_channels_last_maps_and_a_frozen_input() -> None:
    inputs = _inputs(16, 8, 8, 3)
    plain = _gradients(inputs, 2, (0, 1, 0, 1), HALF, fast=True)[1]
    last = inputs[0].contiguous(memory_format=torch.channels_last)
    turned = _gradients((last, *inputs[1:]), 2, (0, 1, 0, 1), HALF, fast=True)[1]
    assert all(torch.equal(a, b) for a, b in zip(plain, turned, strict=True))
    x, weight, bias = inputs[0], inputs[1].clone().requires_grad_(), inputs[2]
    with torch.autocast("cpu", HALF):
        y = fast_depthwise(x, weight, bias, 2, (0, 1, 0, 1))
    y.sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None


def test_without_autocast_it_is_the_plain_one() -> None:
    x, weight, bias = (tensor.float() for tensor in _inputs(8, 6, 6, 3))
    y = fast_depthwise(x, weight, bias, 1, (1, 1, 1, 1))
    assert y.dtype == torch.float32
    assert torch.equal(y, plain_depthwise(x, weight, bias, 1, (1, 1, 1, 1)))

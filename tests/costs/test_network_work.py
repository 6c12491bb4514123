"""Multiply-adds are counted exactly, on layers whose arithmetic can be done by hand."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.costs.network_work import NetworkWork, count_work
from tests.costs.tiny import CROP_WORK, TINY_SIDE, TinyNetwork


def test_a_tiny_network_is_counted_exactly() -> None:
    crops = torch.zeros(1, TINY_SIDE, TINY_SIDE, 3, dtype=torch.uint8)
    assert count_work(lambda: TinyNetwork()(crops)) == CROP_WORK


def test_a_batch_multiplies_everything_but_the_weights() -> None:
    crops = torch.zeros(6, TINY_SIDE, TINY_SIDE, 3, dtype=torch.uint8)
    expected = NetworkWork(6 * CROP_WORK.multiply_adds, CROP_WORK.weights, 6 * CROP_WORK.maps)
    assert count_work(lambda: TinyNetwork()(crops)) == expected


def test_inference_mode_hides_nothing() -> None:
    crops = torch.zeros(1, TINY_SIDE, TINY_SIDE, 3, dtype=torch.uint8)

    def call() -> Tensor:
        with torch.inference_mode():
            answer: Tensor = TinyNetwork()(crops)
            return answer

    assert count_work(call) == CROP_WORK


def test_a_depthwise_convolution_counts_one_input_for_each_output() -> None:
    x, weight = torch.zeros(2, 16, 10, 12), torch.zeros(16, 1, 5, 5)
    work = count_work(lambda: functional.conv2d(x, weight, padding=2, stride=2, groups=16))
    assert work.multiply_adds == 2 * 16 * 5 * 6 * 25
    assert work.weights == 16 * 25


def test_products_of_matrices_and_of_batches_count() -> None:
    a, b = torch.zeros(3, 4), torch.zeros(4, 5)
    assert count_work(lambda: a @ b).multiply_adds == 3 * 4 * 5
    assert count_work(lambda: a.expand(7, 3, 4) @ b.expand(7, 4, 5)).multiply_adds == 7 * 60
    linear = nn.Linear(4, 5)
    assert count_work(lambda: linear(a)) == NetworkWork(60, 20, 12 + 15)


def test_a_call_without_torch_has_no_work() -> None:
    assert count_work(lambda: sum(range(10))) == NetworkWork()


def test_nothing_is_counted_after_the_call() -> None:
    layer, x = nn.Linear(4, 5), torch.zeros(3, 4)
    first = count_work(lambda: layer(x))
    layer(x)
    assert count_work(lambda: layer(x)) == first


def test_work_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        NetworkWork(multiply_adds=-1)

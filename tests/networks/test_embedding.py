"""The embedder gives unit rows, keeps them through its file, and converts to OpenVINO."""

import warnings
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from models.errors import WeightsMismatchError
from models.networks.embedding import (
    LearnedGeM,
    MotifEmbedding,
    load_embedding_network,
    save_embedding,
)
from models.networks.trunk import trunk_spec
from models.training.pretrained import load_pretrained, pretrained_source

SPEC = trunk_spec("efficientnet-lite0")


@pytest.fixture(scope="module")
def network() -> MotifEmbedding:
    torch.manual_seed(0)
    made = MotifEmbedding(SPEC, 24)
    made.trunk.load_state_dict(load_pretrained(pretrained_source(SPEC.name)).state_dict())
    return made.eval()


def crops(count: int = 3, size: int = 64) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=generator)


@torch.no_grad()
def test_rows_have_unit_length_in_float32(network: MotifEmbedding) -> None:
    rows = network(crops())
    assert rows.shape == (3, 24)
    assert rows.dtype == torch.float32
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(3))
    long = network.features(crops())
    assert (long.norm(dim=1) - 1).abs().max() > 1e-3
    torch.testing.assert_close(torch.nn.functional.normalize(long, dim=1), rows)


@torch.no_grad()
def test_a_file_keeps_the_rows(network: MotifEmbedding, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_embedding(network, path)
    assert {t.dtype for t in load_file(path).values()} == {torch.float16}
    again = load_embedding_network(path, SPEC, 24)
    assert not again.training
    alike = (network(crops()) * again(crops())).sum(1)
    assert alike.min() > 0.9999
    assert list(tmp_path.iterdir()) == [path]
    before = path.read_bytes()
    save_embedding(again, path)
    assert path.read_bytes() == before


def test_another_network_is_refused(network: MotifEmbedding, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_embedding(network, path)
    with pytest.raises(WeightsMismatchError, match="'learned': 24"):
        load_embedding_network(path, SPEC, 32)
    with pytest.raises(WeightsMismatchError, match="efficientnet-lite0"):
        load_embedding_network(path, trunk_spec("efficientnet-lite1"), 24)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(WeightsMismatchError, match="cannot be read"):
        load_embedding_network(path, SPEC, 24)
    with pytest.raises(WeightsMismatchError, match="cannot be read"):
        load_embedding_network(tmp_path / "none", SPEC, 24)


def test_a_weight_too_large_for_float16_is_refused(tmp_path: Path) -> None:
    network = MotifEmbedding(SPEC, 4)
    network.projection.bias.data[0] = 1e6
    with pytest.raises(ValueError, match=r"projection\.bias does not fit"):
        save_embedding(network, tmp_path / "weights")


@torch.no_grad()
def test_openvino_gives_the_same_rows(network: MotifEmbedding) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter traces in a way that torch deprecates
        model = ov.convert_model(network, example_input=crops(2))
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = compiled([crops(5).numpy()])[0]  # another number of crops than the example had
    np.testing.assert_allclose(found, network(crops(5)).numpy(), atol=2e-4)


def test_pooling_between_mean_and_maximum() -> None:
    maps = torch.tensor([1.0, 2.0, 3.0, 6.0]).reshape(1, 1, 2, 2)
    assert LearnedGeM(1.0)(maps).item() == pytest.approx(3.0)
    assert LearnedGeM(3.0)(maps).item() == pytest.approx((252 / 4) ** (1 / 3), rel=1e-5)
    assert LearnedGeM(99.0)(maps).item() == LearnedGeM(8.0)(maps).item()


def test_the_power_is_learned() -> None:
    pool = LearnedGeM()
    pool(torch.rand(2, 3, 4, 4)).sum().backward()
    assert pool.power.grad is not None
    assert pool.power.grad != 0

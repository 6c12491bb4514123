"""The proposal network: shapes, geometry, its file, and the same answer from OpenVINO."""

import warnings
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
import torch
from safetensors.torch import save_file

from models.errors import WeightsMismatchError
from models.networks.proposal import (
    SLACK,
    MotifProposal,
    load_proposal_network,
    save_proposal,
    start_scales,
)
from models.networks.trunk import ScaledConv, trunk_spec


@pytest.fixture(scope="module")
def network() -> MotifProposal:
    torch.manual_seed(0)
    made = MotifProposal(trunk_spec("mobilenet-v2"), channels=16)
    for layer in made.trunk.modules():
        if isinstance(layer, ScaledConv):
            torch.nn.init.kaiming_normal_(layer.weight)
    start_scales(made, _photos(4, 64, 64))
    return made.eval()


def _photos(many: int, height: int, width: int) -> torch.Tensor:
    rng = np.random.default_rng(1)
    return torch.from_numpy(rng.integers(0, 256, (many, height, width, 3), dtype=np.uint8))


@torch.no_grad()
def test_it_answers_for_every_cell(network: MotifProposal) -> None:
    out = network(_photos(2, 64, 96))
    assert out.shape == (2, 8 * 12 + 4 * 6 + 2 * 3, 5)
    assert ((out[..., 0] > 0) & (out[..., 0] < 1)).all()
    found = network.predict(_photos(1, 64, 96))
    centres = found.locations[:, :2]
    room = SLACK * found.locations[:, 2:]
    assert (found.boxes[0, :, :2] < centres + room).all()
    assert (found.boxes[0, :, 2:] > centres - room).all()
    assert centres[:2].tolist() == [[4, 4], [12, 4]]
    assert centres[-1].tolist() == [80, 48]


def test_the_new_layers_start_even(network: MotifProposal) -> None:
    seen: list[torch.Tensor] = []
    first = network.new_layers()[3]  # behind the three lateral layers
    hook = first.register_forward_hook(lambda _m, _i, out: seen.append(out))
    with torch.no_grad():
        network.predict(_photos(4, 64, 64))
    hook.remove()
    assert seen[0].mean((0, 2, 3)).abs().max() < 1e-3
    assert (seen[0].std((0, 2, 3)) - 1).abs().max() < 1e-2


@torch.no_grad()
def test_a_file_brings_the_network_back(network: MotifProposal, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_proposal(network, path)
    again = load_proposal_network(path)
    photos = _photos(1, 64, 64)
    torch.testing.assert_close(again(photos), network(photos), rtol=0.02, atol=0.2)
    assert not again.training
    assert again.slack == network.slack


@torch.no_grad()
def test_a_file_from_before_the_slack_has_none(network: MotifProposal, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    tensors = {name: t.clone() for name, t in network.state_dict().items()}
    save_file(tensors, path, metadata={"trunk": "mobilenet-v2", "channels": "16"})
    found = load_proposal_network(path).predict(_photos(1, 64, 64))
    assert (found.boxes[0, :, :2] < found.locations[:, :2]).all()


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(WeightsMismatchError, match=r"other\.safetensors"):
        load_proposal_network(path)


def test_a_weight_beyond_float16_is_not_written(tmp_path: Path) -> None:
    made = MotifProposal(trunk_spec("mobilenet-v2"), channels=16)
    made.reach.data[0] = 1e6
    with pytest.raises(ValueError, match="reach"):
        save_proposal(made, tmp_path / "weights.safetensors")
    assert not list(tmp_path.iterdir())


@torch.no_grad()
def test_openvino_gives_the_same_boxes(network: MotifProposal) -> None:
    photos = _photos(1, 64, 96)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter traces with torch.jit
        model = ov.convert_model(network, example_input=photos)
    model.reshape([1, 64, 96, 3])
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    answer = ov.Core().compile_model(model, "CPU", precise)([photos.numpy()])[0]
    np.testing.assert_allclose(answer, network(photos).numpy(), rtol=1e-4, atol=1e-3)

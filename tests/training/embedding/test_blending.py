"""Blending: its ends are the two networks it is made of, and what is added is in the one layer."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from models.networks.embedding import MotifEmbedding
from models.networks.trunk import Trunk, trunk_spec
from models.training.embedding.blending import Blend, blended
from models.training.pretrained import load_pretrained, pretrained_source

_SPEC = trunk_spec("efficientnet-lite0")
_LEARNED = 8


@pytest.fixture(scope="module")
def start() -> Trunk:
    return load_pretrained(pretrained_source(_SPEC.name))


@pytest.fixture(scope="module")
def network(start: Trunk) -> MotifEmbedding:
    """Return a network a small way from the start, as training would leave it."""
    torch.manual_seed(0)
    trained = MotifEmbedding(_SPEC, _LEARNED, colour=0.15)
    moved = {
        name: weight * (1 + 0.05 * torch.randn_like(weight))
        for name, weight in start.state_dict().items()
    }
    trained.trunk.load_state_dict(moved)
    return trained.eval()


@pytest.fixture(scope="module")
def crops() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (24, 32, 32, 3), np.uint8)


def _rows(network: MotifEmbedding, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    with torch.inference_mode():
        return np.asarray(network(torch.from_numpy(crops)))


def test_all_trained_and_nothing_general_is_the_network_itself(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8]
) -> None:
    same = blended(network, start, crops, Blend(trained=1.0, general=0.0))
    assert np.allclose(_rows(same, crops), _rows(network, crops), atol=1e-5)


def test_nothing_trained_is_the_trunk_it_began_with(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8]
) -> None:
    mixed = blended(network, start, crops, Blend(trained=0.0, general=0.0))
    for name, weight in start.state_dict().items():
        assert torch.equal(mixed.trunk.state_dict()[name], weight)


def test_a_rotation_alone_changes_no_cosine(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8]
) -> None:
    barely = blended(network, start, crops, Blend(trained=1.0, general=1e-9))
    expected, seen = _rows(network, crops), _rows(barely, crops)
    assert np.allclose(seen @ seen.T, expected @ expected.T, atol=1e-3)


def test_general_features_tell_apart_what_the_projection_throws_together(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8]
) -> None:
    blind = MotifEmbedding(_SPEC, _LEARNED)
    blind.load_state_dict(network.state_dict())
    with torch.no_grad():
        blind.projection.weight.zero_()
        blind.projection.bias.fill_(1.0)
    assert _rows(blind, crops).std(0).max() < 1e-6
    seeing = blended(blind.eval(), start, crops, Blend(trained=1.0, general=0.5))
    assert _rows(seeing, crops).std(0).max() > 0.1


def test_the_network_that_was_given_is_left_as_it_is(
    network: MotifEmbedding, start: Trunk, crops: NDArray[np.uint8]
) -> None:
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    blended(network, start, crops, Blend())
    assert all(torch.equal(before[name], weight) for name, weight in network.state_dict().items())


@pytest.mark.parametrize("wrong", [{"trained": 1.1}, {"general": 1.0}, {"crops": 0}])
def test_shares_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="no blend"):
        Blend(**wrong)  # type: ignore[arg-type]

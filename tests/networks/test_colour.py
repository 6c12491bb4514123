"""The colour words: what they tell apart, and what they must not look at."""

import numpy as np
import pytest
import torch

from models.networks.colour import COLOUR_WORDS, ColourWords
from models.networks.embedding import MotifEmbedding
from models.networks.trunk import trunk_spec

RED, BLUE, GREY = (200, 20, 30), (20, 40, 200), (128, 128, 128)


def words(*colours: tuple[int, int, int], side: int = 128) -> torch.Tensor:
    crops = np.stack([np.full((side, side, 3), colour, np.uint8) for colour in colours])
    rows: torch.Tensor = ColourWords()(torch.from_numpy(crops))
    return rows


def test_a_colour_agrees_with_itself_and_with_no_other() -> None:
    red, blue = words(RED, BLUE)
    assert red.shape == (COLOUR_WORDS,)
    assert float(red @ red) > 0.95
    assert float(red @ blue) < 0.1


def test_what_has_no_colour_agrees_with_nothing() -> None:
    red, *greys = words(RED, GREY, (0, 0, 0), (255, 255, 255))
    for grey in greys:
        assert float(grey @ grey) < 0.1
        assert float(grey @ red) < 0.1


def test_darker_light_changes_little() -> None:
    bright, dark = words((200, 40, 50), (130, 26, 33))
    assert float(bright @ dark) > 0.8 * float(bright @ bright)


def test_the_middle_counts_more_than_the_rim() -> None:
    crop = np.full((128, 128, 3), BLUE, np.uint8)
    crop[32:96, 32:96] = RED  # a quarter of the area
    rows = ColourWords()(torch.from_numpy(crop[None]))[0]
    red, _ = words(RED, BLUE)
    assert float(rows @ red) ** 2 > 0.35


@pytest.mark.parametrize("colour", [0.0, 0.15])
def test_rows_of_the_whole_network_have_unit_length(colour: float) -> None:
    torch.manual_seed(0)
    network = MotifEmbedding(trunk_spec("efficientnet-lite0"), 32, colour=colour).eval()
    crops = np.stack([np.full((64, 64, 3), c, np.uint8) for c in (RED, GREY)])
    rows = network(torch.from_numpy(crops))
    assert rows.shape == (2, network.dim)
    assert torch.allclose(rows.norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_weight_of_one_leaves_no_shape() -> None:
    with pytest.raises(ValueError, match="colour"):
        MotifEmbedding(trunk_spec("efficientnet-lite0"), 32, colour=1.0)

"""Floors follow from counted work and measured rates, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from app.evaluation.speed.floors import Rates, Work, mean_work
from app.evaluation.speed.stage_work import stage_work
from app.services.assessment import Eyes
from models.cards import LITE0
from models.embedders.crop import CropEmbedder
from models.proposers.grid import GridProposer
from models.proposers.learned import LearnedProposer, LearnedSettings
from models.runtimes.torch_runtime import TorchRuntime
from tests.costs.tiny import CROP_WORK, TINY_DIM, TINY_SIDE, TinyNetwork
from tests.images import encode, photo_array

RATES = Rates({"f32": 1e9, "bf16": 4e9}, moved=1e8)


def test_the_slower_of_arithmetic_and_memory_is_the_floor() -> None:
    busy, hungry = Work(5e8, moved=1e6), Work(5e6, moved=1e7)
    assert (busy.floor(RATES), busy.bound(RATES)) == (0.5, "arithmetic")
    assert (hungry.floor(RATES), hungry.bound(RATES)) == (0.1, "memory")


def test_the_rate_is_that_of_the_precision() -> None:
    assert Work(4e8, 0, precision="bf16").floor(RATES) == pytest.approx(0.1)
    with pytest.raises(KeyError):
        Work(4e8, 0, precision="int8").floor(RATES)


def test_without_a_cache_every_map_goes_through_memory() -> None:
    assert Work(5e8, 1e6, layered=1e9).uncached(RATES) == 10.0
    assert Work(5e8, 1e6).uncached(RATES) is None


def test_the_average_photo() -> None:
    mean = mean_work([Work(1, 10, 100, "bf16"), Work(3, 30, 300, "bf16")])
    assert mean == Work(2, 20, 200, "bf16")


def test_work_and_rates_make_sense() -> None:
    with pytest.raises(ValueError, match="negative"):
        Work(-1, 0)
    with pytest.raises(ValueError, match="above 0"):
        Rates({"f32": 0.0}, moved=1.0)


def tiny_eyes() -> Eyes:
    """A grid, and an embedder around the tiny network."""
    card = replace(LITE0, dim=TINY_DIM, input_size=TINY_SIDE)
    return Eyes(GridProposer(), CropEmbedder(card, TorchRuntime(TinyNetwork())))


def test_the_work_of_a_photo_is_that_of_its_regions() -> None:
    eyes, picture = tiny_eyes(), photo_array(0, (120, 120))
    data = encode(picture, "jpeg")
    works, regions = stage_work([data], eyes, eyes, references=1000)
    count = len(eyes.proposer.propose(picture))
    assert regions == count > 1
    assert set(works) == {"decode", "embed", "search"}, "a grid multiplies nothing"
    rows = 4 * TINY_DIM * count
    assert works["decode"] == Work(0, len(data) + picture.nbytes)
    assert works["search"] == Work(1000 * count * TINY_DIM, 4 * 1000 * TINY_DIM + rows)
    outside = picture.nbytes + rows + 4 * CROP_WORK.weights
    assert works["embed"] == Work(
        count * CROP_WORK.multiply_adds, outside, outside + 4 * count * CROP_WORK.maps
    )


def test_numbers_of_bfloat16_are_half_as_wide() -> None:
    eyes, data = tiny_eyes(), encode(photo_array(0, (120, 120)), "jpeg")
    full, _ = stage_work([data], eyes, eyes, references=1)
    half, regions = stage_work([data], Eyes(eyes.proposer, HalfWide(eyes)), eyes, references=1)
    assert half["embed"].precision == "bf16"
    assert half["embed"].multiply_adds == full["embed"].multiply_adds
    saved = 2 * (CROP_WORK.weights + regions * CROP_WORK.maps)
    assert full["embed"].layered - half["embed"].layered == saved


def test_a_trained_proposer_has_work_of_its_own() -> None:
    runtime = TorchRuntime(TinyNetwork())

    def propose(photos: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> object:
        runtime.run(photos)
        return np.zeros((1, 3, 5), np.float32)

    proposer = LearnedProposer(propose, "0" * 64, LearnedSettings(side=32))  # type: ignore[arg-type]
    eyes = Eyes(proposer, tiny_eyes().embedder)
    works, _ = stage_work([encode(photo_array(0, (120, 120)), "jpeg")], eyes, eyes, references=1)
    assert works["propose"].multiply_adds == 15 * 15 * 4 * 27 + 20


class HalfWide:
    """The same embedder under the name of a runtime in bfloat16."""

    runtime = "openvino-cpu-bf16"

    def __init__(self, eyes: Eyes) -> None:
        self._embedder = eyes.embedder
        self.name, self.dim = eyes.embedder.name, eyes.embedder.dim
        self.weights_sha256 = eyes.embedder.weights_sha256
        self.embed = eyes.embedder.embed

"""The real embedder on both runtimes, against each other and against golden vectors."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.cards import LITE0, MOTIF, get_card, model_names
from models.catalogue import RuntimeOptions, embedder_names, load_embedder
from models.errors import RuntimeUnavailableError, UnknownModelError
from models.proposers.grid import GridProposer
from models.protocols import Embedder, model_id
from models.regions import Embeddings, Regions
from tests.images import photo_array

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module", params=[LITE0.name, MOTIF.name])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def torch_embedder(model: str, cache: Path) -> Embedder:
    return load_embedder(model, RuntimeOptions("torch", cache=cache))


@pytest.fixture(scope="module")
def openvino_embedder(model: str, cache: Path) -> Embedder:
    pytest.importorskip("openvino")
    return load_embedder(model, RuntimeOptions("openvino", precision="f32", cache=cache))


def golden_regions() -> Regions:
    """Four fixed boxes of a fixed picture: whole, square, wide and small."""
    boxes = [(0, 0, 320, 240), (40, 20, 200, 180), (0, 100, 320, 160), (150, 90, 190, 130)]
    return Regions.of(photo_array(seed=7), boxes)


def golden_rows(model: str) -> Embeddings:
    return np.array(json.loads((GOLDEN / f"{model}.json").read_text())["rows"], np.float32)


def closeness(left: Embeddings, right: Embeddings) -> float:
    """The smallest cosine between rows of the same place."""
    return float((left * right).sum(axis=1).min())


def test_torch_gives_the_golden_vectors(model: str, torch_embedder: Embedder) -> None:
    assert closeness(torch_embedder.embed(golden_regions()), golden_rows(model)) > 0.9999


def test_openvino_gives_the_golden_vectors(model: str, openvino_embedder: Embedder) -> None:
    assert closeness(openvino_embedder.embed(golden_regions()), golden_rows(model)) > 0.9999


def test_whatever_precision_the_processor_prefers_stays_close(model: str, cache: Path) -> None:
    pytest.importorskip("openvino")
    embedder = load_embedder(model, RuntimeOptions("openvino", cache=cache))
    assert closeness(embedder.embed(golden_regions()), golden_rows(model)) > 0.985


def test_runtimes_agree_on_a_whole_photo(
    torch_embedder: Embedder, openvino_embedder: Embedder
) -> None:
    regions = GridProposer().propose(photo_array(seed=3))
    left, right = torch_embedder.embed(regions), openvino_embedder.embed(regions)
    assert closeness(left, right) > 0.9999
    assert left.shape == right.shape == (len(regions), torch_embedder.dim)


def test_rows_are_unit_float32_and_in_order(openvino_embedder: Embedder) -> None:
    regions = golden_regions()
    rows = openvino_embedder.embed(regions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    second = Regions(regions.photo, regions.boxes[1:2].copy())
    assert closeness(openvino_embedder.embed(second), rows[1:2]) > 0.9999


def test_no_regions_give_no_rows(torch_embedder: Embedder, openvino_embedder: Embedder) -> None:
    nothing = Regions.of(photo_array(), [])
    for embedder in (torch_embedder, openvino_embedder, load_embedder("pixels")):
        assert embedder.embed(nothing).shape == (0, embedder.dim)


def test_a_damaged_cache_is_made_again(
    model: str, cache: Path, openvino_embedder: Embedder
) -> None:
    converted = next(cache.glob(f"{openvino_embedder.name}-*.bin"))
    whole = converted.read_bytes()
    converted.write_bytes(whole[:1000] + b"\0" * 64 + whole[1064:])
    again = load_embedder(model, RuntimeOptions("openvino", precision="f32", cache=cache))
    assert closeness(again.embed(golden_regions()), golden_rows(model)) > 0.9999
    assert converted.read_bytes() == whole


def test_an_unknown_name_lists_the_valid_ones() -> None:
    with pytest.raises(UnknownModelError, match="touchstone-motif-1, pixels"):
        load_embedder("resnet-9000")
    with pytest.raises(UnknownModelError, match="efficientnet-lite0-imagenet"):
        get_card("resnet-9000")
    assert set(model_names()) < set(embedder_names())


def test_an_unknown_runtime_lists_the_valid_ones() -> None:
    with pytest.raises(RuntimeUnavailableError, match="auto, openvino, torch, cuda"):
        RuntimeOptions(runtime="abacus")


def test_the_identity_covers_trunk_and_projection() -> None:
    embedder = load_embedder("pixels")
    assert LITE0.identity != LITE0.weights.sha256
    assert model_id(embedder) == f"pixels@{embedder.weights_sha256[:12]}"
    grid = GridProposer()
    assert model_id(embedder, grid).endswith(grid.name)

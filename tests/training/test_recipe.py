"""The whole way on a few drawn marks: pools, scenes, embedder, proposer; and nothing twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.networks.embedding import load_embedding_network
from models.networks.trunk import trunk_spec
from models.training.compositing.views import RealBox
from models.training.embedding.config import EmbeddingConfig
from models.training.marks.store import MarkStore
from models.training.pool import open_pool
from models.training.proposals.config import ProposalConfig
from models.training.proposals.pool import ScenePool
from models.training.recipe import BLENDED, FULL, SHORT, STAGES, Material, Recipe, Training
from tests.training.compositing.drawn import drawn_store, grounds

TINY = Recipe(
    side=32,
    blocks=6,
    shards=2,
    validation_shards=1,
    scenes=3,
    validation_scenes=2,
    embedding=EmbeddingConfig(
        dim=16, size=32, steps=3, blocks=3, views=2, warm_up=1, window=1, frozen_blocks=12
    ),
    proposal=ProposalConfig(
        size=64, steps=2, batch=2, warmup=1, frozen_blocks=12, validation_side=64, threads=1
    ),
)


@pytest.fixture(autouse=True, scope="module")
def _threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Training:
    work = tmp_path_factory.mktemp("work")
    drawn_store(work / "marks")
    photos = grounds(3)
    labelled = work / "labelled.png"
    Image.fromarray(photos[2]).save(labelled)
    material = Material(
        photos[:2],
        photos[2:],
        {"Ring": [RealBox(photos[2], (20, 20, 80, 70))]},
        [(labelled, [(20.0, 20.0, 80.0, 70.0)])],
    )
    made = Training(work, TINY, material, progress=False)
    made.run([stage for stage in STAGES if stage != "marks"])
    return made


def _files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_pools_hold_what_the_recipe_says(training: Training) -> None:
    crops, held_out = (open_pool(training.work / n) for n in ("crops", "crops-validation"))
    assert (len(crops.shards), len(held_out.shards)) == (2, 1)
    assert crops.load(0).crops.shape == (6 * 4, 32, 32, 3)
    assert len(ScenePool(training.work / "scenes")) == 3
    assert len(ScenePool(training.work / "scenes-validation")) == 2
    assert len(ScenePool(training.work / "scenes-real")) == 1


def test_what_is_held_out_is_not_trained_on(training: Training) -> None:
    store = MarkStore.open(training.work / "marks")
    held = {place for place, mark in enumerate(store.marks) if mark.split == "validation"}
    crops, held_out = (open_pool(training.work / n) for n in ("crops", "crops-validation"))
    seen = {int(number) for shard in (0, 1) for number in crops.load(shard).identity}
    watched = {int(number) for number in held_out.load(0).identity}
    assert watched <= held
    assert not seen & held


def test_both_networks_are_weights_that_load(training: Training) -> None:
    folder, spec = training.work / "embedding", trunk_spec("efficientnet-lite0")
    load_embedding_network(folder / "embedding.safetensors", spec, 16)
    network = load_embedding_network(folder / BLENDED, spec, 16)
    with torch.no_grad():
        rows = network(torch.from_numpy(np.stack(grounds(2, (32, 32)))))
    assert rows.norm(dim=1).tolist() == pytest.approx([1.0, 1.0], abs=1e-4)
    log = (training.work / "embedding" / "log.jsonl").read_text().splitlines()
    assert any("recall_at_1" in json.loads(line) for line in log)
    assert list((training.work / "proposal").glob("*.safetensors"))


def test_a_second_run_does_nothing_again(training: Training) -> None:
    before = _files(training.work)
    training.run([stage for stage in STAGES if stage != "marks"])
    after = _files(training.work)
    changed = {name for name in before if before[name] != after[name]}
    # Both trainings write their finished weights once more, with equal bytes.
    assert all(after[name][1] == before[name][1] for name in changed)
    assert not [
        name for name in changed if name.startswith(("crops", "scenes")) and "shard" in name
    ]
    assert before.keys() == after.keys()


def test_the_short_recipe_is_the_full_one_made_short() -> None:
    assert SHORT.embedding.steps < FULL.embedding.steps / 10
    assert SHORT.proposal.steps < FULL.proposal.steps / 10
    assert (SHORT.side, SHORT.views, SHORT.seed) == (FULL.side, FULL.views, FULL.seed)

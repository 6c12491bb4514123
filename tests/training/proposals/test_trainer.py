"""The run: its loss falls, it finds what the untrained network misses, it resumes as it was."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.networks.proposal import MotifProposal, load_proposal_network
from models.networks.trunk import trunk_spec
from models.proposers.learned import LearnedProposer, LearnedSettings
from models.training.proposals.config import ProposalConfig
from models.training.proposals.pool import make_scene_pool
from models.training.proposals.recall import proposal_recall
from models.training.proposals.trainer import torch_proposals, train_proposal
from models.training.run import AnotherRunError
from tests.training.proposals.shapes import RingScenes

SHORT = ProposalConfig(
    channels=16,
    size=96,
    batch=6,
    steps=60,
    warmup=5,
    scale=(0.9, 1.1),
    rate=4e-3,
    ema=0.8,
    log_every=5,
    validate_every=60,
    validation_side=96,
    checkpoint_every=60,
    threads=1,  # two threads on two busy cores wait for each other most of the time
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rings")
    make_scene_pool(folder, RingScenes(), 60, 1, progress=False)
    return folder


def _recall(network: MotifProposal) -> float:
    scenes = [RingScenes().scene(2, number) for number in range(25)]
    runtime = torch_proposals(network, torch.device("cpu"))
    proposer = LearnedProposer(runtime, "0" * 64, LearnedSettings(side=96, threshold=0.0, count=3))
    return proposal_recall(proposer, [(s.photo, s.boxes) for s in scenes], count=3).overall


def test_a_short_run_learns_to_find_rings(pool: Path, tmp_path: Path) -> None:
    weights = train_proposal([pool], tmp_path, SHORT, validation=pool, progress=False)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert sum(losses[-3:]) < 0.75 * sum(losses[:3])
    torch.manual_seed(0)
    untrained = MotifProposal(trunk_spec(SHORT.trunk), channels=SHORT.channels).eval()
    trained = load_proposal_network(weights)
    assert _recall(trained) > max(0.6, _recall(untrained) + 0.3)
    assert [line["recall"] for line in lines if "recall" in line][-1] > 0.6


def test_a_stopped_run_goes_on_as_if_nothing_had_happened(pool: Path, tmp_path: Path) -> None:
    config = replace(SHORT, steps=4, batch=2, size=64, checkpoint_every=2)
    whole = train_proposal([pool], tmp_path / "whole", config, progress=False)
    stopped = tmp_path / "stopped"
    train_proposal([pool], stopped, config, progress=False)
    newest = max(stopped.glob("checkpoint-*"))
    newest.unlink()  # as if it had been killed in step 3
    resumed = train_proposal([pool], stopped, config, progress=False)
    ours, theirs = load_file(whole), load_file(resumed)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    with pytest.raises(AnotherRunError, match="seed"):
        train_proposal([pool], stopped, replace(config, seed=1), progress=False)


def test_it_goes_on_from_given_weights(pool: Path, tmp_path: Path) -> None:
    config = replace(SHORT, steps=1, batch=2, size=64, rate=0.0, trunk_rate=0.0, decay=0.0)
    first = train_proposal([pool], tmp_path / "first", config, progress=False)
    second = train_proposal(
        [pool], tmp_path / "second", replace(config, initial_weights=str(first)), progress=False
    )
    ours, theirs = load_file(first), load_file(second)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)

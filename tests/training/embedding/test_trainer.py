"""A short training learns, and a run that was killed or stopped ends with the same weights."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.errors import WeightsMismatchError
from models.training.embedding.config import LOSSES, EmbeddingConfig
from models.training.embedding.trainer import WEIGHTS, train_embedding
from models.training.run import AnotherRunError
from tests.training.embedding.child import STOPPED, TINY
from tests.training.embedding.pools import make_shards

ROOT = Path(__file__).parents[3]
SHORT = EmbeddingConfig(
    dim=64,
    size=48,
    steps=50,
    blocks=8,
    views=3,
    warm_up=10,
    window=3,
    loss="contrastive",
    augment=False,
    ema=0.9,
    checkpoint_every=50,
    validate_every=50,
    frozen_blocks=1,
    lr_head=3e-3,
)


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    identities = [[n * 20 + i for i in range(20)] for n in range(6)]
    return make_shards(tmp_path_factory.mktemp("pool"), identities, side=48)


@pytest.fixture(scope="module")
def held_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shards(tmp_path_factory.mktemp("held-out"), [list(range(900, 940))], side=48)


@pytest.fixture(scope="module")
def undisturbed(pool: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    return train_embedding(pool, folder, TINY, threads=1, progress=False)


def log_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def start(pool: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.training.embedding.child", str(pool), str(folder)]
    child = subprocess.Popen(command, cwd=ROOT)
    until = time.monotonic() + 60
    while not list(folder.glob("checkpoint-*")) and time.monotonic() < until:
        assert child.poll() is None, "the training ended before it was disturbed"
        time.sleep(0.005)
    return child


def assert_equal_weights(one: Path, other: Path) -> None:
    left, right = load_file(one), load_file(other)
    assert left.keys() == right.keys()
    assert not [name for name in left if not torch.equal(left[name], right[name])]


def test_a_short_training_learns(pool: Path, held_out: Path, tmp_path: Path) -> None:
    def recall_after(steps: int, folder: Path) -> float:
        config = replace(SHORT, steps=steps)
        if steps == 1:
            config = replace(config, lr_trunk=0.0, lr_head=0.0)
        train_embedding(pool, folder, config, validation=held_out, threads=2, progress=False)
        return log_of(folder)[-1]["recall_at_1"]

    untrained = recall_after(1, tmp_path / "untrained")
    trained = recall_after(50, tmp_path / "trained")
    losses = [line["loss"] for line in log_of(tmp_path / "trained") if "loss" in line]
    assert trained > untrained + 0.2
    assert losses[-1] < losses[0]


def test_killed_and_resumed(pool: Path, undisturbed: Path, tmp_path: Path) -> None:
    child = start(pool, tmp_path)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    assert not (tmp_path / WEIGHTS).exists()
    resumed = train_embedding(pool, tmp_path, TINY, threads=1, progress=False)
    assert_equal_weights(undisturbed, resumed)
    steps = [line["step"] for line in log_of(tmp_path)]
    assert steps == sorted(set(steps))


def test_a_damaged_checkpoint_falls_back(pool: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Also what SIGTERM does: it keeps the state of the very step it came in."""
    child = start(pool, tmp_path)
    child.terminate()
    assert child.wait() == STOPPED
    newest = max(tmp_path.glob("checkpoint-*"))
    content = bytearray(newest.read_bytes())
    content[-5] ^= 1
    newest.write_bytes(content)
    resumed = train_embedding(pool, tmp_path, TINY, threads=1, progress=False)
    assert_equal_weights(undisturbed, resumed)


def test_a_finished_run_is_not_done_again(pool: Path, undisturbed: Path) -> None:
    folder = undisturbed.parent
    before, log = undisturbed.read_bytes(), log_of(folder)
    assert train_embedding(pool, folder, TINY, threads=1, progress=False) == undisturbed
    assert undisturbed.read_bytes() == before
    assert log_of(folder) == log


def test_another_configuration_is_refused(pool: Path, undisturbed: Path) -> None:
    other = replace(TINY, seed=6)
    with pytest.raises(AnotherRunError, match="seed: 5 there, 6 asked for"):
        train_embedding(pool, undisturbed.parent, other, progress=False)
    with pytest.raises(AnotherRunError, match="initial_weights: None there"):
        train_embedding(pool, undisturbed.parent, TINY, initial_weights=undisturbed, progress=False)


def test_training_goes_on_from_earlier_weights(
    pool: Path, undisturbed: Path, tmp_path: Path
) -> None:
    still = replace(TINY, steps=2, frozen_blocks=16, lr_trunk=0.0, lr_head=0.0)
    later = train_embedding(
        pool, tmp_path / "on", still, initial_weights=undisturbed, threads=1, progress=False
    )
    assert_equal_weights(undisturbed, later)
    with pytest.raises(WeightsMismatchError, match="not"):
        train_embedding(
            pool,
            tmp_path / "wide",
            replace(still, dim=32),
            initial_weights=undisturbed,
            progress=False,
        )


def test_frozen_blocks_keep_their_weights(pool: Path, undisturbed: Path, tmp_path: Path) -> None:
    config = replace(TINY, frozen_blocks=2, steps=2)
    path = train_embedding(pool, tmp_path, config, threads=1, progress=False)
    frozen, free = load_file(path), load_file(undisturbed)
    moved = {name for name in frozen if not torch.equal(frozen[name], free[name])}
    assert "trunk.blocks.0.layers.0.weight" in moved
    state = load_file(next(tmp_path.glob("checkpoint-*")))
    before = load_file(
        train_embedding(
            pool,
            tmp_path / "still",
            replace(config, lr_trunk=0.0, steps=1),
            threads=1,
            progress=False,
        )
    )
    changed = {n for n in before if not torch.equal(before[n], state[f"network.{n}"].half())}
    assert not {
        n for n in changed if n.startswith(("trunk.stem", "trunk.blocks.0.", "trunk.blocks.1."))
    }
    assert any(n.startswith("trunk.blocks.2.") for n in changed)


@pytest.mark.parametrize("loss", [name for name in LOSSES if name != TINY.loss])
def test_every_loss_trains(loss: str, pool: Path, tmp_path: Path) -> None:
    config = replace(TINY, loss=loss, steps=2, identities=200)
    assert train_embedding(pool, tmp_path, config, threads=1, progress=False).is_file()
    assert log_of(tmp_path)[-1]["loss"] > 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"trunk": "resnet"}, "no trunk named"),
        ({"loss": "triplet"}, "no loss named"),
        ({"views": 1}, "two blocks of two views"),
        ({"steps": 0}, "start at 1"),
        ({"look_alikes": 1.5}, "share"),
    ],
)
def test_a_configuration_checks_itself(wrong: dict[str, str | int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(TINY, **wrong)  # type: ignore[arg-type]

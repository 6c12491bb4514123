"""A crop pool is its seed's bytes, whoever made it and however often that was cut off."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models.training.pool import (
    Block,
    BlockSource,
    CropPool,
    PoolInterruptedError,
    Shard,
    make_pool,
    open_pool,
)

SIDE, VIEWS, BLOCKS = 8, 3, 5


def noise(rng: np.random.Generator) -> Block:
    """Draw a block of random pixels; its identity and group say what was drawn."""
    number = int(rng.integers(1000))
    return rng.integers(0, 256, (VIEWS, SIDE, SIDE, 3), dtype=np.uint8), number, number // 10


@dataclass
class Failing:
    """Draws noise, and does something terrible after so many blocks of its process."""

    blocks: int
    terrible: Callable[[], object]

    def __call__(self, rng: np.random.Generator) -> Block:
        self.blocks -= 1
        if self.blocks < 0:
            self.terrible()
        return noise(rng)


def _make(
    folder: Path, source: BlockSource = noise, *, shards: int = 5, seed: int = 3, workers: int = 2
) -> CropPool:
    return make_pool(
        folder,
        source,
        shards=shards,
        blocks=BLOCKS,
        views=VIEWS,
        side=SIDE,
        seed=seed,
        workers=workers,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _end() -> None:
    os._exit(7)


def _be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    _make(folder)
    return folder


def test_a_pool_holds_blocks_of_rows(undisturbed: Path) -> None:
    pool = open_pool(undisturbed)
    assert (pool.views, pool.side, len(pool.shards)) == (VIEWS, SIDE, 5)
    shard = pool.load(2)
    assert shard.crops.shape == (BLOCKS * VIEWS, SIDE, SIDE, 3)
    assert shard.crops.dtype == np.uint8
    assert shard.identity.dtype == shard.group.dtype == np.int32
    rng = np.random.default_rng((3, 2))
    for block in range(BLOCKS):
        crops, identity, group = noise(rng)
        rows = slice(block * VIEWS, (block + 1) * VIEWS)
        assert np.array_equal(shard.crops[rows], crops)
        assert (shard.identity[rows] == identity).all()
        assert (shard.group[rows] == group).all()


@pytest.mark.parametrize("workers", [1, 3, 9])
def test_the_number_of_workers_changes_no_byte(
    workers: int, undisturbed: Path, tmp_path: Path
) -> None:
    _make(tmp_path, workers=workers)
    assert _bytes(tmp_path) == _bytes(undisturbed)


@pytest.mark.parametrize("terrible", [_end, _be_killed])
def test_cut_off_in_the_middle_and_called_again(
    terrible: Callable[[], object], undisturbed: Path, tmp_path: Path
) -> None:
    with pytest.raises(PoolInterruptedError):
        _make(tmp_path, Failing(BLOCKS + 2, terrible), workers=1)
    assert len(open_pool(tmp_path).shards) == 1  # the second was begun, and is not seen
    _make(tmp_path)
    assert _bytes(tmp_path) == _bytes(undisturbed)


def test_a_scratch_folder_left_behind_is_not_taken(undisturbed: Path, tmp_path: Path) -> None:
    scratch = tmp_path / ".shard-00001"
    scratch.mkdir()
    (scratch / "crops.npy").write_bytes(b"half")
    _make(tmp_path)
    assert _bytes(tmp_path) == _bytes(undisturbed)


def test_an_error_of_the_source_ends_the_making(tmp_path: Path) -> None:
    def wrong(rng: np.random.Generator) -> Block:
        crops, identity, group = noise(rng)
        return crops[:, :4], identity, group

    with pytest.raises(PoolInterruptedError, match="ended with 1"):
        _make(tmp_path, wrong)


def test_a_pool_grows_and_what_is_there_stays(undisturbed: Path, tmp_path: Path) -> None:
    made: list[int] = []
    _make(tmp_path, shards=2)
    before = (tmp_path / "shard-00001" / "crops.npy").stat().st_mtime_ns
    make_pool(
        tmp_path,
        noise,
        shards=5,
        blocks=BLOCKS,
        views=VIEWS,
        side=SIDE,
        seed=3,
        made=made.append,
    )
    assert sorted(made) == [2, 3, 4]
    assert (tmp_path / "shard-00001" / "crops.npy").stat().st_mtime_ns == before
    assert _bytes(tmp_path) == _bytes(undisturbed)


def test_a_pool_of_other_settings_is_refused(undisturbed: Path) -> None:
    before = _bytes(undisturbed)
    with pytest.raises(ValueError, match="other settings"):
        _make(undisturbed, seed=4)
    assert _bytes(undisturbed) == before
    assert json.loads(before["pool.json"])["seed"] == 3


def test_a_folder_without_a_pool_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_pool(tmp_path)


def test_a_shard_of_unequal_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="every crop"):
        Shard(np.zeros((4, 2, 2, 3), np.uint8), np.zeros(4, np.int32), np.zeros(3, np.int32))


_AFTER_THREADS = """
import sys
from pathlib import Path
import cv2
import numpy as np
from tests.training.test_pool import _make
cv2.setNumThreads(4)
cv2.warpAffine(np.zeros((2000, 2000, 3), np.uint8), np.eye(2, 3), (2000, 2000))
_make(Path(sys.argv[1]), shards=2)
print(cv2.getNumThreads())
"""


def test_threads_of_opencv_do_not_hold_up_the_processes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _AFTER_THREADS, str(tmp_path / "pool")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.strip() == "4"  # and they are back afterwards
    assert len(open_pool(tmp_path / "pool").shards) == 2

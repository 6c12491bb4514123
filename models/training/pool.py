"""The crop pool: finished training crops on disk, in shards, so that training never waits for them.

    shard-00007/  crops.npy (n, side, side, 3) uint8, identity.npy (n,) and group.npy (n,) int32

Rows come in blocks of `views` rows of one identity, the enrolment picture first. A shard is made
from the pool's seed and its own number alone, in a scratch folder that is renamed when it is
complete: a pool that was cut off goes on where it stopped and ends with the same bytes.
"""

import json
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError

Block = tuple[NDArray[np.uint8], int, int]
BlockSource = Callable[[np.random.Generator], Block]


class PoolInterruptedError(ModelError):
    """A process that made shards ended early; the same call goes on with what is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """The rows of one shard, in blocks."""

    crops: NDArray[np.uint8]
    identity: NDArray[np.int32]
    group: NDArray[np.int32]

    def __post_init__(self) -> None:
        if not len(self.crops) == len(self.identity) == len(self.group):
            raise ValueError("a shard has one identity and one group for every crop")


@dataclass(frozen=True, slots=True)
class CropPool:
    """A pool's folder, opened for reading."""

    folder: Path
    views: int
    side: int
    shards: tuple[Path, ...]

    def load(self, index: int) -> Shard:
        """Read one shard into memory."""
        folder = self.shards[index]
        return Shard(
            np.load(folder / "crops.npy"),
            np.load(folder / "identity.npy"),
            np.load(folder / "group.npy"),
        )


def open_pool(folder: Path) -> CropPool:
    """Open what is there so far; further shards may come.

    Raises:
        FileNotFoundError: when the folder is no pool.
    """
    about = json.loads((folder / "pool.json").read_text(encoding="utf-8"))
    shards = tuple(sorted(folder.glob("shard-[0-9]*")))
    return CropPool(folder, about["views"], about["side"], shards)


def make_pool(
    folder: Path,
    source: BlockSource,
    *,
    shards: int,
    blocks: int,
    views: int,
    side: int,
    seed: int,
    workers: int = 2,
    made: Callable[[int], None] = lambda _: None,
) -> CropPool:
    """Make the shards that are missing, `blocks` blocks each, in worker processes.

    `source` draws one block from a generator; forked workers inherit it. `made` is called with
    the number of each shard that is done.

    Raises:
        ValueError: when the folder holds a pool of other settings.
        PoolInterruptedError: when a worker failed; what was wrong is on its standard error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = {"views": views, "side": side, "blocks": blocks, "seed": seed}
    settings = folder / "pool.json"
    if settings.exists() and json.loads(settings.read_text(encoding="utf-8")) != about:
        raise ValueError(f"{folder} holds a pool of other settings")
    settings.write_text(json.dumps(about), encoding="utf-8")
    jobs = [
        _Job(folder / f"shard-{number:05d}", blocks, views, side, seed, number)
        for number in range(shards)
        if not (folder / f"shard-{number:05d}").exists()
    ]
    with closing(_in_workers(source, jobs, workers)) as numbers:
        for number in numbers:
            made(number)
    return open_pool(folder)


@dataclass(frozen=True, slots=True)
class _Job:
    target: Path
    blocks: int
    views: int
    side: int
    seed: int
    number: int


def _in_workers(
    source: BlockSource, jobs: Sequence[_Job], workers: int
) -> Generator[int, None, None]:
    """Yield the numbers of shards as they are made, every worker taking its own row of jobs."""
    at_work: dict[Connection, ForkProcess] = {}
    for first in range(min(workers, len(jobs))):
        receiver, process = _started(source, jobs[first::workers])
        at_work[receiver] = process
    try:
        while at_work:
            for ready in wait(list(at_work)):
                assert isinstance(ready, Connection)  # noqa: S101  nothing else was waited for
                try:
                    yield int.from_bytes(ready.recv_bytes())
                except EOFError:
                    _check_ended(at_work.pop(ready))
    finally:
        for process in at_work.values():
            process.terminate()
            process.join()


def _started(source: BlockSource, jobs: Sequence[_Job]) -> tuple[Connection, ForkProcess]:
    # Forked: the source with its photos is shared, and nothing but numbers goes through the pipe.
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(source, jobs, sender), daemon=True)
    # OpenCV's threads do not survive a fork, and a child that tidies them up waits for ever. So
    # they are sent home before it, which also leaves each child with one thread: one process a
    # core is faster than threads inside each.
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        process.start()
    finally:
        cv2.setNumThreads(threads)
    sender.close()  # the worker's copy is the last one: its end is the end of the pipe
    return receiver, process


def _check_ended(process: ForkProcess) -> None:
    process.join()
    if process.exitcode:
        raise PoolInterruptedError(f"a process that made shards ended with {process.exitcode}")


def _work(source: BlockSource, jobs: Sequence[_Job], sender: Connection) -> None:
    for job in jobs:
        _make_shard(source, job)
        sender.send_bytes(job.number.to_bytes(4))


def _make_shard(source: BlockSource, job: _Job) -> None:
    rng = np.random.default_rng((job.seed, job.number))
    crops = np.empty((job.blocks * job.views, job.side, job.side, 3), np.uint8)
    identity = np.empty(len(crops), np.int32)
    group = np.empty(len(crops), np.int32)
    for block in range(job.blocks):
        rows = slice(block * job.views, (block + 1) * job.views)
        crops[rows], identity[rows], group[rows] = source(rng)
    scratch = job.target.with_name(f".{job.target.name}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    np.save(scratch / "crops.npy", crops)
    np.save(scratch / "identity.npy", identity)
    np.save(scratch / "group.npy", group)
    scratch.rename(job.target)

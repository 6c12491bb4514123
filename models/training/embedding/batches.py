"""Draws batches from a crop pool, the same ones from the same seed, however often it is resumed.

    pool ─▶ window of a few shards in memory ─▶ plan: which blocks meet in a batch
         ─▶ gather, resize, augment (a thread, some batches ahead) ─▶ (blocks * views) crops

An epoch is one pass over the shards that lie in the pool when it begins; shards that are added
later belong to the next. Chance comes from the seed, the epoch and the step alone, never from the
timing of the thread. The plan of a window depends on what the network thought of the marks when
the window began, so it is kept in the state rather than made again.
"""

from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.embedding.augmentation import Crop, augment
from models.training.embedding.config import EmbeddingConfig
from models.training.embedding.planning import Looks, plan_batches
from models.training.pool import CropPool, open_pool
from models.training.prefetch import prefetched


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Crops of several identities, `views` rows each, block by block; row 0 of a block is clean."""

    crops: Tensor  # (B, size, size, 3) uint8
    identity: Tensor  # (B,) int64
    group: Tensor  # (B,) int64
    views: int

    def __post_init__(self) -> None:
        rows = len(self.crops)
        if len(self.identity) != rows or len(self.group) != rows or rows % self.views:
            raise ValueError(f"{rows} crops, {len(self.identity)} identities, {self.views} views")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the pool a window lies."""

    epoch: int
    window: int
    shards: tuple[int, ...]  # numbers of those in the pool when the epoch began

    def chosen(self, config: EmbeddingConfig) -> list[int]:
        order = _chance(config, 1, self.epoch).permutation(self.shards)
        first = self.window * config.window
        return [int(number) for number in order[first : first + config.window]]


class _Window:
    """Some shards in memory, their blocks numbered through."""

    def __init__(self, pool: CropPool, numbers: list[int]) -> None:
        self._views = pool.views
        listed = _numbers_of(pool)
        shards = [pool.load(listed.index(number)) for number in numbers]
        self._blocks = [
            (shard.crops, row)
            for shard in shards
            for row in range(0, len(shard.identity), pool.views)
        ]
        self.identity = _block_numbers([s.identity for s in shards], pool.views)  # (blocks,)
        self.group = _block_numbers([s.group for s in shards], pool.views)

    def crops(self, block: int, views: int, rng: np.random.Generator) -> Crop:
        """Return the clean row of a block and `views - 1` of its composites."""
        crops, row = self._blocks[block]
        others = 1 + rng.permutation(self._views - 1)[: views - 1]
        return np.asarray(crops[row + np.array([0, *others])], np.uint8)


def _numbers_of(pool: CropPool) -> tuple[int, ...]:
    """Return the shards' own numbers: a later shard can be there before an earlier one."""
    return tuple(int(folder.name.partition("-")[2]) for folder in pool.shards)


def _block_numbers(every: list[NDArray[np.int32]], views: int) -> NDArray[np.int64]:
    return np.concatenate([numbers[::views] for numbers in every]).astype(np.int64)


def _chance(config: EmbeddingConfig, use: int, *numbers: int) -> np.random.Generator:
    return np.random.default_rng((config.seed, use, *numbers))


class BatchSource:
    """An endless series of batches from a pool that may grow meanwhile."""

    def __init__(self, folder: Path, config: EmbeddingConfig) -> None:
        """Open the pool.

        Raises:
            ValueError: when its blocks have fewer views than a batch is to have.
        """
        self._folder = folder
        self._config = config
        self._looks = Looks(config.dim)
        self._place = _Place(-1, 0, ())
        self._plan: NDArray[np.int32] = np.zeros((0, config.blocks), np.int32)
        self._position = 0
        if open_pool(folder).views < config.views:
            raise ValueError(f"blocks of the pool have fewer than {config.views} views")

    def tensors(self) -> dict[str, Tensor]:
        """Return the state after the batch handed out last."""
        place = self._place
        return {
            "batches.place": torch.tensor([place.epoch, place.window, self._position]),
            "batches.shards": torch.tensor(place.shards, dtype=torch.int64),
            "batches.plan": torch.from_numpy(self._plan),
            "batches.looks": self._looks.rows,
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on where `tensors` was taken."""
        epoch, window, self._position = tensors["batches.place"].tolist()
        self._place = _Place(epoch, window, tuple(tensors["batches.shards"].tolist()))
        self._plan = np.asarray(tensors["batches.plan"].numpy(), np.int32)
        self._looks.rows = tensors["batches.looks"]

    def observe(self, batch: Batch, rows: Tensor) -> None:
        """Tell what the network makes of a batch, for the plans of later windows."""
        if self._config.look_alikes > 0:
            self._looks.observe(batch.identity, rows)

    def batches(self, step: int) -> Generator[Batch, None, None]:
        """Yield batches for ever, the first of them for this step.

        Raises:
            ValueError: when the pool has too few blocks for one batch.
        """
        with ThreadPoolExecutor(1) as loader:
            window = self._load(self._place) if self._position < len(self._plan) else None
            while True:
                upcoming = self._after(self._place)
                waiting = loader.submit(self._load, upcoming)
                if window is not None:
                    left = range(self._position, len(self._plan))
                    for batch in prefetched(self._maker(window, step), left):
                        self._position += 1
                        step += 1
                        yield batch
                window = self._begin(upcoming, waiting)

    def _begin(self, place: _Place, waiting: "Future[_Window]") -> _Window:
        window = waiting.result()
        config = self._config
        rng = _chance(config, 2, place.epoch, place.window)
        near = self._looks.neighbours(window.identity, window.group)
        share = config.look_alikes
        self._plan = plan_batches(window.group, near, config.blocks, share, rng)
        self._place, self._position = place, 0
        return window

    def _after(self, place: _Place) -> _Place:
        if (place.window + 1) * self._config.window < len(place.shards):
            return _Place(place.epoch, place.window + 1, place.shards)
        return _Place(place.epoch + 1, 0, _numbers_of(open_pool(self._folder)))

    def _load(self, place: _Place) -> _Window:
        if not place.shards:
            raise ValueError(f"{self._folder} has no shards yet")
        window = _Window(open_pool(self._folder), place.chosen(self._config))
        if len(window.identity) < self._config.blocks and place.window == 0:
            raise ValueError(f"{self._folder} has fewer blocks than a batch")
        return window

    def _maker(self, window: _Window, step: int) -> Callable[[int], Batch]:
        config, plan, first = self._config, self._plan, self._position

        def make(position: int) -> Batch:
            rng = _chance(config, 3, step + position - first)
            return _gather(window, plan[position], config, rng)

        return make


def _gather(
    window: _Window, blocks: NDArray[np.int32], config: EmbeddingConfig, rng: np.random.Generator
) -> Batch:
    crops = np.concatenate([window.crops(int(n), config.views, rng) for n in blocks])
    crops = resized(crops, config.size)
    return Batch(
        torch.from_numpy(augment(crops, rng) if config.augment else crops),
        torch.from_numpy(window.identity[blocks].repeat(config.views)),
        torch.from_numpy(window.group[blocks].repeat(config.views)),
        config.views,
    )


def resized(crops: Crop, size: int) -> Crop:
    """Return `(N, size, size, 3)` crops, by area where they shrink."""
    side = crops.shape[1]
    if side == size:
        return crops
    how = cv2.INTER_AREA if size < side else cv2.INTER_LINEAR
    return np.stack([np.asarray(cv2.resize(c, (size, size), interpolation=how)) for c in crops])

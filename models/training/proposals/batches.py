"""Batches by number: batch 700 of a run is the same whether or not the run was stopped before.

Every slot of a batch draws its pool, its scene and its crop from a generator seeded with the run's
seed, the batch's number and the slot's. A thread prepares the next batches during a step.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.training.prefetch import prefetched
from models.training.proposals.augment import TrainingCrop, training_crop
from models.training.proposals.config import ProposalConfig
from models.training.proposals.pool import ScenePool


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Crops with their boxes, padded to the most boxes that one of them has."""

    pixels: Tensor  # (N, size, size, 3) uint8
    boxes: Tensor  # (N, G, 4) float32, zeros where absent
    kinds: Tensor  # (N, G) int8: ABSENT, PRESENT or IGNORED
    trust: Tensor  # (N,)

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(*(t.to(device) for t in (self.pixels, self.boxes, self.kinds, self.trust)))


def make_batch(pools: Sequence[ScenePool], config: ProposalConfig, number: int) -> Batch:
    """Return the batch of that number."""
    shares = np.array(config.shares or [len(pool) for pool in pools], np.float64)
    crops: list[TrainingCrop] = []
    for slot in range(config.batch):
        rng = np.random.default_rng((config.seed, number, slot))
        pool = pools[int(rng.choice(len(pools), p=shares / shares.sum()))]
        scene = pool[int(rng.integers(len(pool)))]
        crops.append(training_crop(scene, rng, config.size, config.scale))
    return _stacked(crops)


def batches_from(
    pools: Sequence[ScenePool], config: ProposalConfig, first: int
) -> Iterator[tuple[int, Batch]]:
    """Return batches `first` to the last of the run with their numbers, prepared ahead."""
    numbers = range(first, config.steps)
    made = prefetched(lambda number: make_batch(pools, config, number), numbers)
    return zip(numbers, made, strict=True)


def _stacked(crops: list[TrainingCrop]) -> Batch:
    most = max(1, *(len(crop.boxes) for crop in crops))
    boxes = np.zeros((len(crops), most, 4), np.float32)
    kinds = np.zeros((len(crops), most), np.int8)
    for row, crop in enumerate(crops):
        boxes[row, : len(crop.boxes)] = crop.boxes
        kinds[row, : len(crop.boxes)] = crop.kinds
    pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops]))
    trust = torch.tensor([crop.trust for crop in crops])
    return Batch(pixels, torch.from_numpy(boxes), torch.from_numpy(kinds), trust)

"""Decides which blocks of a window go into one batch: look-alikes together, one group once.

    rows seen in training ─▶ what each identity looks like ─▶ its neighbours in the window ─▶ plan

A mark is told from a hundred random ones after an hour of training; what is left to learn is in
those it is taken for. They are found among the rows that training computes anyway, so that mining
costs one matrix product per window and no pass of the network.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_CLUSTER = 4  # a mark and its look-alikes in one batch
_LASTING = 500_000  # identities from here on are seen once (a patch of a photo): no look is kept
_NEIGHBOURS = 32  # of which most are used up, absent from the window, or of one group


class Looks:
    """What each identity looked like when it was last trained on: one unit row each."""

    def __init__(self, dim: int) -> None:
        self.rows = torch.zeros(0, dim)  # (identities, dim); zeros where never seen

    def observe(self, identity: Tensor, rows: Tensor) -> None:
        """Take in `(N, dim)` rows of `(N,)` identities; half of the earlier look stays."""
        identity, rows = identity.cpu(), rows.detach().float().cpu()
        lasting = identity < _LASTING
        identity, rows = identity[lasting], rows[lasting]
        if not len(identity):
            return
        missing = int(identity.max()) + 1 - len(self.rows)
        if missing > 0:
            self.rows = torch.cat([self.rows, torch.zeros(missing, self.rows.shape[1])])
        seen, places = torch.unique(identity, return_inverse=True)
        sums = torch.zeros(len(seen), rows.shape[1]).index_add_(0, places, rows)
        mixed = self.rows[seen] + torch.nn.functional.normalize(sums, dim=1)
        self.rows[seen] = torch.nn.functional.normalize(mixed, dim=1)

    def neighbours(
        self, identity: NDArray[np.int64], group: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return `(N, k)` places of the most alike blocks of other groups, best first; -1: none."""
        numbers, groups = torch.from_numpy(identity), torch.from_numpy(group)
        known = numbers < len(self.rows)
        rows = torch.zeros(len(numbers), self.rows.shape[1])
        rows[known] = self.rows[numbers[known]]
        seen = rows.any(1)
        found = []
        for part in torch.split(torch.arange(len(rows)), 512):
            similarity = rows[part] @ rows.T
            never = (groups[part][:, None] == groups[None]) | ~seen[None] | ~seen[part][:, None]
            best = similarity.masked_fill(never, -2.0).topk(min(_NEIGHBOURS, len(rows)), dim=1)
            found.append(best.indices.masked_fill(best.values < -1.5, -1))
        return np.asarray(torch.cat(found).numpy(), np.int64)


def plan_batches(
    group: NDArray[np.int64],
    neighbours: NDArray[np.int64],
    size: int,
    share: float,
    rng: np.random.Generator,
) -> NDArray[np.int32]:
    """Return `(batches, size)` places of blocks, each block at most once.

    Args:
        group: `(N,)` group of each block; no batch has one twice unless nothing else is left.
        neighbours: `(N, k)` places of look-alikes, -1 for none.
        size: blocks in a batch.
        share: the part of a batch that is filled with look-alikes of one another.
        rng: the only source of chance.
    """
    pending = _Pending(group, rng.permutation(len(group)).tolist())
    plan = np.zeros((len(group) // size, size), np.int32)
    for batch in plan:
        taken: list[int] = []
        groups: set[int] = set()
        while len(taken) < size:
            seed = pending.draw(groups)
            taken.append(seed)
            room = min(_CLUSTER - 1, round(share * size) - len(taken))
            near = pending.near(neighbours[seed], groups)
            taken.extend(islice(near, max(0, room)))
        batch[:] = taken
    return plan


class _Pending:
    """The blocks of a window that no batch has yet."""

    def __init__(self, group: NDArray[np.int64], order: list[int]) -> None:
        self._group = group.tolist()
        self._order = order[::-1]
        self._free = set(order)

    def draw(self, groups: set[int]) -> int:
        """Take the next block whose group is not among `groups`, or the next if none is."""
        while self._order[-1] not in self._free:
            self._order.pop()
        free = (n for n in reversed(self._order) if n in self._free)
        fitting = (n for n in free if self._group[n] not in groups)
        place = next(fitting, self._order[-1])
        self._take(place, groups)
        return place

    def near(self, places: NDArray[np.int64], groups: set[int]) -> Iterator[int]:
        """Take those of the places that are free and fit, one by one."""
        for place in places.tolist():
            if place in self._free and self._group[place] not in groups:
                self._take(place, groups)
                yield place

    def _take(self, place: int, groups: set[int]) -> None:
        self._free.discard(place)
        groups.add(self._group[place])

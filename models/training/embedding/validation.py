"""Recall on a held-out crop pool: does a composite find the clean rendition of its own mark?

The gallery holds one clean row per identity, the queries are composites. A query's rank counts
every gallery row that is at least as similar as its own: ties are counted against the network.
Other identities of the query's own group are left out, being neither right nor wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.embedding.batches import resized
from models.training.pool import open_pool

_BATCH = 128


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the queries whose own mark came first, and among the first five."""

    at_1: float
    at_5: float
    queries: int

    def __post_init__(self) -> None:
        if not 0 <= self.at_1 <= self.at_5 <= 1 or self.queries < 1:
            raise ValueError(f"not a recall: {self.at_1}, {self.at_5} of {self.queries}")


@dataclass(frozen=True, slots=True, eq=False)
class ValidationSet:
    """Crops to embed, with what is clean among them."""

    crops: NDArray[np.uint8]  # (N, size, size, 3)
    identity: Tensor  # (N,)
    group: Tensor  # (N,)
    clean: Tensor  # (N,) bool


def read_validation(folder: Path, blocks: int, size: int) -> ValidationSet:
    """Read at most that many blocks of a pool, in its order, resized to `size`."""
    pool = open_pool(folder)
    crops, identity, group = [], [], []
    wanted = blocks * pool.views
    for number in range(len(pool.shards)):
        if wanted <= 0:
            break
        shard = pool.load(number)
        crops.append(resized(np.asarray(shard.crops[:wanted]), size))
        identity.append(shard.identity[:wanted])
        group.append(shard.group[:wanted])
        wanted -= len(crops[-1])
    numbers = torch.from_numpy(np.concatenate(identity).astype(np.int64))
    return ValidationSet(
        np.concatenate(crops),
        numbers,
        torch.from_numpy(np.concatenate(group).astype(np.int64)),
        torch.arange(len(numbers)) % pool.views == 0,
    )


@torch.no_grad()
def recall_on(held_out: ValidationSet, embed: Callable[[Tensor], Tensor]) -> Recall:
    """Return the recall of an embedding, `(N, size, size, 3)` uint8 to `(N, dim)` unit rows."""
    crops = torch.from_numpy(held_out.crops)
    rows = torch.cat([embed(part).float().cpu() for part in torch.split(crops, _BATCH)])
    return recall(rows, held_out.identity, held_out.group, held_out.clean)


@torch.no_grad()
def recall(rows: Tensor, identity: Tensor, group: Tensor, clean: Tensor) -> Recall:
    """Return the recall of `(N, dim)` unit rows of which some are the clean ones.

    Raises:
        ValueError: when there is no composite.
    """
    first = _first_of_each(identity, clean)
    queries = ~clean & torch.isin(identity, identity[first])
    similarity = rows[queries] @ rows[first].T
    own = identity[queries][:, None] == identity[first][None]
    rivals = group[queries][:, None] != group[first][None]
    mine = similarity.masked_fill(~own, -2.0).amax(1, keepdim=True)
    ahead = ((similarity >= mine) & rivals).sum(1)
    # Rows that are not numbers compare as false with everything, and would seem to win.
    ahead[~torch.isfinite(mine[:, 0])] = len(first)
    return Recall(_share(ahead < 1), _share(ahead < 5), len(ahead))


def _first_of_each(identity: Tensor, clean: Tensor) -> Tensor:
    places: dict[int, int] = {}
    for place in clean.nonzero()[:, 0].tolist():
        places.setdefault(int(identity[place]), place)
    return torch.tensor(list(places.values()), dtype=torch.int64, device=identity.device)


def _share(hits: Tensor) -> float:
    return float(hits.double().mean())

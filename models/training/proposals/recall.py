"""How many motifs a proposer finds: the share of boxes that one of its first few boxes fits.

Only learned boxes count, never the whole photo or the grid. Sizes are told apart by a box's longest
side as a share of the photo's short side, since that decides more than anything else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.proposers.suppression import overlaps
from models.regions import Photo, Regions
from models.training.proposals.scene import Floats, size_shares

SIZE_EDGES = (0.05, 0.1, 0.2, 0.4)


class ScoredProposer(Protocol):
    """A proposer that ranks its boxes."""

    def scored(self, photo: Photo) -> tuple[Regions, Floats]:
        """Return boxes, best first, and their scores."""


@dataclass(frozen=True, slots=True)
class RecallBySize:
    """Boxes found and boxes there: below the first edge, between edges, from the last edge on."""

    found: tuple[int, ...]
    there: tuple[int, ...]
    edges: tuple[float, ...] = SIZE_EDGES

    def __post_init__(self) -> None:
        if not len(self.found) == len(self.there) == len(self.edges) + 1:
            raise ValueError("there is one bucket more than there are edges")
        if any(not 0 <= f <= t for f, t in zip(self.found, self.there, strict=True)):
            raise ValueError("no more boxes are found than are there")

    @property
    def overall(self) -> float:
        """The share found of all boxes; not a number without boxes."""
        return _share(sum(self.found), sum(self.there))

    def above(self, edge: float) -> float:
        """Return the share found of the boxes from one of the edges on."""
        first = self.edges.index(edge) + 1
        return _share(sum(self.found[first:]), sum(self.there[first:]))

    def by_size(self) -> dict[str, float]:
        """Return the share of each bucket, such as `{"<0.05": 0.4, "0.05-0.1": 0.8, …}`."""
        edges = [f"{edge:g}" for edge in self.edges]
        inner = [f"{low}-{high}" for low, high in pairwise(edges)]
        names = (f"<{edges[0]}", *inner, f">={edges[-1]}")
        return dict(zip(names, map(_share, self.found, self.there), strict=True))


def proposal_recall(
    proposer: ScoredProposer,
    photos: Iterable[tuple[Photo, Sequence[Sequence[float]] | Floats]],
    *,
    count: int = 24,
    overlap: float = 0.5,
    edges: tuple[float, ...] = SIZE_EDGES,
) -> RecallBySize:
    """Count the boxes that one of the proposer's first `count` boxes overlaps by `overlap`.

    Args:
        proposer: what is judged.
        photos: each photo with its true boxes, `(n, 4)` in its pixels.
        count: how many boxes of a photo may be looked at.
        overlap: the least intersection over union of a hit.
        edges: where one bucket of sizes ends and the next begins.
    """
    found, there = np.zeros(len(edges) + 1, int), np.zeros(len(edges) + 1, int)
    for photo, listed in photos:
        boxes = np.asarray(listed, np.float32).reshape(-1, 4)
        hits = best_overlaps(proposer.scored(photo)[0], boxes, count) >= overlap
        buckets = np.searchsorted(edges, size_shares(photo, boxes), side="right")
        np.add.at(there, buckets, 1)
        np.add.at(found, buckets[hits], 1)
    return RecallBySize(tuple(map(int, found)), tuple(map(int, there)), edges)


def best_overlaps(regions: Regions, boxes: Floats, count: int) -> NDArray[np.float32]:
    """Return, for each true box, the best overlap among the first `count` regions."""
    shared = overlaps(boxes, regions.boxes[:count].astype(np.float32))
    return np.asarray(shared.max(axis=1, initial=0.0), np.float32)


def _share(found: int, there: int) -> float:
    return found / there if there else float("nan")

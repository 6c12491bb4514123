"""Which identities training sees, and how often: marks of each kind, photo patches, real boxes.

A block source for the crop pool. Numbers of identities never collide: marks carry their place in
the store, patches a number of their own each time, real brands one number for each.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.training.compositing.views import RealBox, ViewMaker
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from models.training.pool import Block

_REAL_BASE = 1_000_000
_PATCH_BASE = 2_000_000
_PATCHES = 2**30
_PICTOGRAMS = frozenset({"game-icons", "noto", "arcticons", "circle-flags", "health-icons"})


def kind_of(mark: Mark) -> str:
    """Return the kind that decides how often a mark is drawn."""
    if mark.source == "wordmarks":
        return "wordmark"
    if mark.source in _PICTOGRAMS:
        return "pictogram"
    return "tinted" if mark.tinted else "coloured"


SHARES: Mapping[str, float] = {
    "tinted": 0.25,
    "coloured": 0.26,
    "wordmark": 0.17,
    "pictogram": 0.08,
    "patch": 0.14,
    "real": 0.1,
}
MARKS_ONLY: Mapping[str, float] = {
    kind: share for kind, share in SHARES.items() if kind not in ("patch", "real")
}


class MixedBlocks:
    """Draws blocks of `views` rows: the kind by `SHARES`, then an identity evenly within it."""

    def __init__(
        self,
        store: MarkStore,
        marks: Sequence[Mark],
        photos: Sequence[NDArray[np.uint8]],
        real: Mapping[str, Sequence[RealBox]],
        *,
        side: int = 128,
        views: int = 4,
        shares: Mapping[str, float] = SHARES,
    ) -> None:
        self._store = store
        self._maker = ViewMaker(store, photos, side)
        self._real = [real[brand] for brand in sorted(real)]
        self._real_groups = self._groups_of(sorted(real))
        self._views = views
        self._place = {mark.identity: place for place, mark in enumerate(store.marks)}
        self._by_kind: dict[str, list[Mark]] = {}
        for mark in marks:
            self._by_kind.setdefault(kind_of(mark), []).append(mark)
        present = {*self._by_kind, "patch"} | ({"real"} if real else set())
        self._kinds = [kind for kind in shares if kind in present]
        weights = np.array([shares[kind] for kind in self._kinds])
        self._shares = weights / weights.sum()

    def __call__(self, rng: np.random.Generator) -> Block:
        """Return `(views, side, side, 3)` crops, the identity's number, its group's number."""
        kind = str(rng.choice(self._kinds, p=self._shares))
        if kind == "patch":
            number = _PATCH_BASE + int(rng.integers(_PATCHES))
            return self._maker.of_patch(self._views, rng), number, number
        if kind == "real":
            brand = int(rng.integers(len(self._real)))
            crops = self._maker.of_real(self._real[brand], self._views, rng)
            return crops, _REAL_BASE + brand, self._real_groups[brand]
        marks = self._by_kind[kind]
        mark = marks[rng.integers(len(marks))]
        crops = self._maker.of_mark(mark, self._views, rng)
        return crops, self._place[mark.identity], self._store.group(mark)

    def _groups_of(self, brands: Sequence[str]) -> list[int]:
        known = {mark.brand: self._store.group(mark) for mark in self._store.marks}
        return [known.get(brand.lower(), _REAL_BASE + place) for place, brand in enumerate(brands)]

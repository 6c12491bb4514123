"""The prepared marks, read-only: which there are, their pixels, and which are the same.

    index.json ─▶ marks, groups, places ─▶ rgba(mark): one PNG out of a mapped pack, under 1 ms

A pack is mapped, not read: processes forked from one that opened the store share its pages and no
file position. The store never writes, and never makes what is missing: that is `prepare_marks`.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.training.marks.errors import StoreError
from models.training.marks.mark import Mark
from models.training.marks.packs import Pack, decode, pack_paths, replace_json

INDEX: Final = "index.json"
_FORMAT: Final = 1


class MarkStore:
    """A read-only view of a prepared folder."""

    def __init__(self, folder: Path, index: dict[str, Any]) -> None:
        sources: list[str] = index["sources"]
        columns = index["marks"]
        self._folder = folder
        self._maps: dict[str, NDArray[np.uint8]] = {}
        self._offsets: list[int] = columns["offset"]
        self._lengths: list[int] = columns["length"]
        self._groups: list[int] = columns["group"]
        self.recipe: str = index["recipe"]
        named = ("identity", "brand", "source", "split", "tinted")
        self.marks: tuple[Mark, ...] = tuple(
            Mark(identity, brand, sources[source], split, bool(tinted))
            for identity, brand, source, split, tinted in zip(
                *(columns[name] for name in named), strict=True
            )
        )
        self._places = {mark.identity: place for place, mark in enumerate(self.marks)}
        if len(self._places) != len(self._offsets):
            raise StoreError(f"{folder / INDEX} names a mark twice")

    @classmethod
    def open(cls, folder: Path) -> "MarkStore":
        """Open what `prepare_marks` left in a folder.

        Raises:
            StoreError: there is no index, or it is damaged or of another format.
        """
        path = folder / INDEX
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read: prepare the marks first") from error
        if not isinstance(index, dict) or index.get("format") != _FORMAT:
            raise StoreError(f"{path} is of another format: prepare the marks again")
        try:
            return cls(folder, index)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise StoreError(f"{path} is damaged: prepare the marks again") from error

    def rgba(self, mark: Mark) -> NDArray[np.uint8]:
        """Return a mark's pixels: (h, w, 4), straight alpha, tight, longest side 192 px.

        A tinted mark is black. The array is the caller's own.

        Raises:
            StoreError: the mark is not of this store, or its pack is missing or damaged.
        """
        place = self._place(mark)
        pack = self._maps.get(mark.source)
        if pack is None:
            pack = self._map(mark.source)
        offset = self._offsets[place]
        return decode(pack[offset : offset + self._lengths[place]])

    def group(self, mark: Mark) -> int:
        """Return the number of a mark's group: marks of one brand, or of one picture."""
        return self._groups[self._place(mark)]

    def select(self, split: str, sources: Collection[str] | None = None) -> tuple[Mark, ...]:
        """Return the marks of one side, of some sources or of all, in the store's order."""
        return tuple(
            mark
            for mark in self.marks
            if mark.split == split and (sources is None or mark.source in sources)
        )

    def _place(self, mark: Mark) -> int:
        try:
            return self._places[mark.identity]
        except KeyError as error:
            raise StoreError(f"the store has no mark {mark.identity}") from error

    def _map(self, source: str) -> NDArray[np.uint8]:
        path, _ = pack_paths(self._folder, source)
        try:
            self._maps[source] = np.asarray(np.memmap(path, np.uint8, mode="r"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read: prepare the marks again") from error
        return self._maps[source]


def write_index(
    folder: Path, recipe: str, packs: Sequence[Pack], splits: Sequence[str], groups: Sequence[int]
) -> None:
    """Write `index.json` over packs; sides and groups run through the packs' rows in order."""
    rows = [(place, row) for place, pack in enumerate(packs) for row in pack.rows]
    if not len(rows) == len(splits) == len(groups):
        raise ValueError("sides and groups do not match the packs' rows")
    columns: dict[str, list[Any]] = {
        "identity": [row.identity for _, row in rows],
        "brand": [row.brand for _, row in rows],
        "source": [place for place, _ in rows],
        "split": list(splits),
        "tinted": [int(row.tinted) for _, row in rows],
        "offset": [row.offset for _, row in rows],
        "length": [row.length for _, row in rows],
        "group": list(groups),
    }
    sources = [pack.source for pack in packs]
    index = {"format": _FORMAT, "recipe": recipe, "sources": sources, "marks": columns}
    replace_json(folder / INDEX, index)

"""Windows over a photo's cells, each described by what is in it, around it and on its four sides.

A lens that is out of focus blurs a background up to the photo's border; a patch that somebody
blurred is sharp again on every side. So a window is held against its ring and against the side that
differs least from it. All numbers come from one summed-area table.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.concealment.maps import CELL, MAPS, Floats

SIDES = (4, 6, 9, 14, 20)  # of a window, in cells: 32 to 160 pixels
_AT = {name: place for place, name in enumerate(MAPS)}
_LOGGED = ("fine", "middle", "coarse", "slope", "strong", "step", "axis")
_PLAIN = ("flat", "skin", "white")
_TINY = 0.02
_CALM = 0.5  # of 255: what detail is counted above

Boxes = NDArray[np.int32]  # (windows, 4) in cells: left, top, right, bottom


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of one photo: `boxes` in cells and `features`, `(windows, len(FEATURES))`."""

    boxes: Boxes
    features: Floats

    def pixels(self, place: int, scale: float) -> tuple[int, int, int, int]:
        """Return a window's box in pixels of the photo that was scaled by `scale`."""
        left, top, right, bottom = (round(edge * CELL / scale) for edge in self.boxes[place])
        return left, top, right, bottom


def windows_of(cells: Floats) -> Windows:
    """Describe every window of a photo's cells, `(rows, columns, maps)`."""
    rows, columns = cells.shape[:2]
    table = np.zeros((rows + 1, columns + 1, len(MAPS)), np.float64)
    table[1:, 1:] = cells.astype(np.float64).cumsum(0).cumsum(1)
    boxes = _boxes(rows, columns)
    return Windows(boxes, _features(table, boxes))


def _boxes(rows: int, columns: int) -> Boxes:
    found = []
    for side in SIDES:
        if side > min(rows, columns):
            continue
        step = side // 2
        for top in _starts(rows, side, step):
            found += [(left, top, left + side, top + side) for left in _starts(columns, side, step)]
    return np.asarray(found, np.int32).reshape(-1, 4)


def _starts(length: int, side: int, step: int) -> list[int]:
    return sorted({*range(0, length - side + 1, step), length - side})


def _means(table: NDArray[np.float64], boxes: Boxes) -> tuple[Floats, Floats]:
    """Return `(n, maps)` means and `(n, 1)` numbers of cells; zeros where a box is empty."""
    left, top, right, bottom = boxes.T
    sums = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    count = ((right - left) * (bottom - top))[:, np.newaxis]
    return (sums / np.maximum(count, 1)).astype(np.float32), count.astype(np.float32)


def _around(boxes: Boxes, rows: int, columns: int) -> list[Boxes]:
    """Return the four sides of each window, half as deep as it is wide, clipped to the photo."""
    left, top, right, bottom = boxes.T
    deep = np.maximum((right - left) // 2, 2)
    west, east = np.maximum(left - deep, 0), np.minimum(right + deep, columns)
    north, south = np.maximum(top - deep, 0), np.minimum(bottom + deep, rows)
    return [
        np.stack(edges, 1)
        for edges in (
            (west, top, left, bottom), (right, top, east, bottom),
            (left, north, right, top), (left, bottom, right, south),
        )
    ]  # fmt: skip


def _tell(means: Floats) -> Floats:
    """Turn means of maps into `(n, len(_TOLD))` numbers that compare."""

    def at(name: str) -> Floats:
        return means[:, _AT[name]]

    def spread(name: str) -> Floats:
        variance = np.maximum(at(f"{name}2") - at(name) ** 2, 0)
        return np.asarray(np.sqrt(variance), np.float32)

    logs = [np.log(at(name) + (_CALM if name in ("fine", "middle", "coarse", "slope") else _TINY))
            for name in _LOGGED]  # fmt: skip
    told = [
        *logs,
        logs[0] - logs[1],
        logs[1] - logs[2],
        np.log(spread("light") + _CALM),
        np.log(np.hypot(spread("red"), spread("blue")) + _CALM),
        np.log((at("slope4") + 1) / (at("slope2") ** 2 + 1)),
        *(at(name) for name in _PLAIN),
        np.log(at("comb across") + 0.01),
        np.log(at("comb down") + 0.01),
        np.log(np.minimum(at("comb across"), at("comb down")) + 0.01),
    ]
    return np.stack(told, 1).astype(np.float32)


_TOLD = (
    *_LOGGED,
    "fine-middle",
    "middle-coarse",
    "spread",
    "chroma",
    "peaked",
    *_PLAIN,
    "comb across",
    "comb down",
    "comb",
)
_SIDED = tuple(_TOLD.index(name) for name in ("fine", "middle", "slope", "flat", "spread", "comb"))
FEATURES = (
    *_TOLD,
    *(f"{name} over ring" for name in _TOLD),
    *(f"{_TOLD[place]} over nearest side" for place in _SIDED),
    *(f"{name} of photo" for name in _TOLD),
    "contrast", "least contrast", "light", "red", "blue", "size", "off centre", "open sides",
)  # fmt: skip


def _features(table: NDArray[np.float64], boxes: Boxes) -> Floats:
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    means, _ = _means(table, boxes)
    inner = _tell(means)
    sides = [_means(table, side) for side in _around(boxes, rows, columns)]
    counts = np.stack([count for _, count in sides])  # (4, n, 1)
    total = np.maximum(counts.sum(0), 1)
    ring = sum(mean * count for mean, count in sides) / total
    photo, _ = _means(table, np.array([[0, 0, columns, rows]], np.int32))
    colours = [_AT[name] for name in ("light", "red", "blue")]
    gaps, told = [], []
    for mean, count in sides:
        there = count > 0
        gap = np.linalg.norm(mean[:, colours] - means[:, colours], axis=1, keepdims=True)
        gaps.append(np.where(there, gap, np.inf))
        told.append(np.where(there, np.abs(_tell(mean)[:, _SIDED] - inner[:, _SIDED]), np.inf))
    nearest = np.min(told, axis=0)
    least = np.min(gaps, axis=0)
    places = np.stack(
        [
            np.linalg.norm(ring[:, colours] - means[:, colours], axis=1),
            np.where(np.isfinite(least), least, 0)[:, 0],
            *(means[:, place] for place in colours),
            (boxes[:, 2] - boxes[:, 0]) / min(rows, columns),
            np.hypot(*((boxes[:, :2] + boxes[:, 2:]) / 2 / (columns, rows) - 0.5).T),
            (counts[..., 0] == 0).sum(0),
        ],
        1,
    )
    return np.concatenate(
        [
            inner,
            inner - _tell(ring),
            np.where(np.isfinite(nearest), nearest, 0),
            np.broadcast_to(_tell(photo), inner.shape),
            places,
        ],
        1,
    ).astype(np.float32)

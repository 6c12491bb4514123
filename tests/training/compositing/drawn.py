"""A tiny store of drawn marks, and ordinary photos to put them on."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.marks.packs import Candidate, write_pack
from models.training.marks.rendering import SIDE, Picture
from models.training.marks.store import MarkStore, write_index

Pixels = NDArray[np.uint8]

# Source ─▶ name, brand and side of the split of each of its marks.
MARKS = {
    "shapes": [
        ("ring", "ring", "train"),
        ("bars", "bars", "train"),
        ("arrow", "arrow", "train"),
        ("arrow-left", "arrow", "train"),
    ],
    "plates": [("plate", "plate", "train"), ("plate-low", "plate", "train")],
    "wordmarks": [("nova", "nova", "train")],
    "noto": [("face", "face", "train")],
    "held-out": [(f"held-{n}", f"held-{n}", "validation") for n in range(4)],
}
COLOURED = ("plates", "noto")


def drawn_store(folder: Path) -> MarkStore:
    """Write the marks into a folder as `prepare_marks` would, and open it."""
    packs = [write_pack(folder, source, "drawn", _candidates(source)) for source in MARKS]
    rows = [row for pack in packs for row in pack.rows]
    brands = sorted({row.brand for row in rows})
    groups = [brands.index(row.brand) for row in rows]
    write_index(folder, "drawn", packs, [row.split for row in rows], groups)
    return MarkStore.open(folder)


def _candidates(source: str) -> Iterator[Candidate]:
    for name, brand, split in MARKS[source]:
        picture = Picture(drawing(name), tinted=source not in COLOURED)
        yield f"{source}:{name}", brand, split, picture


def drawing(name: str) -> Pixels:
    """Return the pixels of a mark: `(h, w, 4)`, longest side 192."""
    if name.startswith("plate"):
        return _plate(100 if name == "plate" else 130)
    alpha = _arrow() if name.startswith("arrow") else np.zeros((SIDE, SIDE), np.uint8)
    if name == "arrow-left":
        alpha = alpha[:, ::-1]
    elif name == "ring":
        cv2.circle(alpha, (96, 96), 80, 255, 31)
    elif name == "face":
        cv2.circle(alpha, (96, 96), 95, 255, -1)
    elif name == "bars":
        alpha[:, :60] = alpha[:, 132:] = 255
        alpha = alpha[:150]
    elif name == "nova":  # a made-up word
        cv2.putText(alpha, "NOVA", (0, 56), cv2.FONT_HERSHEY_DUPLEX, 2.2, 255, 9)
        alpha = alpha[:64]
    elif name.startswith("held"):
        cells = np.random.default_rng(int(name[-1])).random((8, 8)) < 0.5
        alpha = np.kron(cells, np.full((SIDE // 8, SIDE // 8), 255)).astype(np.uint8)
    rgba = np.zeros((*alpha.shape, 4), np.uint8)
    rgba[..., :3] = (250, 200, 40) if name == "face" else 0
    rgba[..., 3] = alpha
    return rgba


def _arrow() -> Pixels:
    corners = [[0, 40], [110, 40], [110, 0], [191, 75], [110, 150], [110, 110], [0, 110]]
    alpha = np.zeros((151, SIDE), np.uint8)
    cv2.fillPoly(alpha, [np.array(corners, np.int32)], 255)
    return alpha


def _plate(bar: int) -> Pixels:
    """A red plate with a white bar."""
    rgba = np.full((SIDE, SIDE, 4), (210, 30, 40, 255), np.uint8)
    rgba[bar - 30 : bar, 30:160] = 255
    return rgba


def grounds(count: int = 3, size: tuple[int, int] = (240, 180)) -> list[Pixels]:
    """Return soft grey photos of `(height, width)`, each a little different."""
    rng = np.random.default_rng(8)
    coarse = rng.integers(100, 160, (count, 6, 5, 1), dtype=np.uint8).repeat(3, axis=3)
    return [
        np.asarray(cv2.resize(c, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)
        for c in coarse
    ]

"""Packs: the pictures of one source in one file, with a table of where each begins.

    pictures ─▶ PNG, one after another ─▶ logos.bin
             └▶ rows, left out, recipe  ─▶ logos.json, written last

The table is written after the pictures and under its final name in one step, so a pack is either
whole or not there. Its recipe names what it was made from; a pack of another recipe is made again.
Tinted pictures are stored as their alpha alone. Nothing is decoded here but single pictures.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.marks.errors import StoreError
from models.training.marks.rendering import LeftOutError, Picture, Pixels

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class PackRow:
    """One mark of a pack: whose it is, its side before likeness is looked at, and its bytes."""

    identity: str
    brand: str
    split: str
    tinted: bool
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Pack:
    """The table of one source.

    Attributes:
        source: Whose marks these are ("logos").
        recipe: What it was made from; equal recipes make equal packs.
        rows: In order of offset.
        left_out: How many drawings made no mark, by reason.
    """

    source: str
    recipe: str
    rows: tuple[PackRow, ...]
    left_out: dict[str, int]


Candidate = tuple[str, str, str, Picture | LeftOutError]  # identity, brand, split, picture


def encode(picture: Picture) -> bytes:
    """Return a picture as PNG: four channels, or alpha alone where it is tinted."""
    rgba = picture.rgba
    stored = rgba[..., 3] if picture.tinted else cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA)
    done, png = cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise StoreError("a picture could not be written as PNG")
    return png.tobytes()


def decode(png: NDArray[np.uint8]) -> Pixels:
    """Return the picture as (h, w, 4) RGBA.

    Raises:
        StoreError: the bytes are not a picture that `encode` wrote.
    """
    stored = cv2.imdecode(png, cv2.IMREAD_UNCHANGED)
    if stored is None:
        raise StoreError("a stored picture is damaged")
    if stored.ndim == 2:
        rgba = np.zeros((*stored.shape, 4), np.uint8)
        rgba[..., 3] = stored
        return rgba
    return np.asarray(cv2.cvtColor(stored, cv2.COLOR_BGRA2RGBA), np.uint8)


def pack_paths(folder: Path, source: str) -> tuple[Path, Path]:
    """Return where a source's pictures and its table lie."""
    return folder / "packs" / f"{source}.bin", folder / "packs" / f"{source}.json"


def write_pack(folder: Path, source: str, recipe: str, candidates: Iterable[Candidate]) -> Pack:
    """Write a source's pictures and table, and return the table."""
    pictures, table = pack_paths(folder, source)
    pictures.parent.mkdir(parents=True, exist_ok=True)
    rows: list[PackRow] = []
    left_out: Counter[str] = Counter()
    offset = 0
    # Never written in place: a running training may have the old file mapped.
    fresh = pictures.with_suffix(".bin.new")
    with fresh.open("wb") as file:
        for identity, brand, split, picture in candidates:
            if isinstance(picture, LeftOutError):
                left_out[str(picture)] += 1
                continue
            png = encode(picture)
            file.write(png)
            rows.append(PackRow(identity, brand, split, picture.tinted, offset, len(png)))
            offset += len(png)
    table.unlink(missing_ok=True)
    fresh.replace(pictures)
    pack = Pack(source, recipe, tuple(rows), dict(sorted(left_out.items())))
    replace_json(table, {"format": _FORMAT, **asdict(pack)})
    return pack


def read_pack(folder: Path, source: str) -> Pack | None:
    """Return a source's table, or None where there is none of this format."""
    _, table = pack_paths(folder, source)
    if not table.is_file():
        return None
    stored = json.loads(table.read_text(encoding="utf-8"))
    if stored.pop("format", None) != _FORMAT:
        return None
    rows = tuple(PackRow(**row) for row in stored.pop("rows"))
    return Pack(rows=rows, **stored)


def replace_json(path: Path, content: object) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part."""
    fresh = path.with_suffix(".json.new")
    fresh.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
    fresh.replace(path)

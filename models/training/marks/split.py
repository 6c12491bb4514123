"""Which brands are trained on, chosen once and kept in `split.csv`.

    brand key ─▶ side_of ─▶ train 80 % · validation 5 % · test 15 %

The side is a hash of the brand's key, so a brand is on one side in every package and a new icon set
moves nobody. Brands that the photo evaluation reports on are always test. `split.csv` is what
counts: a mark that it does not name is refused rather than put on a side in passing.
"""

import csv
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from models.training.marks.brands import is_reported
from models.training.marks.errors import PackageRefusedError

SPLIT_FILE: Final = Path(__file__).with_name("split.csv")
_SEED: Final = "marks-1"
_HEADER: Final = ("identity", "brand", "split")


class Side(NamedTuple):
    """The brand of a mark and the side it is on."""

    brand: str
    split: str


def fraction(seed: str, text: str) -> float:
    """Return a number in [0, 1) that depends on the seed and the text alone."""
    digest = sha256(f"{seed}:{text}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def side_of(brand: str) -> str:
    """Return "train", "validation" or "test" for a brand key."""
    if is_reported(brand):
        return "test"
    place = fraction(_SEED, brand)
    if place < 0.80:
        return "train"
    return "validation" if place < 0.85 else "test"


def make_split(brands: Mapping[str, str]) -> dict[str, Side]:
    """Put every mark on its side.

    Args:
        brands: The brand key of each mark, by identity.

    Returns:
        Identity to side, in order of identity.
    """
    return {name: Side(brands[name], side_of(brands[name])) for name in sorted(brands)}


def write_split(split: Mapping[str, Side], path: Path = SPLIT_FILE) -> None:
    """Write a split as `identity,brand,split`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows((identity, *side) for identity, side in split.items())


def read_split(path: Path = SPLIT_FILE) -> dict[str, Side]:
    """Read what `write_split` wrote.

    Raises:
        PackageRefusedError: the file has another header.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != _HEADER:
            raise PackageRefusedError(f"{path.name} does not begin with {','.join(_HEADER)}")
        return {identity: Side(brand, split) for identity, brand, split in rows}


def held_out_brands(split: Mapping[str, Side]) -> frozenset[str]:
    """Return the brand keys that are not trained on."""
    return frozenset(side.brand for side in split.values() if side.split != "train")


def check_known(identities: Iterable[str], split: Mapping[str, Side]) -> None:
    """Refuse marks that the split does not name.

    Raises:
        PackageRefusedError: naming the first of them.
    """
    unknown = [identity for identity in identities if identity not in split]
    if unknown:
        raise PackageRefusedError(
            f"{len(unknown)} marks are in no split, {unknown[0]} first: make_split must run again"
        )

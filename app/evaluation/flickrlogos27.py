"""FlickrLogos-27 as an open-set benchmark: references, query photos, and what may not be used.

Five boxed crops of each brand's `train` photos are its references, chosen by a fixed seed. Photos
that are near-duplicates of a reference photo (perceptual hash, Hamming distance at most 10) are
dropped from the queries: the data set has ten such pairs, and a system that finds them has shown
nothing. Kalantidis et al., ICMR 2011.
"""

import csv
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.domain.box import Box
from app.domain.errors import InvalidInputError

REFERENCES_PER_BRAND = 5
_NEAR_DUPLICATE_BITS = 10
_SMALLEST_BOX = 12


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """A brand's mark in a photo."""

    path: Path
    brand: str
    box: Box


@dataclass(frozen=True, slots=True)
class Query:
    """A photo with its brand, or with none (`brand` empty)."""

    path: Path
    brand: str


@dataclass(frozen=True, slots=True)
class FlickrLogos27:
    """The data set, cut for evaluation; `boxes` are all labelled ones, references too."""

    boxes: tuple[LabelledBox, ...]
    references: tuple[LabelledBox, ...]
    crops: tuple[LabelledBox, ...]
    queries: tuple[Query, ...]
    dropped: tuple[Path, ...]


def load_flickrlogos27(folder: Path, *, seed: int = 0) -> FlickrLogos27:
    """Read the labels, choose references, and drop near-duplicates of them.

    `crops` are the labelled boxes of all other `train` photos.
    """
    boxes, queries = _labels(folder)
    references = _choose(boxes, seed)
    used = {reference.path for reference in references}
    near = near_duplicates(used, {q.path for q in queries} | {b.path for b in boxes} - used)
    return FlickrLogos27(
        boxes=tuple(boxes),
        references=references,
        crops=tuple(b for b in boxes if b.path not in used | near),
        queries=tuple(q for q in queries if q.path not in near),
        dropped=tuple(sorted(near)),
    )


def labelled_boxes(folder: Path) -> list[LabelledBox]:
    """Return every labelled box of the `train` photos, those below 12 px left out."""
    return _labels(folder)[0]


def _labels(folder: Path) -> tuple[list[LabelledBox], list[Query]]:
    boxes, queries = [], []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            path = folder / row["path"]
            if row["split"] == "query":
                queries.append(Query(path, row["brand"]))
            elif (box := _box(row)) is not None:
                boxes.append(LabelledBox(path, row["brand"], box))
    return boxes, queries


def _box(row: dict[str, str]) -> Box | None:
    """Return the labelled box clipped to its photo; `None` when too little is left."""
    x_max = min(int(row["x_max"]), int(row["width"]))
    y_max = min(int(row["y_max"]), int(row["height"]))
    x_min, y_min = max(int(row["x_min"]), 0), max(int(row["y_min"]), 0)
    if min(x_max - x_min, y_max - y_min) < _SMALLEST_BOX:
        return None
    return Box(x_min, y_min, x_max, y_max)


def _choose(boxes: list[LabelledBox], seed: int) -> tuple[LabelledBox, ...]:
    by_brand: dict[str, dict[Path, LabelledBox]] = defaultdict(dict)
    for box in boxes:
        by_brand[box.brand].setdefault(box.path, box)
    chosen = []
    for brand in sorted(by_brand):
        photos = sorted(by_brand[brand])
        random.Random(f"{seed} {brand}").shuffle(photos)  # noqa: S311  a choice, not a secret
        chosen += [by_brand[brand][photo] for photo in photos[:REFERENCES_PER_BRAND]]
    return tuple(chosen)


def near_duplicates(references: set[Path], others: set[Path]) -> set[Path]:
    """Return those of the other photos that look like one of the references.

    Raises:
        InvalidInputError: when the package for it is not installed.
    """
    try:
        import imagehash  # noqa: PLC0415  only the evaluation needs it
    except ImportError as error:
        raise InvalidInputError(
            "the evaluation needs more packages: pip install 'touchstone[evaluation]'"
        ) from error

    def fingerprint(path: Path) -> "imagehash.ImageHash":
        with Image.open(path) as image:
            return imagehash.phash(image)

    known = [fingerprint(path) for path in references]
    near = set()
    for path in others:
        own = fingerprint(path)
        if any(own - seen <= _NEAR_DUPLICATE_BITS for seen in known):
            near.add(path)
    return near

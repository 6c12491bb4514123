"""Box hits: does the proposer put a region on the marks that people boxed?

A labelled box is hit when a region overlaps it by half (intersection over union). Exported is the
best overlap of each box, at the number of regions that the proposer gives in service.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.box import Box
from app.evaluation.contenders.roles import read_photo
from app.evaluation.flickrlogos27 import LabelledBox
from app.evaluation.metrics import hit_share
from app.evaluation.predictions import nine_digits, read_rows
from app.evaluation.splits import brand_parts
from app.evaluation.tables import Row, bucket, buckets
from app.media.limits import DecodeLimits
from models.protocols import RegionProposer
from models.regions import Boxes

HIT = 0.5
_SHARES = (0, 0.1, 0.2, 0.4, 0.7)
_FILE = "boxes.jsonl"


def best_overlap(boxes: Boxes, box: Box) -> float:
    """Return the largest intersection over union of `(regions, 4)` boxes with one box."""
    return max((Box(*(int(edge) for edge in one)).overlap(box) for one in boxes), default=0.0)


def export_box_hits(
    folder: Path, proposer: RegionProposer, boxes: Sequence[LabelledBox], limits: DecodeLimits
) -> None:
    """Propose on every labelled photo and write the best overlap of each box."""
    folder.mkdir(parents=True, exist_ok=True)
    by_photo: dict[Path, list[LabelledBox]] = {}
    for box in boxes:
        by_photo.setdefault(box.path, []).append(box)
    with (folder / _FILE).open("w", encoding="utf-8") as file:
        for path in sorted(by_photo):
            photo = read_photo(path, limits)
            regions = proposer.propose(photo)
            for labelled in by_photo[path]:
                row = {
                    "photo": path.stem,
                    "brand": labelled.brand,
                    "share": nine_digits(_share(labelled.box, photo.shape)),
                    "regions": len(regions),
                    "overlap": nine_digits(best_overlap(regions.boxes, labelled.box)),
                }
                file.write(json.dumps(row) + "\n")


def score_box_hits(folder: Path) -> dict[str, Row]:
    """Return the share of boxes hit, by brands and, for those that report, by size."""
    rows = list(read_rows(folder / _FILE))
    parts = brand_parts()
    report = [row for row in rows if parts[str(row["brand"])] == "report"]
    seen = [row for row in rows if parts[str(row["brand"])] == "tune"]
    figures = {"brands not seen in training": _row(report), "brands seen in training": _row(seen)}
    for name in buckets(_SHARES, ""):
        inside = [row for row in report if bucket(_number(row, "share"), _SHARES, "") == name]
        figures[f"not seen, box side / photo short side {name}"] = _row(inside)
    return {name: row for name, row in figures.items() if row["boxes"]}


def _row(rows: Iterable[Mapping[str, Any]]) -> Row:
    listed = list(rows)
    hits = np.array([_number(row, "overlap") >= HIT for row in listed], bool)
    counts = [_number(row, "regions") for row in listed]
    return {
        "boxes": len(listed),
        "regions a photo": round(float(np.mean(counts)), 1) if counts else 0.0,
        "boxes hit": hit_share(hits, [str(row["photo"]) for row in listed]).document(),
    }


def _number(row: Mapping[str, Any], name: str) -> float:
    return float(row[name])


def _share(box: Box, shape: tuple[int, ...]) -> float:
    return max(box.width, box.height) / min(shape[:2])

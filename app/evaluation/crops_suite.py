"""Suite `flickrlogos27-crops`: the labelled boxes themselves, among thousands of marks.

It leaves finding the region out and asks the matcher alone: given the box of a mark, is its brand
the best match, and is it among the best ten? Asked twice, with one reference of each brand and
with five. Brands that training may have seen are in rows of their own.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.roles import read_photo
from app.evaluation.contenders.service import OURS, ServiceContender
from app.evaluation.flickrlogos27 import (
    REFERENCES_PER_BRAND,
    FlickrLogos27,
    LabelledBox,
    load_flickrlogos27,
)
from app.evaluation.line_up import enrol_all, gallery_folder, line_up, rival_rows, service_facts
from app.evaluation.measuring import PREDICTIONS, Question, Race, milliseconds, read_run
from app.evaluation.predictions import Prediction, read_predictions
from app.evaluation.registries import brand_references, distractors, first_of_each
from app.evaluation.splits import brand_parts
from app.evaluation.tables import Row, bucket, buckets, grouped, recall_row, table
from app.media.limits import DecodeLimits
from models.regions import Regions

NAME = "flickrlogos27-crops"
COUNTS = (1, REFERENCES_PER_BRAND)
_SIDES = (0, 32, 64, 128)
_UNSEEN, _SEEN = "brands not seen in training", "brands seen in training"


def export(bench: Bench, folder: Path) -> None:
    """Ask with one reference of each brand, enrol the others, and ask again."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    crops = data.crops[:: bench.every_nth_query]
    touchstone = bench.fresh_service(folder, 1)
    try:
        ours = ServiceContender(touchstone, folder)
        references = brand_references(data.references)
        first = first_of_each(references)
        rest = [reference for reference in references if reference not in first]
        others = distractors(_brands(data), gallery_folder(folder), bench.every_nth_mark)
        entries = line_up(bench, ours, len(crops), len(others))
        for count, added in zip(COUNTS, (first + others, rest), strict=True):
            enrol_all(entries, added)
            race = Race(_round(folder, count), entries)
            race.run(_questions(crops, touchstone.limits), service_facts(ours, bench))
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    rounds = {count: read_predictions(_round(folder, count) / PREDICTIONS) for count in COUNTS}
    facts = {count: read_run(_round(folder, count)) for count in COUNTS}
    document = {
        "run": {str(count): facts[count] for count in COUNTS},
        "by_brands": _by_brands(rounds),
        "by_side": _by_side(rounds[COUNTS[-1]]),
        "contenders": {str(count): rival_rows(_unseen(rounds[count])) for count in COUNTS},
    }
    parts = [table(document["by_brands"])]
    parts.append(f"By the longer side of the box, {COUNTS[-1]} references, {_UNSEEN}:")
    parts.append(table(document["by_side"], "longer side"))
    for count in COUNTS:
        parts.append(f"All contenders, {_UNSEEN}, {_of(count)}:")
        parts.append(table(document["contenders"][str(count)]))
    held = " and ".join(f"{facts[count]['references']} with {_of(count)}" for count in COUNTS)
    parts.append(f"References in the registry: {held}.")
    parts.append(milliseconds(_round(folder, COUNTS[-1])))
    return SuiteReport(document, "\n\n".join(part for part in parts if part))


SUITE = Suite(NAME, export, score)


def _round(folder: Path, count: int) -> Path:
    return folder / f"references-{count}"


def _of(count: int) -> str:
    return "one reference a brand" if count == 1 else f"{count} references a brand"


def _brands(data: FlickrLogos27) -> set[str]:
    return {reference.brand for reference in data.references}


def _questions(crops: Sequence[LabelledBox], limits: DecodeLimits) -> Iterator[Question]:
    parts = brand_parts()
    by_photo: dict[Path, list[LabelledBox]] = defaultdict(list)
    for crop in crops:
        by_photo[crop.path].append(crop)
    for path in sorted(by_photo):
        photo = read_photo(path, limits)
        for number, crop in enumerate(by_photo[path]):
            region = Regions.of(photo, [crop.box.as_tuple()])
            side = bucket(max(crop.box.width, crop.box.height), _SIDES, " px")
            tags = {"part": parts[crop.brand], "side": side}
            name = f"{path.stem} {number}"
            yield Question(name, path.stem, crop.brand, region, region, tags=tags)


def _ours(predictions: Sequence[Prediction], part: str) -> list[Prediction]:
    return [p for p in predictions if p.contender == OURS and p.tags["part"] == part]


def _unseen(predictions: Sequence[Prediction]) -> list[Prediction]:
    return [p for p in predictions if p.tags["part"] == "report"]


def _by_brands(rounds: dict[int, list[Prediction]]) -> dict[str, Row]:
    return {
        f"{label}, {_of(count)}": recall_row(_ours(predictions, part))
        for label, part in ((_UNSEEN, "report"), (_SEEN, "tune"))
        for count, predictions in sorted(rounds.items(), reverse=True)
    }


def _by_side(predictions: Sequence[Prediction]) -> dict[str, Row]:
    groups = grouped(_ours(predictions, "report"), "side", buckets(_SIDES, " px"))
    return {name: recall_row(group) for name, group in groups.items()}

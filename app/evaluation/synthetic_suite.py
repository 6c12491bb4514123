"""Suite `synthetic-marks`: held-out marks on photos, boxed, found among thousands of clean marks.

    a test mark ─▶ scene ─▶ its box, every edge a little wrong ─▶ the best of all clean marks

The photos are ordinary ones that only report. A mark's twins (of one brand, or the same picture in
another icon set) count neither for nor against; their own table counts them as right. Most
queries carry no trick of the seller's; a further set draws tricks as training does. Intervals draw
marks again, not scenes, because a mark's scenes are easy or hard together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.roles import read_photo
from app.evaluation.contenders.service import OURS, ServiceContender
from app.evaluation.line_up import enrol_all, gallery_folder, line_up, rival_rows, service_facts
from app.evaluation.measuring import PREDICTIONS, Question, Race, milliseconds, read_run
from app.evaluation.predictions import Prediction, read_predictions
from app.evaluation.splits import background_part
from app.evaluation.tables import Row, bucket, buckets, grouped, recall_row, table
from app.evaluation.workshop import Workshop
from app.media.limits import DecodeLimits
from models.regions import Photo, Regions

if TYPE_CHECKING:
    from models.training.marks.mark import Mark

NAME = "synthetic-marks"
_PLAIN, _TRICKED = 1500, 500
_SEED = 20260
_JITTER = (-0.04, 0.10)  # how far an edge may lie inside or outside, as a share of the side
_SHARES = (0.05, 0.1, 0.15, 0.25, 0.4)
_SIDES = (0, 24, 32, 48, 64, 96, 128)


def report_photos(data: Path, limits: DecodeLimits, start: int) -> list[Photo]:
    """Return every second photo of those that only report: composites and negatives share none."""
    return [read_photo(path, limits) for path in background_part(data, "report")[start::2]]


def export(bench: Bench, folder: Path) -> None:
    """Enrol the clean marks and ask about composites of the held-out ones."""
    touchstone = bench.fresh_service(folder, 1)
    try:
        photos = report_photos(bench.data, touchstone.limits, 0)
        workshop = bench.open_workshop(bench.marks, photos)
        ours = ServiceContender(touchstone, folder)
        gallery = workshop.gallery(bench.every_nth_mark)
        references = workshop.references(gallery, gallery_folder(folder))
        asked = list(range(_PLAIN + _TRICKED))[:: bench.every_nth_query]
        entries = line_up(bench, ours, len(asked), len(references))
        enrol_all(entries, references)
        marks = workshop.test_marks()
        facts = {"test_marks": len(marks), "photos": len(photos), "seed": _SEED}
        questions = _questions(workshop, asked, workshop.twins(gallery))
        Race(folder, entries).run(questions, service_facts(ours, bench) | facts)
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    predictions = read_predictions(folder / PREDICTIONS)
    facts = read_run(folder)
    plain = [p for p in predictions if p.tags["tricks"] == "none"]
    own = [p for p in plain if p.contender == OURS]
    tricked = [p for p in predictions if p.tags["tricks"] != "none" and p.contender == OURS]
    document = {
        "run": facts,
        "overall": {
            "no tricks": recall_row(own),
            "no tricks, a mark of the same brand counts too": recall_row(_lenient(own)),
            "tricks drawn as in training": recall_row(tricked),
        },
        "by_share": _rows(grouped(own, "share", buckets(_SHARES, ""))),
        "by_side": _rows(grouped(own, "side", buckets(_SIDES, " px"))),
        "by_technique": _rows(grouped(own, "technique")),
        "contenders": rival_rows(plain),
    }
    parts = [
        table(document["overall"]),
        table(document["by_share"], "longer side / photo's short side"),
        table(document["by_side"], "longer side of the mark"),
        table(document["by_technique"], "technique"),
        "All contenders, no tricks:",
        table(document["contenders"]),
        (
            f"{facts['references']} marks in the registry, {facts['test_marks']} of them held out "
            f"and queried, on {facts['photos']} photos. Intervals over marks."
        ),
        milliseconds(folder),
    ]
    return SuiteReport(document, "\n\n".join(part for part in parts if part))


SUITE = Suite(NAME, export, score)


def _questions(
    workshop: Workshop, numbers: Sequence[int], twins: dict[str, tuple[str, ...]]
) -> Iterator[Question]:
    marks = workshop.test_marks()
    order = np.random.default_rng(_SEED).permutation(len(marks))
    for number in numbers:
        question = _question(workshop, number, marks[order[number % len(marks)]], twins)
        if question is not None:
            yield question


def _question(
    workshop: Workshop, number: int, mark: "Mark", twins: dict[str, tuple[str, ...]]
) -> Question | None:
    tricked = number >= _PLAIN
    made = workshop.one((_SEED, number), mark, None, None if tricked else "none")
    if made is None:
        return None
    photo, placed = made
    box = jittered(placed.box, photo.shape, np.random.default_rng([_SEED, number, 99]))
    region = Regions.of(photo, [box])
    side = max(placed.box[2] - placed.box[0], placed.box[3] - placed.box[1])
    tags = {
        "tricks": "drawn" if tricked else "none",
        "technique": placed.technique,
        "share": bucket(max(placed.share, _SHARES[0]), _SHARES, ""),
        "side": bucket(side, _SIDES, " px"),
    }
    name, ignored = f"scene-{number:05d}", twins[mark.identity]
    return Question(name, mark.identity, mark.identity, region, region, ignored, tags)


def jittered(
    box: tuple[int, int, int, int], shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[int, int, int, int]:
    """Return a box with every edge moved a little, inside a photo of `shape` (height, width, …)."""
    x_min, y_min, x_max, y_max = box
    sides: NDArray[np.float64] = np.array([x_max - x_min, y_max - y_min] * 2, np.float64)
    left, top, right, bottom = rng.uniform(*_JITTER, 4) * sides
    edges = (
        max(0, round(x_min - left)),
        max(0, round(y_min - top)),
        min(shape[1], round(x_max + right)),
        min(shape[0], round(y_max + bottom)),
    )
    return edges if edges[2] - edges[0] >= 4 and edges[3] - edges[1] >= 4 else box


def _lenient(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Return predictions in which the best of a mark and its twins stands for the mark."""
    changed = []
    for prediction in predictions:
        right = {prediction.truth, *prediction.ignored}
        first = next((c for c in prediction.candidates if c.brand in right), None)
        others = tuple(c for c in prediction.candidates if c.brand not in right or c is first)
        truth = prediction.truth if first is None else first.brand
        changed.append(replace(prediction, truth=truth, candidates=others, ignored=()))
    return changed


def _rows(groups: dict[str, list[Prediction]]) -> dict[str, Row]:
    return {name: recall_row(group) for name, group in groups.items()}

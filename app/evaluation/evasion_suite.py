"""Suite `evasion`: how small a motif may be, and which of a seller's tricks hide it.

    held-out mark x size x trick ─▶ scene ─▶ regions ─▶ the best match of its own mark
    photos without marks ─▶ the threshold that 1 % of them pass

Sizes are the mark's longer side as a share of the photo's short side. The registry holds
thousands of clean marks, and a negative alarms when *any* of them passes. A collage halves what is
in its panels, so there the mark is drawn twice as large to be of the size named. The ordinary
photos are not guaranteed to be free of brands, which makes the threshold stricter than it need be.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.domain.box import Box
from app.evaluation.alarm_rates import recall_at
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.box_hits import HIT, best_overlap
from app.evaluation.contenders.roles import whole
from app.evaluation.contenders.service import ServiceContender
from app.evaluation.line_up import gallery_folder, service_facts
from app.evaluation.measuring import PREDICTIONS, Entry, Question, Race, milliseconds, read_run
from app.evaluation.metrics import hit_share
from app.evaluation.predictions import Prediction, Tag, nine_digits, read_predictions
from app.evaluation.synthetic_suite import report_photos
from app.evaluation.tables import Row, table
from app.evaluation.workshop import Workshop
from app.services.touchstone import Touchstone
from models.regions import Photo

if TYPE_CHECKING:
    from models.training.marks.mark import Mark

NAME = "evasion"
GRID = "recall_at_1_percent"  # where the document keeps what is drawn
RATE = 0.01
SIZES = (0.05, 0.08, 0.15, 0.25, 0.4)
_CELL = 48  # scenes in each cell of the grid
_SEED = 20261
_HALVED = "collage"


def export(bench: Bench, folder: Path) -> None:
    """Enrol the clean marks, ask about every cell of the grid and about the negatives."""
    touchstone = bench.fresh_service(folder, 1)
    try:
        photos = report_photos(bench.data, touchstone.limits, 0)
        negatives = report_photos(bench.data, touchstone.limits, 1)[:: bench.every_nth_query]
        workshop = bench.open_workshop(bench.marks, photos)
        ours = ServiceContender(touchstone, folder)
        gallery = workshop.gallery(bench.every_nth_mark)
        ours.enrol(workshop.references(gallery, gallery_folder(folder)))
        grid = _Grid(workshop, touchstone, workshop.twins(gallery))
        scenes = range(0, _CELL, bench.every_nth_query)
        facts = service_facts(ours, bench) | {
            "sizes": list(SIZES),
            "tricks": list(grid.tricks),
            "scenes_a_cell": len(scenes),
            "negatives": len(negatives),
            "seed": _SEED,
        }
        race = Race(folder, [Entry(ours)])
        race.run(grid.questions(scenes, negatives), facts)
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    predictions = read_predictions(folder / PREDICTIONS)
    facts = read_run(folder)
    negatives = [p for p in predictions if not p.truth]
    scenes = [p for p in predictions if p.truth]
    grid = {
        trick: {
            _size_name(size): recall_at(_cell(scenes, trick, size), negatives, RATE).document()
            for size in facts["sizes"]
        }
        for trick in facts["tricks"]
    }
    document = {
        "run": facts,
        GRID: grid,
        "by_size": {
            _size_name(size): _size_row(_cell(scenes, None, size), negatives)
            for size in facts["sizes"]
        },
        "box_hits": {
            trick: {_size_name(size): _hits(_cell(scenes, trick, size)) for size in facts["sizes"]}
            for trick in facts["tricks"]
        },
    }
    return SuiteReport(document, _markdown(document, folder))


SUITE = Suite(NAME, export, score)


class _Grid:
    """The questions, cell by cell."""

    def __init__(
        self, workshop: Workshop, touchstone: Touchstone, twins: dict[str, tuple[str, ...]]
    ) -> None:
        self.tricks = ("none", *workshop.tricks)
        self._workshop = workshop
        self._proposer = touchstone.eyes.proposer
        self._twins = twins
        marks = workshop.test_marks()
        order = np.random.default_rng(_SEED).permutation(len(marks))
        # The same marks in every cell: cells then differ by size and trick alone.
        self._marks = [marks[order[place % len(marks)]] for place in range(_CELL)]

    def questions(self, scenes: Sequence[int], negatives: Sequence[Photo]) -> Iterator[Question]:
        """Yield the negatives, then every scene of every cell."""
        for number, photo in enumerate(negatives):
            name = f"none-{number:04d}"
            yield Question(name, name, "", self._proposer.propose(photo), whole(photo))
        for row, trick in enumerate(self.tricks):
            for column, size in enumerate(SIZES):
                for scene in scenes:
                    yield from self._scene((row, column, scene), trick, size)

    def _scene(self, cell: tuple[int, int, int], trick: str, size: float) -> Iterator[Question]:
        mark: Mark = self._marks[cell[2]]
        drawn = 2 * size if trick == _HALVED else size
        made = self._workshop.one((_SEED, *cell), mark, drawn, trick)
        if made is None:
            return
        photo, placed = made
        regions = self._proposer.propose(photo)
        tags: dict[str, Tag] = {
            "trick": trick,
            "size": size,
            "share": nine_digits(placed.share),
            "overlap": nine_digits(best_overlap(regions.boxes, Box(*placed.box))),
            "regions": len(regions),
        }
        name = "-".join([trick, _size_name(size), f"{cell[2]:02d}"])
        ignored = self._twins[mark.identity]
        one, identity = whole(photo), mark.identity
        yield Question(name, identity, identity, regions, one, ignored, tags)


def _cell(scenes: Sequence[Prediction], trick: str | None, size: float) -> list[Prediction]:
    return [
        p for p in scenes if p.tags["size"] == size and (trick is None or p.tags["trick"] == trick)
    ]


def _size_row(scenes: Sequence[Prediction], negatives: Sequence[Prediction]) -> Row:
    regions = [float(p.tags["regions"]) for p in scenes]
    return {
        "scenes": len(scenes),
        "recall at 1 % false positives": recall_at(scenes, negatives, RATE).document(),
        "recall at rank 1": hit_share(
            np.array([p.rank == 1 for p in scenes], bool), [p.cluster for p in scenes]
        ).document(),
        "boxes hit": _hits(scenes),
        "regions a photo": round(float(np.mean(regions)), 1) if regions else 0.0,
    }


def _hits(scenes: Sequence[Prediction]) -> dict[str, float]:
    hits = np.array([float(p.tags["overlap"]) >= HIT for p in scenes], bool)
    return hit_share(hits, [p.cluster for p in scenes]).document()


def _size_name(size: float) -> str:
    return f"{100 * size:.0f} %"


def _markdown(document: dict[str, Any], folder: Path) -> str:
    facts = document["run"]
    parts = [
        table(document[GRID], "trick"),
        "All tricks together, by size:",
        table(document["by_size"], "size"),
        "Scenes in which a proposed region overlaps the mark's box by half:",
        table(document["box_hits"], "trick"),
        (
            f"{facts['references']} marks in the registry; at most {facts['scenes_a_cell']} scenes "
            f"a cell, the same marks in each; {facts['negatives']} photos without marks set the "
            "threshold. Intervals over marks and negatives."
        ),
        milliseconds(folder),
    ]
    return "\n\n".join(part for part in parts if part)

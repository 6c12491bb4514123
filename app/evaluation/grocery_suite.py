"""Suite `grocery`: one catalogue picture of each product, and photos of the products in shops.

Products of one brand that differ in a line of text have to be told apart. The queries are the
in-shop photos that took part in nothing else: none of the parts `fit`, `calibrate` and `compose`,
and no near-duplicate of a catalogue picture. A photo that the labels list in several splits is one
query. Touchstone goes its usual way: regions, the best match over them, the second look.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.roles import ReferenceImage, read_photo, whole
from app.evaluation.contenders.service import OURS, ServiceContender
from app.evaluation.flickrlogos27 import near_duplicates
from app.evaluation.line_up import enrol_all, line_up, rival_rows, service_facts
from app.evaluation.measuring import PREDICTIONS, Question, Race, milliseconds, read_run
from app.evaluation.predictions import read_predictions
from app.evaluation.splits import background_part
from app.evaluation.tables import table
from app.services.touchstone import Touchstone

NAME = "grocery"
_USED = ("fit", "calibrate", "compose")


@dataclass(frozen=True, slots=True)
class Grocery:
    """The data set, cut for evaluation: catalogue pictures, and photos with their product."""

    references: tuple[ReferenceImage, ...]
    queries: tuple[tuple[Path, str], ...]
    used_elsewhere: int
    near_duplicates: int


def load_grocery(folder: Path, used: set[Path]) -> Grocery:
    """Read the labels and drop photos that are used elsewhere or copy a catalogue picture."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [(folder / r["path"], r["split"], r["product"]) for r in csv.DictReader(file)]
    references = tuple(ReferenceImage(p, path) for path, split, p in rows if split == "iconic")
    photos = list(dict.fromkeys((path, product) for path, s, product in rows if s != "iconic"))
    known = {reference.brand for reference in references}
    free = [(path, product) for path, product in photos if path not in used and product in known]
    near = near_duplicates({one.path for one in references}, {path for path, _ in free})
    queries = tuple((path, product) for path, product in free if path not in near)
    return Grocery(references, queries, len(photos) - len(free), len(near))


def export(bench: Bench, folder: Path) -> None:
    """Enrol the catalogue pictures and ask about every photo."""
    used = {path for part in _USED for path in background_part(bench.data, part)}
    data = load_grocery(bench.data_set("grocery"), used)
    queries = data.queries[:: bench.every_nth_query]
    touchstone = bench.fresh_service(folder, 1)
    try:
        ours = ServiceContender(touchstone, folder, look_again=True)
        entries = line_up(bench, ours, len(queries), len(data.references))
        enrol_all(entries, data.references)
        facts = {
            "photos": len(queries),
            "photos_used_elsewhere": data.used_elsewhere,
            "photos_dropped_as_near_duplicates": data.near_duplicates,
        }
        race = Race(folder, entries)
        race.run(_questions(queries, touchstone), service_facts(ours, bench) | facts)
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    predictions = read_predictions(folder / PREDICTIONS)
    facts = read_run(folder)
    own = [p for p in predictions if p.contender == OURS]
    by_product = {
        product: round(sum(p.rank == 1 for p in own if p.truth == product) / count, 2)
        for product in sorted({p.truth for p in own})
        if (count := sum(p.truth == product for p in own))
    }
    rows = rival_rows(predictions, deep=False)
    told = (
        f"{facts['references']} products with one catalogue picture each; {facts['photos']} "
        f"in-shop photos. Left out: {facts['photos_used_elsewhere']} photos that took part in "
        f"something else, {facts['photos_dropped_as_near_duplicates']} near-duplicates of a "
        "catalogue picture."
    )
    listed = ", ".join(f"{product} {value:.2f}" for product, value in by_product.items())
    parts = [
        table(rows),
        told,
        f"Recall at rank 1 by product: {listed}.",
        milliseconds(folder),
    ]
    document = {"run": facts, "contenders": rows, "by_product": by_product}
    return SuiteReport(document, "\n\n".join(part for part in parts if part))


SUITE = Suite(NAME, export, score)


def _questions(queries: Sequence[tuple[Path, str]], touchstone: Touchstone) -> Iterator[Question]:
    for path, product in queries:
        photo = read_photo(path, touchstone.limits)
        regions = touchstone.eyes.proposer.propose(photo)
        yield Question(path.stem, path.stem, product, regions, whole(photo))

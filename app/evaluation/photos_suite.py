"""Suite `flickrlogos27-photos`: whole photos of 27 brands, and photos without any, as listings.

Every query photo becomes a listing that calls itself unbranded and is scored as a catalogue; what
the catalogue's output says is exported as predictions. Rivals are asked about the same photos. The
regions of the proposer are held against the labelled boxes.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from app.evaluation.alarm_rates import recall_at
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.box_hits import export_box_hits, score_box_hits
from app.evaluation.contenders.roles import RANKED, read_photo, whole
from app.evaluation.contenders.service import OURS, ServiceContender
from app.evaluation.flickrlogos27 import FlickrLogos27, Query, load_flickrlogos27
from app.evaluation.line_up import enrol_all, gallery_folder, rivals, service_facts
from app.evaluation.measuring import PREDICTIONS, Question, Race, milliseconds, read_run
from app.evaluation.metrics import Share, hit_share
from app.evaluation.predictions import Candidate, Prediction, read_predictions
from app.evaluation.registries import brand_references, distractors
from app.evaluation.splits import brand_parts
from app.evaluation.tables import FIRST, Row, recall_row, share_text, table
from app.services.touchstone import Touchstone

NAME = "flickrlogos27-photos"
_RATES = {"recall at 5 % false positives": 0.05, "recall at 1 % false positives": 0.01}
_ALONE = "the same, figure alone"
_NEVER = 1e6  # the figure of a match that carries none, for want of a background
_UNSEEN, _SEEN = "brands not seen in training", "brands seen in training"


def export(bench: Bench, folder: Path) -> None:
    """Enrol, score the catalogue, ask the rivals, and look where the regions fall."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    queries = data.queries[:: bench.every_nth_query]
    touchstone = bench.fresh_service(folder, RANKED)
    try:
        ours = ServiceContender(touchstone, folder)
        brands = {reference.brand for reference in data.references}
        others = distractors(brands, gallery_folder(folder), bench.every_nth_mark)
        references = brand_references(data.references) + others
        ours.enrol(references)
        entries = rivals(bench, ours, len(queries), len(references)) if bench.rivals else []
        enrol_all(entries, references)
        own, seconds = _scored(bench, touchstone, queries, folder)
        race = Race(folder, entries)
        answers = race.answers(_questions(queries, touchstone) if entries else ())
        race.write(chain(own, answers), _facts(ours, bench, data))
        _write_stages(folder, seconds)
        boxes = data.boxes[:: bench.every_nth_query]
        export_box_hits(folder, touchstone.eyes.proposer, boxes, touchstone.limits)
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    predictions = read_predictions(folder / PREDICTIONS)
    own = [p for p in predictions if p.contender == OURS]
    none = [p for p in own if not p.truth]
    document = {
        "run": read_run(folder),
        "by_brands": {
            label: _row(_part(own, part), none)
            for label, part in ((_UNSEEN, "report"), (_SEEN, "tune"))
        },
        "verdicts": _verdicts(own),
        "box_hits": score_box_hits(folder),
        "contenders": _contenders(predictions),
        "by_brand": {
            brand: round(float(np.mean([p.rank == 1 for p in own if p.truth == brand])), 2)
            for brand in sorted({p.truth for p in own if p.truth})
        },
    }
    return SuiteReport(document, _markdown(document, folder))


SUITE = Suite(NAME, export, score)


def _facts(ours: ServiceContender, bench: Bench, data: FlickrLogos27) -> dict[str, Any]:
    dropped = {"queries_dropped_as_near_duplicates": len(data.dropped)}
    return service_facts(ours, bench) | dropped


def _scored(
    bench: Bench, touchstone: Touchstone, queries: Sequence[Query], folder: Path
) -> tuple[list[Prediction], dict[str, float]]:
    """Return Touchstone's predictions as its catalogue output has them, and its stages' times."""
    catalogue, scored = folder / "catalogue.jsonl", folder / "scored.jsonl"
    with catalogue.open("w", encoding="utf-8") as file:
        for query in queries:
            row = {
                "listing_id": query.path.stem,
                "title": "Classic item, new",
                "brand_field": "Unbranded",
                "images": [str(query.path.absolute())],
            }
            file.write(json.dumps(row) + "\n")
    summary = bench.score_catalog(catalogue, scored, touchstone)
    brands = {query.path.stem: query.brand for query in queries}
    with scored.open(encoding="utf-8") as file:
        predictions = [_prediction(json.loads(line), brands) for line in file]
    # Paths and moments of the run are no predictions, and would tell two equal exports apart.
    shutil.rmtree(scored.with_name(f"{scored.name}.run"), ignore_errors=True)
    scored.with_name("scored.summary.json").unlink(missing_ok=True)
    return predictions, summary["milliseconds"]


def _prediction(document: dict[str, Any], brands: dict[str, str]) -> Prediction:
    best: dict[str, Candidate] = {}
    for match in document["images"][0]["matches"]:
        alarms = match["false_alarms_per_million"]
        laid = match["alignment"] or {"inliers": 0}
        figure = _NEVER if alarms is None else alarms
        candidate = Candidate(match["brand"], match["similarity"], figure, laid["inliers"])
        best.setdefault(candidate.brand, candidate)
    name = document["listing_id"]
    return Prediction(
        contender=OURS,
        query=name,
        cluster=name,
        truth=brands[name],
        candidates=tuple(sorted(best.values(), key=lambda candidate: candidate.key)),
        tags={"verdict": document["verdict"]},
    ).shortened()


def _questions(queries: Sequence[Query], touchstone: Touchstone) -> Iterator[Question]:
    for query in queries:
        photo = read_photo(query.path, touchstone.limits)
        regions = touchstone.eyes.proposer.propose(photo)
        name = query.path.stem
        yield Question(name, name, query.brand, regions, whole(photo))


def _write_stages(folder: Path, seconds: dict[str, float]) -> None:
    (folder / "stages.json").write_text(json.dumps(seconds) + "\n", encoding="utf-8")


def _part(predictions: Sequence[Prediction], part: str) -> list[Prediction]:
    parts = brand_parts()
    return [p for p in predictions if p.truth and parts[p.truth] == part]


def _row(group: Sequence[Prediction], none: Sequence[Prediction]) -> Row:
    row: Row = {"photos": len(group), FIRST: recall_row(group)[FIRST]}
    for name, rate in _RATES.items():
        row[name] = recall_at(group, none, rate).document()
    if any(c.alarms is not None for p in group for c in p.candidates):
        row[_ALONE] = recall_at(group, none, min(_RATES.values()), figure_alone=True).document()
    return row


def _contenders(predictions: Sequence[Prediction]) -> dict[str, Row]:
    """Return every contender's row on brands that report, Touchstone's again on fewer photos."""
    by_name: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        by_name.setdefault(prediction.contender, []).append(prediction)
    rows: dict[str, Row] = {}
    for name, answers in by_name.items():
        rows[name] = _row(_part(answers, "report"), [p for p in answers if not p.truth])
        asked = {answer.query for answer in answers}
        if len(asked) < len(by_name[OURS]):
            same = [p for p in by_name[OURS] if p.query in asked]
            none = [p for p in same if not p.truth]
            rows[f"{OURS}, asked what {name} was"] = _row(_part(same, "report"), none)
    return rows


def _verdicts(own: Sequence[Prediction]) -> dict[str, Row]:
    groups = {
        _UNSEEN: _part(own, "report"),
        _SEEN: _part(own, "tune"),
        "photos without a brand": [p for p in own if not p.truth],
    }
    return {
        name: {
            "photos": len(group),
            "suspect": _called(group, {"suspect"}).document(),
            "suspect or review": _called(group, {"suspect", "review"}).document(),
        }
        for name, group in groups.items()
    }


def _called(predictions: Sequence[Prediction], verdicts: set[str]) -> Share:
    return hit_share(np.array([p.tags["verdict"] in verdicts for p in predictions], bool))


def _markdown(document: dict[str, Any], folder: Path) -> str:
    facts, none = document["run"], document["verdicts"]["photos without a brand"]
    kept = folder / "stages.json"
    stages = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    parts = [
        table(document["by_brands"]),
        "Verdicts on listings that call themselves unbranded:",
        table(document["verdicts"]),
        "Labelled boxes of the `train` photos that a proposed region overlaps by half:",
        table(document["box_hits"]),
        f"All contenders, {_UNSEEN}:",
        table(document["contenders"]),
        "Recall at rank 1 by brand: "
        + ", ".join(f"{brand} {value:.1f}" for brand, value in document["by_brand"].items())
        + ".",
        (
            f"{facts['references']} references; {facts['queries_dropped_as_near_duplicates']} "
            "photos dropped as near-duplicates of a reference photo. Photos without a brand: "
            f"{none['photos']}, called suspect {share_text(none['suspect'])}."
        ),
        "Milliseconds per photo: " + ", ".join(f"{k} {v:.1f}" for k, v in stages.items()) + ".",
        milliseconds(folder),
    ]
    return "\n\n".join(part for part in parts if part)

"""Suite `listings`: verdicts on whole listings, and what each ingredient of a verdict is worth.

    labelled photos x what sellers write ─▶ assessor, as configured and with each ingredient off
        ─▶ predictions.jsonl ─▶ precision, recall, area under the curve, milliseconds

Every ingredient is switched off through the service's own settings. All runs share one registry
and eyes and a reader that look once at each photo.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.evaluation.alarm_rates import recall_at
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.service import ServiceContender
from app.evaluation.flickrlogos27 import load_flickrlogos27
from app.evaluation.line_up import gallery_folder, service_facts
from app.evaluation.listing_cases import (
    DENYING,
    HIDDEN,
    INNOCENT,
    KINDS,
    NO_MARK,
    POSING,
    Case,
    cases,
)
from app.evaluation.measuring import PREDICTIONS, Race, read_run
from app.evaluation.metrics import average_precision, hit_share
from app.evaluation.predictions import Candidate, Prediction, nine_digits, read_predictions
from app.evaluation.registries import brand_references, distractors
from app.evaluation.splits import background_part, brand_parts
from app.evaluation.tables import Row, table
from app.services.stages import StageTotals
from app.services.touchstone import Touchstone

NAME = "listings"
WHOLE = "as configured"
_RATE = 0.01
_NEVER = 1e6  # the figure of a match that carries none, for want of a background
_UNSEEN, _SEEN = "brands not seen in training", "brands seen in training"
_CALLED = {"suspect": ("suspect",), "suspect or review": ("suspect", "review")}
_ONCE = ("propose", "embed", "read")  # remembered: paid for by the first listing of a photo
_TIMES = "stages.json"


def export(bench: Bench, folder: Path) -> None:
    """Enrol once; assess every listing as configured, then without each ingredient."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    ordinary = background_part(bench.data, "report")
    touchstone = bench.fresh_service(folder, 5)
    try:
        ours = ServiceContender(touchstone, folder)
        brands = {reference.brand for reference in data.references}
        others = distractors(brands, gallery_folder(folder), bench.every_nth_mark)
        ours.enrol(brand_references(data.references) + others)
        listed = list(cases(data, ordinary, touchstone.limits, bench.every_nth_query))
        facts = service_facts(ours, bench)
    finally:
        touchstone.close()
    predictions, times = [], {}
    for name, open_service in bench.variants().items():
        variant = open_service(folder / "service", 5)
        try:
            totals = StageTotals()
            predictions += [_assessed(name, variant, case, totals) for case in listed]
            times[name] = _milliseconds(totals, _pictures(listed))
        finally:
            variant.close()
    Race(folder, []).write(predictions, facts)
    (folder / _TIMES).write_text(json.dumps(times) + "\n", encoding="utf-8")


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    facts = read_run(folder)
    by_variant: dict[str, list[Prediction]] = {}
    for prediction in read_predictions(folder / PREDICTIONS):
        by_variant.setdefault(prediction.contender, []).append(prediction)
    whole = by_variant.get(WHOLE, [])
    document = {
        "run": facts,
        "by_kind": dict(_kind_rows(whole)),
        "by_brands": {name: _overall(_of_part(whole, part)) for name, part in _PARTS},
        "ablation": {
            name: _overall(_of_part(group, "report")) for name, group in by_variant.items()
        },
    }
    return SuiteReport(document, _markdown(document, folder))


SUITE = Suite(NAME, export, score)
_PARTS = ((_UNSEEN, "report"), (_SEEN, "tune"))


def _assessed(name: str, touchstone: Touchstone, case: Case, totals: StageTotals) -> Prediction:
    found = touchstone.assessor.assess(case.listing, [case.source], observe=totals)
    best: dict[str, Candidate] = {}
    for match in found.images[0].matches:
        alarms = match.false_alarms_per_million
        figure = _NEVER if alarms is None else alarms
        candidate = Candidate(match.brand, match.similarity, figure, match.places)
        best.setdefault(match.brand, candidate)
    return Prediction(
        contender=name,
        query=case.listing.listing_id,
        cluster=case.photo,
        truth=case.brand,
        candidates=tuple(sorted(best.values(), key=lambda candidate: candidate.key)),
        tags={"kind": case.kind, "verdict": str(found.verdict), "score": nine_digits(found.score)},
    )


def _pictures(listed: Sequence[Case]) -> int:
    """Return how many different pictures the listings show; each hidden one is its own."""
    return len({(case.photo, case.kind if case.kind in HIDDEN else "") for case in listed})


def _milliseconds(totals: StageTotals, pictures: int) -> dict[str, float]:
    return {
        stage: round(1000 * seconds / (pictures if stage in _ONCE else totals.calls[stage]), 2)
        for stage, seconds in totals.seconds.items()
    }


def _of_part(predictions: Sequence[Prediction], part: str) -> list[Prediction]:
    """Return the listings of one part's brands, and all those without a brand."""
    parts = brand_parts()
    return [p for p in predictions if not p.truth or parts[p.truth] == part]


def _of_kinds(predictions: Sequence[Prediction], kinds: Sequence[str]) -> list[Prediction]:
    return [p for p in predictions if p.tags["kind"] in kinds]


def _kind_rows(predictions: Sequence[Prediction]) -> Iterator[tuple[str, Row]]:
    for kind in KINDS:
        group = _of_kinds(predictions, (kind,))
        if not group:
            continue
        sides = (("", group),) if not group[0].truth else tuple(
            (f", {name}", _of_part(group, part)) for name, part in _PARTS
        )  # fmt: skip
        for suffix, side in sides:
            yield kind + suffix, {"listings": len(side)} | _called(side)


def _called(predictions: Sequence[Prediction]) -> Row:
    clusters = [p.cluster for p in predictions]
    return {
        column: hit_share(
            np.array([p.tags["verdict"] in verdicts for p in predictions], bool), clusters
        ).document()
        for column, verdicts in _CALLED.items()
    }


def _overall(predictions: Sequence[Prediction]) -> Row:
    """Return precision, recall and area of denying listings against innocent ones."""
    wanted = _of_kinds(predictions, DENYING)
    judged = wanted + _of_kinds(predictions, INNOCENT)
    row: Row = {"listings": len(judged)}
    for column, verdicts in _CALLED.items():
        called = [p for p in judged if p.tags["verdict"] in verdicts]
        right = np.array([p.tags["kind"] in DENYING for p in called], bool)
        row[f"precision of {column}"] = hit_share(right, [p.cluster for p in called]).document()
        row[f"recall of {column}"] = _called(wanted)[column]
    row["area"] = average_precision(
        np.array([float(p.tags["score"]) for p in judged]),
        np.array([p.tags["kind"] in DENYING for p in judged], bool),
        [p.cluster for p in judged],
    ).document()
    posing, none = _of_kinds(predictions, (POSING,)), _of_kinds(predictions, (NO_MARK,))
    row["posing at 1 % false alarms"] = recall_at(posing, none, _RATE).document()
    return row


def _markdown(document: Mapping[str, Any], folder: Path) -> str:
    kept = folder / _TIMES
    times = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    parts = [
        "Share of each kind that is called so:",
        table(document["by_kind"], "listings that are"),
        "Posing, imitating and disguised listings against honest ones and those without a mark:",
        table(document["by_brands"]),
        f"The same with each ingredient switched off, {_UNSEEN}:",
        table(document["ablation"]),
        "Milliseconds a photo (`propose`, `embed` and `read` are paid in the first row alone):",
        table(times),
        f"{document['run']['references']} references in the registry.",
    ]
    return "\n\n".join(part for part in parts if part)

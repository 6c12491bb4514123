"""Suite `flickrlogos27-photos`: whole photos of 27 brands, and photos without any, as listings.

Every query photo becomes a listing that calls itself unbranded and is scored as a catalogue. The
figures are then read off the catalogue's output file, so they can be recomputed from it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.evaluation.bench import Bench, SuiteReport
from app.evaluation.flickrlogos27 import FlickrLogos27, load_flickrlogos27
from app.evaluation.metrics import Share, hit_share, recall_at_false_positives
from app.evaluation.registries import enrol_suite
from app.evaluation.splits import brand_parts

_MATCHES = 10
_NEVER = 1e6  # the figure of a photo in which the brand was not even nearly matched


@dataclass(frozen=True, slots=True)
class Prediction:
    """One photo's outcome, read back from the catalogue's output."""

    brand: str
    first: str
    alarms: float
    own_alarms: float
    verdict: str

    @property
    def hit(self) -> bool:
        """Whether the best match is of the right brand."""
        return self.first == self.brand


def run_photos(bench: Bench) -> SuiteReport:
    """Enrol, score, and measure."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    folder = bench.out / "flickrlogos27-photos"
    touchstone = bench.fresh_service(folder, _MATCHES)
    try:
        enrol_suite(touchstone, data, folder, bench.every_nth_mark)
        catalogue, scored = folder / "catalogue.jsonl", folder / "predictions.jsonl"
        _write_catalogue(data, catalogue)
        summary = bench.score_catalog(catalogue, scored, touchstone)
        references = len(touchstone.gallery.current().gallery.references)
    finally:
        touchstone.close()
    predictions = _read(scored, data)
    document = _figures(predictions) | {
        "references": references,
        "queries_dropped_as_near_duplicates": len(data.dropped),
        "summary": summary,
    }
    return SuiteReport(document, _markdown(document))


def _write_catalogue(data: FlickrLogos27, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for query in data.queries:
            row = {
                "listing_id": query.path.stem,
                "title": "Classic item, new",
                "brand_field": "Unbranded",
                "images": [str(query.path.absolute())],
            }
            file.write(json.dumps(row) + "\n")


def _read(scored: Path, data: FlickrLogos27) -> list[Prediction]:
    brands = {query.path.stem: query.brand for query in data.queries}
    with scored.open(encoding="utf-8") as file:
        return [_prediction(json.loads(line), brands) for line in file]


def _prediction(document: dict[str, Any], brands: dict[str, str]) -> Prediction:
    # Without a background a match carries no figure, and is no alarm.
    matches = [
        match | {"alarms": match["false_alarms_per_million"] or _NEVER}
        for match in document["images"][0]["matches"]
    ]
    brand = brands[document["listing_id"]]
    own = [match["alarms"] for match in matches if match["brand"] == brand]
    return Prediction(
        brand=brand,
        first=matches[0]["brand"] if matches else "",
        alarms=matches[0]["alarms"] if matches else _NEVER,
        own_alarms=min(own, default=_NEVER),
        verdict=document["verdict"],
    )


def _figures(predictions: list[Prediction]) -> dict[str, Any]:
    none = [p for p in predictions if not p.brand]
    branded = [p for p in predictions if p.brand]
    parts = brand_parts()
    groups = {
        "all 27 brands": branded,
        "brands looked at while choosing methods": _of(branded, parts, "tune"),
        "brands not looked at": _of(branded, parts, "report"),
    }
    return {
        "groups": {name: _group(group, none) for name, group in groups.items()},
        "by_brand": {
            brand: round(float(np.mean([p.hit for p in branded if p.brand == brand])), 2)
            for brand in sorted({p.brand for p in branded})
        },
        "none_photos": len(none),
        "none_flagged": {
            "suspect": _flagged(none, {"suspect"}).document(),
            "suspect or review": _flagged(none, {"suspect", "review"}).document(),
        },
    }


def _of(branded: list[Prediction], parts: dict[str, str], part: str) -> list[Prediction]:
    return [p for p in branded if parts[p.brand] == part]


def _flagged(predictions: list[Prediction], verdicts: set[str]) -> Share:
    return hit_share(np.array([p.verdict in verdicts for p in predictions], bool))


def _group(group: list[Prediction], none: list[Prediction]) -> dict[str, Any]:
    positives = np.array([p.own_alarms for p in group])
    negatives = np.array([p.alarms for p in none])
    return {
        "photos": len(group),
        "recall at rank 1": hit_share(np.array([p.hit for p in group], bool)).document(),
        "recall at 5 % false positives": recall_at_false_positives(
            positives, negatives, 0.05
        ).document(),
        "recall at 1 % false positives": recall_at_false_positives(
            positives, negatives, 0.01
        ).document(),
        "suspect": _flagged(group, {"suspect"}).document(),
        "suspect or review": _flagged(group, {"suspect", "review"}).document(),
    }


def _markdown(document: dict[str, Any]) -> str:
    names = list(next(iter(document["groups"].values())))[1:]
    lines = [
        "| | photos | " + " | ".join(names) + " |",
        "| --- | --- |" + " --- |" * len(names),
    ]
    for group, figures in document["groups"].items():
        cells = [share_text(figures[name]) for name in names]
        lines.append(f"| {group} | {figures['photos']} | " + " | ".join(cells) + " |")
    flagged = document["none_flagged"]
    lines += [
        "",
        (
            f"Photos without a brand: {document['none_photos']}; called suspect "
            f"{share_text(flagged['suspect'])}, suspect or review "
            f"{share_text(flagged['suspect or review'])}."
        ),
        "",
        "Recall at rank 1 by brand: "
        + ", ".join(f"{brand} {value:.1f}" for brand, value in document["by_brand"].items())
        + ".",
        "",
        (
            f"{document['references']} references; "
            f"{document['queries_dropped_as_near_duplicates']} photos dropped as near-duplicates "
            "of a reference photo."
        ),
        "",
        "Milliseconds per photo: "
        + ", ".join(f"{k} {v:.1f}" for k, v in document["summary"]["milliseconds"].items())
        + ".",
    ]
    return "\n".join(lines)


def share_text(share: dict[str, float]) -> str:
    """Return a share with its interval as a table cell."""
    return f"{share['value']:.3f} [{share['low']:.3f}, {share['high']:.3f}]"

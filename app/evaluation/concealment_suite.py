"""Suite `concealment`: which of a seller's tricks are seen as hiding, and what else looks like it.

    labelled marks of brands that report, boxes in ordinary photos that report ─▶ each trick
    the same photos, nothing done, as they are and saved again
        ─▶ patches ─▶ predictions.jsonl ─▶ recall by trick at 1 % of photos; chances stated and seen

A trick is seen where the rarest patch lies on what was changed. Photos that show a mark are no
ordinary ones, since a mark is a flat shape too; what they look like is told beside. No photo had a
part in the fit or in the background. Intervals draw photos again.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.domain.box import Box
from app.domain.concealment import ConcealmentBackground
from app.domain.errors import InvalidInputError
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.roles import read_photo
from app.evaluation.flickrlogos27 import load_flickrlogos27
from app.evaluation.measuring import PREDICTIONS, RUN, TIMINGS, milliseconds, read_run
from app.evaluation.metrics import hit_share, recall_at_false_positives
from app.evaluation.predictions import nine_digits, read_rows
from app.evaluation.splits import background_part, brand_parts
from app.evaluation.tables import Row, bucket, buckets, table
from app.media.limits import DecodeLimits
from app.services.concealing import shipped_concealment_background
from models.concealment.detector import PatchDetector

if TYPE_CHECKING:
    from app.evaluation.hidden_photos import HiddenPhoto, Source

NAME = "concealment"
_RATE = 0.01
_LEVELS = (0.05, 0.01, 0.005, 0.002)
_ON_IT = 0.5  # of the smaller of patch and change, shared
_SEED = 20263
_MARKS, _NO_BRAND = "labelled marks", "photos without a brand"
_SIDES = (0, 32, 64, 128)
_EVERY_MARK, _EVERY_PHOTO = 4, 12  # that tricks are played on: a dozen looks at each
_NEVER = 1e9


def export(bench: Bench, folder: Path) -> None:
    """Play every trick, look at every photo, and write the rarest patch of each."""
    try:
        from app.evaluation.hidden_photos import hidden_photos  # noqa: PLC0415  training packages
    except ImportError as error:
        raise InvalidInputError(
            "this suite needs the training packages: pip install 'touchstone[training]'"
        ) from error
    detector, background = PatchDetector(), shipped_concealment_background()
    (folder / RUN).unlink(missing_ok=True)
    seconds, photos = 0.0, 0
    with (folder / PREDICTIONS).open("w", encoding="utf-8") as file:
        for hidden in hidden_photos(list(_sources(bench)), _SEED):
            start = time.perf_counter()
            row = _row(hidden, detector, background)
            seconds, photos = seconds + time.perf_counter() - start, photos + 1
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    facts = {"detector": detector.name, "background": background.photos, "seed": _SEED}
    _write(folder / RUN, facts | {"thinned_by": bench.thinning})
    mean = round(1000 * seconds / max(photos, 1), 2)
    _write(folder / TIMINGS, {"milliseconds_per_query": {detector.name: mean}})


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    facts = read_run(folder)
    rows = list(read_rows(folder / PREDICTIONS))
    nothing = [row for row in rows if row["changed"] is None]
    ordinary = [row for row in nothing if row["group"] != _MARKS]
    tricked = [row for row in rows if row["changed"] is not None]
    groups = list(dict.fromkeys(row["group"] for row in nothing))
    document = {
        "run": facts,
        "recall": {
            trick: _recall_row(_where(tricked, "trick", trick), ordinary)
            for trick in dict.fromkeys(row["trick"] for row in tricked)
        },
        "chances": {f"{level:g}": _level_row(nothing, groups, level) for level in _LEVELS},
        "kinds": _kinds(ordinary),
    }
    parts = [
        "Seen, where 1 % of the ordinary photos with nothing done are called hidden:",
        table(document["recall"], "trick"),
        "Share of the photos with nothing done that show a patch of a stated chance:",
        table(document["chances"], "stated"),
        (
            f"{len(ordinary)} looks at ordinary photos with nothing done and "
            f"{len(nothing) - len(ordinary)} at photos that show a mark, which set no bar. "
            f"Of the rarest tenth: {_listed(document['kinds'])}. "
            "Intervals over photos."
        ),
        milliseconds(folder),
    ]
    return SuiteReport(document, "\n\n".join(part for part in parts if part))


SUITE = Suite(NAME, export, score)


def _sources(bench: Bench) -> "Iterator[Source]":
    from app.evaluation.hidden_photos import Source  # noqa: PLC0415  training packages
    from models.training.concealment.samples import Ground  # noqa: PLC0415

    limits, data = DecodeLimits(), load_flickrlogos27(bench.data_set("flickrlogos27"))
    parts, boxes = brand_parts(), dict[Path, list[tuple[int, int, int, int]]]()
    for labelled in data.boxes:
        if parts[labelled.brand] == "report":
            boxes.setdefault(labelled.path, []).append(labelled.box.as_tuple())
    for path in sorted(boxes)[:: _EVERY_MARK * bench.every_nth_query]:
        ground = Ground(read_photo(path, limits), boxes[path])
        yield Source(path.stem, _MARKS, ground, tricked=True)
    ordinary = [(path.parents[2].name, path) for path in background_part(bench.data, "report")]
    ordinary += [(_NO_BRAND, query.path) for query in data.queries if not query.brand]
    for number, (group, path) in enumerate(ordinary[:: bench.every_nth_query]):
        ground = Ground(read_photo(path, limits))
        yield Source(path.stem, group, ground, tricked=number % _EVERY_PHOTO == 0)


def _row(
    hidden: "HiddenPhoto", detector: PatchDetector, background: ConcealmentBackground
) -> dict[str, Any]:
    best = min(
        detector.find(hidden.photo),
        key=lambda patch: background.rarity(patch.kind, patch.log_odds),
        default=None,
    )
    row: dict[str, Any] = {
        "photo": hidden.source.name,
        "group": hidden.source.group,
        "trick": hidden.trick,
        "changed": None if hidden.changed is None else list(hidden.changed.as_tuple()),
        "kind": "", "box": None, "rarity": _NEVER, "chance": 1.0,
    }  # fmt: skip
    if best is None:
        return row
    rarity = nine_digits(background.rarity(best.kind, best.log_odds))
    chance = nine_digits(background.chance(best.kind, best.log_odds))
    return row | {"kind": best.kind, "box": list(best.box), "rarity": rarity, "chance": chance}


def _where(rows: Sequence[Mapping[str, Any]], key: str, value: str) -> list[Mapping[str, Any]]:
    return [row for row in rows if row[key] == value]


def _recall_row(tricked: Sequence[Mapping[str, Any]], nothing: Sequence[Mapping[str, Any]]) -> Row:
    row: Row = {"photos": len(tricked), "all": _recall(tricked, nothing)}
    marks = _where(tricked, "group", _MARKS)
    row["on labelled marks"] = _recall(marks, nothing)
    row["on ordinary photos"] = _recall([r for r in tricked if r not in marks], nothing)
    sides = [bucket(min(_size(r["changed"])), _SIDES, " px") for r in tricked]
    for name in buckets(_SIDES, " px")[1:]:
        of_size = [r for r, side in zip(tricked, sides, strict=True) if side == name]
        row[name] = _recall(of_size, nothing)
    return row


def _recall(
    tricked: Sequence[Mapping[str, Any]], nothing: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    own = np.array([row["rarity"] if _on_it(row) else _NEVER for row in tricked], float)
    others = np.array([row["rarity"] for row in nothing], float)
    names = [row["photo"] for row in tricked]
    return recall_at_false_positives(own, others, _RATE, names).document()


def _on_it(row: Mapping[str, Any]) -> bool:
    if row["box"] is None:
        return False
    patch, changed = Box(*row["box"]), Box(*row["changed"])
    wide = min(patch.x_max, changed.x_max) - max(patch.x_min, changed.x_min)
    high = min(patch.y_max, changed.y_max) - max(patch.y_min, changed.y_min)
    return max(wide, 0) * max(high, 0) >= _ON_IT * min(patch.area, changed.area)


def _size(box: Sequence[int]) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]


def _level_row(nothing: Sequence[Mapping[str, Any]], groups: Sequence[str], level: float) -> Row:
    def share(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        hits = np.array([row["chance"] <= level for row in rows], bool)
        return hit_share(hits, [row["photo"] for row in rows]).document()

    ordinary = [row for row in nothing if row["group"] != _MARKS]
    by_group = {group: share(_where(nothing, "group", group)) for group in groups}
    return {"all ordinary ones": share(ordinary)} | by_group


def _kinds(nothing: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count which kinds the rarest tenth of the photos with nothing done show."""
    bar = float(np.quantile([row["rarity"] for row in nothing], 0.1))
    rare = [row["kind"] for row in nothing if row["rarity"] <= bar and row["kind"]]
    return {kind: rare.count(kind) for kind in sorted(set(rare))}


def _listed(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

"""Who runs: Touchstone first, then the rivals that the bench asks for.

Slow rivals are entered for fewer questions; tables set Touchstone beside them on the same ones.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.evaluation.bench import Bench
from app.evaluation.contenders.features import (
    CalibratedFeatures,
    FeatureContender,
    LastRemembered,
    background_of,
)
from app.evaluation.contenders.hashes import PdqContender
from app.evaluation.contenders.keypoints import SiftContender
from app.evaluation.contenders.roles import ReferenceImage
from app.evaluation.contenders.service import OURS, ServiceContender
from app.evaluation.measuring import Entry, entered
from app.evaluation.predictions import Prediction
from app.evaluation.splits import background_part
from app.evaluation.tables import Row, recall_row

_SIFT_COMPARISONS = 600_000  # of a query with a reference: about six minutes on one core


def line_up(
    bench: Bench, ours: ServiceContender, questions: int, references: int, *, with_ours: bool = True
) -> list[Entry]:
    """Return the entries of a suite with so many questions and references."""
    entries = [Entry(ours)] if with_ours else []
    return entries + rivals(bench, ours, questions, references) if bench.rivals else entries


def rivals(bench: Bench, ours: ServiceContender, questions: int, references: int) -> list[Entry]:
    """Return the rivals; the features of another network see what Touchstone's proposer chose."""
    touchstone = ours.touchstone
    embedder, limits = LastRemembered(bench.load_rival()), touchstone.limits
    photos = background_part(bench.data, "calibrate")
    background = background_of(embedder, touchstone.eyes.proposer, photos, limits)
    at_most = max(50, _SIFT_COMPARISONS // max(references, 1))
    return [
        Entry(FeatureContender(embedder, limits, embedder.name)),
        Entry(CalibratedFeatures(embedder, limits, f"{embedder.name}, calibrated", background)),
        entered(SiftContender(limits), questions, at_most),
        Entry(PdqContender(limits)),
    ]


def enrol_all(entries: Sequence[Entry], references: Sequence[ReferenceImage]) -> None:
    """Let every contender take in the references."""
    for entry in entries:
        entry.contender.enrol(references)


def service_facts(ours: ServiceContender, bench: Bench) -> dict[str, Any]:
    """Return what every suite records of the service that it measured."""
    return {
        "model": ours.touchstone.eyes.model,
        "references": ours.references,
        "thinned_by": bench.thinning,
    }


def rival_rows(predictions: Sequence[Prediction], *, deep: bool = True) -> dict[str, Row]:
    """Return a row for each contender, with Touchstone's on the questions of those asked fewer."""
    by_name: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        by_name.setdefault(prediction.contender, []).append(prediction)
    own = by_name.get(OURS, [])
    rows: dict[str, Row] = {}
    for name, answers in by_name.items():
        rows[name] = recall_row(answers, deep=deep)
        if len(answers) < len(own):
            asked = {answer.query for answer in answers}
            same = [answer for answer in own if answer.query in asked]
            rows[f"{OURS}, asked what {name} was"] = recall_row(same, deep=deep)
    return rows


def gallery_folder(folder: Path) -> Path:
    """Return where a suite keeps the pictures that it enrols."""
    return folder / "marks"

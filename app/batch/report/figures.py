"""Counts over a run: verdicts by what listings have in common, distributions, errors by cause.

Everything is added up in one pass. A table shows the groups with the most suspects and says how
many it leaves out, so a catalogue of a hundred thousand sellers makes a page of a few rows.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from app.batch.report.reading import Judged
from app.batch.stage import Scored
from app.batch.tally import ASSESSMENT_FAILED, ROW_REJECTED
from app.domain.assessment import Assessment, Verdict
from app.domain.match import Match

SCORE_BINS: Final = 20
ALARM_BINS: Final = 12  # two for each decade from one to a million
TABLE_ROWS: Final = 15
GROUPS: Final = ("Claim", "Brand of the best match", "Seller", "Category")
_UNKNOWN: Final = "(not given)"
_NO_MATCH: Final = "(no match)"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One group of listings."""

    name: str
    counts: tuple[int, int, int]  # suspect, review, clear

    @property
    def total(self) -> int:
        """All listings of the group."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Table:
    """Groups by one property, those with the most suspects first; `left_out` are not shown."""

    title: str
    rows: tuple[TableRow, ...]
    left_out: int


@dataclass
class Figures:
    """What a run adds up to; for one thread."""

    listings: int = 0
    photos: int = 0
    changed: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    scores: list[int] = field(default_factory=lambda: [0] * SCORE_BINS)
    alarms: list[int] = field(default_factory=lambda: [0] * ALARM_BINS)
    uncalibrated: int = 0
    unmatched: int = 0
    versions: set[tuple[str, str]] = field(default_factory=set)
    _groups: dict[str, defaultdict[str, Counter[Verdict]]] = field(
        default_factory=lambda: {name: defaultdict(Counter) for name in GROUPS}
    )

    def add(self, judged: Judged, assessment: Assessment | None) -> None:
        """Count one row."""
        outcome = judged.outcome
        if assessment is None:
            failed = not isinstance(outcome, Scored) and outcome.failure is not None
            self.errors[ASSESSMENT_FAILED if failed else ROW_REJECTED] += 1
            return
        self.listings += 1
        self.changed += judged.row is None
        self.photos += len(assessment.images)
        self.verdicts[assessment.verdict] += 1
        self.errors.update(image.error.code for image in assessment.images if image.error)
        self.scores[min(int(assessment.score * SCORE_BINS), SCORE_BINS - 1)] += 1
        best = best_match(assessment)
        self._add_alarms(best)
        for group, name in _names(judged, assessment, best).items():
            self._groups[group][name][assessment.verdict] += 1
        versions = assessment.versions
        self.versions |= {
            ("model", versions.model),
            ("index", versions.index),
            ("registry", str(versions.registry)),
            ("policy", versions.policy),
            ("background", versions.background or "none"),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the tables."""
        return tuple(_table(title, self._groups[title]) for title in GROUPS)

    def _add_alarms(self, best: Match | None) -> None:
        if best is None:
            self.unmatched += 1
        elif best.false_alarms_per_million is None:
            self.uncalibrated += 1
        else:
            place = int(2 * math.log10(max(best.false_alarms_per_million, 1.0)))
            self.alarms[min(place, ALARM_BINS - 1)] += 1


def best_match(assessment: Assessment) -> Match | None:
    """Return the match that the verdict speaks of, else the rarest."""
    if assessment.lead is not None:
        return assessment.lead
    matches = [match for image in assessment.images for match in image.matches]
    return min(matches, key=lambda match: match.rank_key, default=None)


def _names(judged: Judged, assessment: Assessment, best: Match | None) -> dict[str, str]:
    listing = None if judged.row is None else judged.row.listing
    return {
        "Claim": assessment.claim.kind.value,
        "Brand of the best match": _NO_MATCH if best is None else best.brand,
        "Seller": (listing.seller_id if listing else "") or _UNKNOWN,
        "Category": (listing.category if listing else "") or _UNKNOWN,
    }


def _table(title: str, groups: dict[str, Counter[Verdict]]) -> Table:
    rows = [
        TableRow(name, (c[Verdict.SUSPECT], c[Verdict.REVIEW], c[Verdict.CLEAR]))
        for name, c in groups.items()
    ]
    rows.sort(key=lambda row: (*(-count for count in row.counts), row.name))
    return Table(title, tuple(rows[:TABLE_ROWS]), max(len(rows) - TABLE_ROWS, 0))

"""Counts outcomes as they come, for the progress bar, and sums them up at the end.

Every count is over the whole catalogue, rows kept from an earlier run included, so that a resumed
run reports what an undisturbed one would; only the clock, the seconds of the stages, the rate and
what was taken over are about this run alone.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.batch.stage import Outcome, Scored
from app.domain.assessment import Verdict
from app.domain.claim import ClaimKind
from app.domain.contract import Document

# Causes of errors that are not of one photo, which have its code.
ROW_REJECTED = "row_rejected"
ASSESSMENT_FAILED = "assessment_failed"


class Taken(StrEnum):
    """Where an outcome comes from."""

    NEW = "new"
    KEPT = "kept"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a run is. `rows` of `total_rows` are done; `errors` are bad rows and bad photos.

    `seconds` have passed since the first row, and `new_photos` of `photos` were looked at in them.
    `causes` are the errors by their cause.
    """

    rows: int
    total_rows: int
    listings: int
    photos: int
    suspects: int
    errors: int
    new_rows: int = 0
    new_photos: int = 0
    seconds: float = 0.0
    reviews: int = 0
    causes: Mapping[str, int] = field(default_factory=dict)

    @property
    def photos_per_second(self) -> float:
        """Photos of this run over its time so far."""
        return self.new_photos / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; `None` before anybody can say."""
        if not self.new_rows or not self.seconds:
            return None
        return (self.total_rows - self.rows) * self.seconds / self.new_rows


# Told at the start and after every row, in the thread that called `score_catalog`.
Progress = Callable[[ProgressReport], None]


def silent(report: ProgressReport) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class CatalogSummary:
    """What a run did.

    Attributes:
        listings: Rows with an assessment.
        verdicts: Listings by verdict; every verdict is named.
        claims: Listings by what they claim; every kind of claim is named.
        rejected: Rows that could not be read as a listing.
        failures: Rows whose assessment failed unexpectedly.
        photos: Images of the assessed listings, unreadable ones included.
        image_errors: Images that could not be judged, by code.
        kept_rows: Rows taken over from an earlier run on the same output, counted above as well.
        unchanged_rows: Rows taken over from another run, because nothing has changed.
        taken_photos: The photos of both.
        repeated_photos: Photos of this run that were not looked at, because the same bytes were.
        seconds: Time that passed in this run.
        stage_seconds: Time spent in each stage in this run, added up over workers.
        versions: What verdicts depended on; more than one where that changed during the run.
    """

    listings: int
    verdicts: Mapping[str, int]
    claims: Mapping[str, int]
    rejected: int
    failures: int
    photos: int
    image_errors: Mapping[str, int]
    kept_rows: int
    unchanged_rows: int
    taken_photos: int
    repeated_photos: int
    seconds: float
    stage_seconds: Mapping[str, float]
    versions: tuple[Document, ...] = ()

    def __post_init__(self) -> None:
        for counts in (self.verdicts, self.claims):
            if sum(counts.values()) != self.listings:
                raise ValueError("every listing has one verdict and one claim")
        taken = self.kept_rows + self.unchanged_rows
        if not (taken <= self.rows and self.taken_photos <= self.photos):
            raise ValueError("rows kept from an earlier run are rows of this one")

    @property
    def rows(self) -> int:
        """All rows of the catalogue."""
        return self.listings + self.rejected + self.failures

    @property
    def photos_per_second(self) -> float:
        """Photos assessed in this run over the time it took."""
        return (self.photos - self.taken_photos) / self.seconds if self.seconds else 0.0

    def to_document(self) -> Document:
        """Return the summary as plain JSON values."""
        return {
            "rows": self.rows,
            "listings": self.listings,
            "verdicts": dict(self.verdicts),
            "claims": dict(self.claims),
            "rejected": self.rejected,
            "failures": self.failures,
            "photos": self.photos,
            "image_errors": dict(self.image_errors),
            "kept_rows": self.kept_rows,
            "unchanged_rows": self.unchanged_rows,
            "taken_photos": self.taken_photos,
            "repeated_photos": self.repeated_photos,
            "seconds": round(self.seconds, 3),
            "stage_seconds": {name: round(value, 3) for name, value in self.stage_seconds.items()},
            "photos_per_second": round(self.photos_per_second, 2),
            "versions": list(self.versions),
        }


class Tally:
    """Counts the outcomes of one run; for one thread."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began = clock()
        self._verdicts = Counter({str(verdict): 0 for verdict in Verdict})
        self._claims = Counter({str(kind): 0 for kind in ClaimKind})
        self._image_errors: Counter[str] = Counter()
        self._rows: Counter[Taken] = Counter()
        self._photos: Counter[Taken] = Counter()
        self._versions: dict[str, Document] = {}
        self._rejected = self._failures = 0

    def add(self, outcome: Outcome, taken: Taken = Taken.NEW) -> None:
        """Count one row."""
        self._rows[taken] += 1
        if isinstance(outcome, Scored):
            self._add_document(outcome.document, taken)
        elif outcome.failure is None:
            self._rejected += 1
        else:
            self._failures += 1

    def _add_document(self, document: Document, taken: Taken) -> None:
        images = document["images"]
        self._photos[taken] += len(images)
        self._verdicts[document["verdict"]] += 1
        self._claims[document["claim"]["kind"]] += 1
        self._image_errors.update(image["error"]["code"] for image in images if image["error"])
        versions = document["versions"]
        self._versions.setdefault(json.dumps(versions, sort_keys=True), versions)

    def report(self, total_rows: int) -> ProgressReport:
        """Return how far the run is."""
        causes = self._causes()
        return ProgressReport(
            rows=self._rows.total(),
            total_rows=total_rows,
            listings=self._verdicts.total(),
            photos=self._photos.total(),
            suspects=self._verdicts[Verdict.SUSPECT],
            errors=sum(causes.values()),
            new_rows=self._rows[Taken.NEW],
            new_photos=self._photos[Taken.NEW],
            seconds=self._clock() - self._began,
            reviews=self._verdicts[Verdict.REVIEW],
            causes=causes,
        )

    def _causes(self) -> Mapping[str, int]:
        rows = {ROW_REJECTED: self._rejected, ASSESSMENT_FAILED: self._failures}
        return {cause: count for cause, count in rows.items() if count} | self._image_errors

    def summary(
        self, seconds: float, stage_seconds: Mapping[str, float], repeated_photos: int = 0
    ) -> CatalogSummary:
        """Return what the run did."""
        return CatalogSummary(
            listings=self._verdicts.total(),
            verdicts=dict(self._verdicts),
            claims=dict(self._claims),
            rejected=self._rejected,
            failures=self._failures,
            photos=self._photos.total(),
            image_errors=dict(sorted(self._image_errors.items())),
            kept_rows=self._rows[Taken.KEPT],
            unchanged_rows=self._rows[Taken.UNCHANGED],
            taken_photos=self._photos[Taken.KEPT] + self._photos[Taken.UNCHANGED],
            repeated_photos=repeated_photos,
            seconds=seconds,
            stage_seconds=stage_seconds,
            versions=tuple(self._versions.values()),
        )

"""Counts outcomes as they come, for the progress bar, and sums them up at the end.

Every count is over the whole catalogue, rows kept from an earlier run included, so that a resumed
run reports what an undisturbed one would; only the clock, the seconds of the stages and the rate
are about this run alone.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.batch.stage import Outcome, Scored
from app.domain.assessment import Verdict
from app.domain.contract import Document


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far a run is. `rows` of `total_rows` are done; `errors` are bad rows and bad photos."""

    rows: int
    total_rows: int
    listings: int
    photos: int
    suspects: int
    errors: int


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
        rejected: Rows that could not be read as a listing.
        failures: Rows whose assessment failed unexpectedly.
        photos: Images of the assessed listings, unreadable ones included.
        image_errors: Unreadable images by code.
        kept_rows: Rows taken over from an earlier run, counted above as well.
        kept_photos: Their photos.
        seconds: Time that passed in this run.
        stage_seconds: Time spent in each stage in this run, added up over workers.
    """

    listings: int
    verdicts: Mapping[str, int]
    rejected: int
    failures: int
    photos: int
    image_errors: Mapping[str, int]
    kept_rows: int
    kept_photos: int
    seconds: float
    stage_seconds: Mapping[str, float]

    def __post_init__(self) -> None:
        if sum(self.verdicts.values()) != self.listings:
            raise ValueError("every listing has one verdict")
        if not (self.kept_rows <= self.rows and self.kept_photos <= self.photos):
            raise ValueError("rows kept from an earlier run are rows of this one")

    @property
    def rows(self) -> int:
        """All rows of the catalogue."""
        return self.listings + self.rejected + self.failures

    @property
    def photos_per_second(self) -> float:
        """Photos assessed in this run over the time it took."""
        return (self.photos - self.kept_photos) / self.seconds if self.seconds else 0.0

    def to_document(self) -> Document:
        """Return the summary as plain JSON values."""
        return {
            "rows": self.rows,
            "listings": self.listings,
            "verdicts": dict(self.verdicts),
            "rejected": self.rejected,
            "failures": self.failures,
            "photos": self.photos,
            "image_errors": dict(self.image_errors),
            "kept_rows": self.kept_rows,
            "kept_photos": self.kept_photos,
            "seconds": round(self.seconds, 3),
            "stage_seconds": {name: round(value, 3) for name, value in self.stage_seconds.items()},
            "photos_per_second": round(self.photos_per_second, 2),
        }


class Tally:
    """Counts the outcomes of one run; for one thread."""

    def __init__(self) -> None:
        self._verdicts = Counter({str(verdict): 0 for verdict in Verdict})
        self._image_errors: Counter[str] = Counter()
        self._rejected = self._failures = self._photos = 0
        self._kept_rows = self._kept_photos = 0

    def add(self, outcome: Outcome) -> None:
        """Count one row."""
        if isinstance(outcome, Scored):
            images = outcome.document["images"]
            self._photos += len(images)
            self._verdicts[outcome.document["verdict"]] += 1
            self._image_errors.update(image["error"]["code"] for image in images if image["error"])
        elif outcome.failure is None:
            self._rejected += 1
        else:
            self._failures += 1

    def mark_kept(self) -> None:
        """Say that everything counted so far comes from an earlier run."""
        self._kept_rows, self._kept_photos = self._rows, self._photos

    @property
    def _rows(self) -> int:
        return self._verdicts.total() + self._rejected + self._failures

    def report(self, total_rows: int) -> ProgressReport:
        """Return how far the run is."""
        return ProgressReport(
            rows=self._rows,
            total_rows=total_rows,
            listings=self._verdicts.total(),
            photos=self._photos,
            suspects=self._verdicts[Verdict.SUSPECT],
            errors=self._rejected + self._failures + self._image_errors.total(),
        )

    def summary(self, seconds: float, stage_seconds: Mapping[str, float]) -> CatalogSummary:
        """Return what the run did."""
        return CatalogSummary(
            listings=self._verdicts.total(),
            verdicts=dict(self._verdicts),
            rejected=self._rejected,
            failures=self._failures,
            photos=self._photos,
            image_errors=dict(sorted(self._image_errors.items())),
            kept_rows=self._kept_rows,
            kept_photos=self._kept_photos,
            seconds=seconds,
            stage_seconds=stage_seconds,
        )

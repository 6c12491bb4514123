"""A catalogue that is scored in the background: how far it is, and how it ended.

    queued ─▶ running ─▶ done | failed
       │         └─▶ cancelling ─▶ cancelled
       └─▶ cancelled

Whoever works on a job holds it by a lease that it renews. A job whose lease has run out is waiting
again, whatever its state says: its worker is dead, and the next one goes on where it stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from app.domain.errors import InvalidInputError

Document = dict[str, Any]


class JobState(StrEnum):
    """How a job is getting on."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is; `errors` counts bad rows and bad photos by cause.

    `seconds_left` is `None` before anybody can say, `photos_per_second` is of the work since the
    job was last taken up.
    """

    rows: int = 0
    total_rows: int = 0
    listings: int = 0
    photos: int = 0
    photos_per_second: float = 0.0
    suspects: int = 0
    reviews: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    seconds_left: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.listings <= self.rows:
            raise ValueError("every listing is a row that is done")

    def to_document(self) -> Document:
        """Return plain JSON values."""
        return {**asdict(self), "errors": dict(self.errors)}


@dataclass(frozen=True, slots=True)
class JobProblem:
    """Why a job failed: a stable code, and one sentence that is safe to show."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be kept.

    Attributes:
        name: What whoever sent it calls the catalogue.
        folder: Name of the folder that holds everything of this job.
        source: The catalogue itself: a path, or empty for a file in the job's own folder.
        file: Name of that file in the folder; empty for a path.
        encoding: Of CSV files; empty to find it out.
    """

    name: str
    folder: str
    source: str = ""
    file: str = ""
    encoding: str = ""

    def __post_init__(self) -> None:
        if bool(self.source) == bool(self.file):
            raise InvalidInputError("a catalogue is either a path or a file of its own")


@dataclass(frozen=True, slots=True)
class CatalogJob:
    """A job; `runs` is how often a worker has taken it up without putting it down in order."""

    id: int
    name: str
    folder: str
    source: str
    file: str
    encoding: str
    state: JobState
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    runs: int
    progress: JobProgress
    summary: Document | None = None
    problem: JobProblem | None = None


class CatalogJobStore(Protocol):
    """Jobs, which outlive whoever works on them; every method is safe from several threads."""

    def add(self, new: NewJob) -> CatalogJob:
        """Keep a job; it waits."""

    def get(self, job_id: int) -> CatalogJob:
        """Return one job, or raise `NotFoundError`."""

    def list(self, *, before: int | None = None, limit: int = 50) -> list[CatalogJob]:
        """Return jobs newest first, with ids below `before` when it is given."""

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs there are in each state."""

    def rows_left(self) -> int:
        """Return how many rows of jobs that are not over are still to be done, where known."""

    def cancel(self, job_id: int) -> CatalogJob:
        """Cancel a job, or ask its worker to; `NotFoundError`, `ConflictError` when it is over."""

    def remove(self, job_id: int) -> None:
        """Remove a job that is over; `NotFoundError`, `ConflictError` when it is not."""

    def waiting(self, limit: int = 10) -> Sequence[int]:
        """Return jobs that nobody works on and somebody should, oldest first."""

    def claim(self, job_id: int, worker: str, seconds: float) -> CatalogJob | None:
        """Take up a job that waits, for so long; `None` when there is nothing to take up."""

    def beat(
        self, job_id: int, worker: str, seconds: float, progress: JobProgress | None
    ) -> JobState | None:
        """Keep the job for so long, note how far it is, and return its state.

        `None` when the worker has lost it.
        """

    def put_down(self, job_id: int, worker: str, wait: float, *, in_order: bool) -> None:
        """Let a job wait again, for at least so long; one `in_order` is not counted as a run."""

    def finish(
        self,
        job_id: int,
        worker: str,
        state: JobState,
        *,
        summary: Document | None = None,
        problem: JobProblem | None = None,
    ) -> None:
        """End a job and tell the webhooks of it; nothing happens when the worker has lost it."""

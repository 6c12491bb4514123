"""Catalogues in and out: what is to be scored, how far it is, and what came out."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.assessments import ASSESSMENT_EXAMPLE
from app.api.schemas.base import Input, Output, Page
from app.domain.catalog_job import CatalogJob, JobProblem, JobProgress, JobState
from app.domain.registry import IdPrefix, public_id

PROGRESS_EXAMPLE: dict[str, Any] = {
    "listings_done": 41_200,
    "listings_total": 100_000,
    "photos_done": 96_310,
    "photos_per_second": 4.2,
    "suspects": 31,
    "reviews": 402,
    "errors": {"image_truncated": 12, "row_rejected": 3},
    "seconds_left": 32_910.5,
}
CATALOG_EXAMPLE: dict[str, Any] = {
    "id": "cat_7",
    "name": "listings.jsonl.gz",
    "state": "running",
    "created_at": "2026-03-02T22:00:00Z",
    "started_at": "2026-03-02T22:00:01Z",
    "finished_at": None,
    "progress": PROGRESS_EXAMPLE,
    "summary": None,
    "problem": None,
}
_ASSESSMENT = {
    name: value for name, value in ASSESSMENT_EXAMPLE.items() if name not in {"id", "created_at"}
}
_ENCODING = Field(
    "",
    max_length=40,
    pattern=r"^[A-Za-z0-9_.\-]*$",
    description="Of CSV files; found out when not given.",
)


class CatalogForm(Input):
    """What a form says beside the file."""

    encoding: str = _ENCODING


class CatalogCreate(Input):
    """A catalogue on the server's own disks."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"path": "exports/2026-03-02/*.parquet"}]}
    )

    path: str = Field(
        min_length=1,
        max_length=1_000,
        description="A file, folder or pattern below a folder that the operator has allowed.",
    )
    encoding: str = _ENCODING


class ProgressPublic(Output):
    """How far a catalogue is."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROGRESS_EXAMPLE]})

    listings_done: int = Field(description="Rows that are done, bad ones included.")
    listings_total: int = Field(description="Rows of the catalogue; 0 before they are counted.")
    photos_done: int = Field(description="Photos of those listings.")
    photos_per_second: float = Field(description="Since the catalogue was last taken up.")
    suspects: int = Field(description="Listings found suspect so far.")
    reviews: int = Field(description="Listings found to need a review so far.")
    errors: dict[str, int] = Field(
        description="Bad photos by code, `row_rejected` for rows that are no listing, and "
        "`assessment_failed` for listings whose assessment failed."
    )
    seconds_left: float | None = Field(description="At the pace so far; null when unknown.")

    @classmethod
    def of(cls, progress: JobProgress) -> Self:
        """Shape a progress."""
        return cls(
            listings_done=progress.rows,
            listings_total=progress.total_rows,
            photos_done=progress.photos,
            photos_per_second=progress.photos_per_second,
            suspects=progress.suspects,
            reviews=progress.reviews,
            errors=dict(progress.errors),
            seconds_left=progress.seconds_left,
        )


class JobProblemPublic(Output):
    """Why a catalogue failed."""

    code: str = Field(description="A stable string to branch on.")
    detail: str = Field(description="The same for people.")

    @classmethod
    def of(cls, problem: JobProblem) -> Self:
        """Shape a problem."""
        return cls(code=problem.code, detail=problem.detail)


class CatalogPublic(Output):
    """A catalogue that is scored in the background."""

    model_config = ConfigDict(json_schema_extra={"examples": [CATALOG_EXAMPLE]})

    id: str = Field(description="The catalogue's id.")
    name: str = Field(description="The name or path it was sent under.")
    state: JobState = Field(
        description="`queued`, `running`, `cancelling`; and in the end `done`, `failed` or "
        "`cancelled`."
    )
    created_at: datetime = Field(description="When it was taken in.")
    started_at: datetime | None = Field(description="When a worker first took it up.")
    finished_at: datetime | None = Field(description="When it ended.")
    progress: ProgressPublic = Field(description="How far it is.")
    summary: dict[str, Any] | None = Field(
        description="What the run did, as `touchstone catalog score --json` prints it; null "
        "before it is done."
    )
    problem: JobProblemPublic | None = Field(description="Why it failed; null when it did not.")

    @classmethod
    def of(cls, job: CatalogJob) -> Self:
        """Shape a job."""
        return cls(
            id=public_id(IdPrefix.CATALOG, job.id),
            name=job.name,
            state=job.state,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            progress=ProgressPublic.of(job.progress),
            summary=job.summary,
            problem=None if job.problem is None else JobProblemPublic.of(job.problem),
        )


class CatalogPage(Page[CatalogPublic]):
    """Catalogues, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [CATALOG_EXAMPLE], "next_cursor": None}]}
    )


class CatalogResults(Output):
    """Assessments of a catalogue, in its order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [_ASSESSMENT], "next_cursor": "NDA5Ng"}]}
    )

    items: tuple[dict[str, Any], ...] = Field(
        description="Assessments, as those over HTTP are but for `id` and `created_at`."
    )
    next_cursor: str | None = Field(
        description="Pass it as `cursor` to get the next page; null on the last page."
    )

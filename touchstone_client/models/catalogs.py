"""What the API is sent and answers with: catalogs.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class CatalogCreate(Sent):
    """A catalogue on the server's own disks."""

    path: str
    """A file, folder or pattern below a folder that the operator has allowed."""
    encoding: str = ""
    """Of CSV files; found out when not given."""


class JobProblemPublic(Received):
    """Why a catalogue failed."""

    code: str
    """A stable string to branch on."""
    detail: str
    """The same for people."""


class JobState(StrEnum):
    """How a job is getting on."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OpenJobState: TypeAlias = Annotated[JobState | str, Field(union_mode="left_to_right")]


class ProgressPublic(Received):
    """How far a catalogue is."""

    listings_done: int
    """Rows that are done, bad ones included."""
    listings_total: int
    """Rows of the catalogue; 0 before they are counted."""
    photos_done: int
    """Photos of those listings."""
    photos_per_second: float
    """Since the catalogue was last taken up."""
    suspects: int
    """Listings found suspect so far."""
    reviews: int
    """Listings found to need a review so far."""
    errors: dict[str, Any]
    """Bad photos by code, `row_rejected` for rows that are no listing, and `assessment_failed`
    for listings whose assessment failed.
    """
    seconds_left: float | None
    """At the pace so far; null when unknown."""


class CatalogPublic(Received):
    """A catalogue that is scored in the background."""

    id: str
    """The catalogue's id."""
    name: str
    """The name or path it was sent under."""
    state: OpenJobState
    """`queued`, `running`, `cancelling`; and in the end `done`, `failed` or `cancelled`."""
    created_at: datetime
    """When it was taken in."""
    started_at: datetime | None
    """When a worker first took it up."""
    finished_at: datetime | None
    """When it ended."""
    progress: ProgressPublic
    """How far it is."""
    summary: dict[str, Any] | None
    """What the run did, as `touchstone catalog score --json` prints it; null before it is done."""
    problem: JobProblemPublic | None
    """Why it failed; null when it did not."""


class CatalogPage(Received):
    """Catalogues, newest first."""

    items: tuple[CatalogPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class CatalogResults(Received):
    """Assessments of a catalogue, in its order."""

    items: tuple[dict[str, Any], ...]
    """Assessments, as those over HTTP are but for `id` and `created_at`."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class ResultFormat(StrEnum):
    """What results can be had as."""

    PAGE = "page"
    JSONL = "jsonl"
    CSV = "csv"
    REPORT = "report"
    REJECTS = "rejects"
    ERRORS = "errors"


OpenResultFormat: TypeAlias = Annotated[ResultFormat | str, Field(union_mode="left_to_right")]

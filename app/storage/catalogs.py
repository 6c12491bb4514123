"""Catalogues that are scored in the background: claimed for a time, and renewed while at work.

A worker that dies keeps its job until the lease is over; then the job is waiting again. Whatever
changes a job locks its row, so of two workers that take one up at the same moment one comes second
and gets nothing. A job's end is told to the webhooks in the transaction that keeps it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.domain.catalog_job import (
    CatalogJob,
    Document,
    JobProblem,
    JobProgress,
    JobState,
    NewJob,
)
from app.domain.errors import ConflictError
from app.domain.registry import IdPrefix, public_id
from app.domain.webhook import EventType
from app.storage.catalog_tables import CatalogRow
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.names import storable
from app.storage.outbox import tell
from app.storage.versioned import found

_OVER = tuple(str(state) for state in JobState if state.over)
_HELD = (str(JobState.RUNNING), str(JobState.CANCELLING))


class SqlCatalogStore:
    """Implements `app.domain.catalog_job.CatalogJobStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewJob) -> CatalogJob:
        """Keep a job; it waits."""
        row = CatalogRow(
            name=storable(new.name),
            folder=new.folder,
            source=new.source,
            file=new.file,
            encoding=new.encoding,
            state=str(JobState.QUEUED),
            created_at=self._clock(),
            worker="",
            runs=0,
            rows=0,
            total_rows=0,
            progress=JobProgress().to_document(),
        )
        with self._database.session(write=True) as session:
            session.add(row)
        return _job(row)

    def get(self, job_id: int) -> CatalogJob:
        """Return one job, or raise `NotFoundError`."""
        with self._database.session() as session:
            return _job(found(session.get(CatalogRow, job_id), "catalogue", job_id))

    def list(self, *, before: int | None = None, limit: int = 50) -> list[CatalogJob]:
        """Return jobs newest first, with ids below `before` when it is given."""
        page = select(CatalogRow).order_by(CatalogRow.id.desc()).limit(limit)
        if before is not None:
            page = page.where(CatalogRow.id < before)
        with self._database.session() as session:
            return [_job(row) for row in session.scalars(page)]

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs there are in each state."""
        counted = select(CatalogRow.state, func.count()).group_by(CatalogRow.state)
        with self._database.session() as session:
            counts = {JobState(state): count for state, count in session.execute(counted)}
        return {state: counts.get(state, 0) for state in JobState}

    def rows_left(self) -> int:
        """Return how many rows of jobs that are not over are still to be done, where known."""
        left = select(func.sum(CatalogRow.total_rows - CatalogRow.rows))
        with self._database.session() as session:
            return int(session.scalar(left.where(CatalogRow.state.not_in(_OVER))) or 0)

    def cancel(self, job_id: int) -> CatalogJob:
        """Cancel a job, or ask its worker to; `NotFoundError`, `ConflictError` when it is over."""
        with self._database.session(write=True) as session:
            row = _locked(session, job_id)
            state = JobState(row.state)
            if state.over and state is not JobState.CANCELLED:
                raise ConflictError(f"the catalogue is {state} already")
            if state is JobState.QUEUED or (state in _HELD and self._lapsed(row)):
                self._end(session, row, JobState.CANCELLED)
            elif state is JobState.RUNNING:
                row.state = str(JobState.CANCELLING)
        return _job(row)

    def remove(self, job_id: int) -> None:
        """Remove a job that is over; `NotFoundError`, `ConflictError` when it is not."""
        with self._database.session(write=True) as session:
            row = _locked(session, job_id)
            if not JobState(row.state).over:
                raise ConflictError(f"the catalogue is {row.state}; cancel it first")
            session.delete(row)

    def waiting(self, limit: int = 10) -> Sequence[int]:
        """Return jobs that nobody works on and somebody should, oldest first."""
        page = select(CatalogRow.id).where(self._free()).order_by(CatalogRow.id).limit(limit)
        with self._database.session() as session:
            return [*session.scalars(page)]

    def claim(self, job_id: int, worker: str, seconds: float) -> CatalogJob | None:
        """Take up a job that waits, for so long; `None` when there is nothing to take up."""
        wanted = select(CatalogRow).where(CatalogRow.id == job_id, self._free())
        with self._database.session(write=True) as session:
            row = session.scalars(wanted.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            if row.state == JobState.CANCELLING:  # whoever was to cancel it has died
                self._end(session, row, JobState.CANCELLED)
                return None
            now = self._clock()
            row.state, row.worker = str(JobState.RUNNING), worker
            row.leased_until = now + timedelta(seconds=seconds)
            row.started_at = row.started_at or now
            row.runs += 1
        return _job(row)

    def beat(
        self, job_id: int, worker: str, seconds: float, progress: JobProgress | None
    ) -> JobState | None:
        """Keep the job for so long, note how far it is, and return its state."""
        with self._database.session(write=True) as session:
            row = _mine(session, job_id, worker)
            if row is None:
                return None
            row.leased_until = self._clock() + timedelta(seconds=seconds)
            if progress is not None:
                row.progress = progress.to_document()
                row.rows, row.total_rows = progress.rows, progress.total_rows
            return JobState(row.state)

    def put_down(self, job_id: int, worker: str, wait: float, *, in_order: bool) -> None:
        """Let a job wait again, for at least so long; one `in_order` is not counted as a run."""
        with self._database.session(write=True) as session:
            row = _mine(session, job_id, worker)
            if row is None:
                return
            if row.state == JobState.CANCELLING:
                self._end(session, row, JobState.CANCELLED)
                return
            row.state, row.worker = str(JobState.QUEUED), ""
            row.leased_until = self._clock() + timedelta(seconds=wait)
            row.runs -= in_order

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
        with self._database.session(write=True) as session:
            row = _mine(session, job_id, worker)
            if row is None:
                return
            row.summary = summary
            row.problem = None if problem is None else _problem_document(problem)
            self._end(session, row, state)

    def _end(self, session: Session, row: CatalogRow, state: JobState) -> None:
        row.state, row.worker, row.leased_until = str(state), "", None
        row.finished_at = self._clock()
        tell(session, EventType.CATALOG_FINISHED, row.finished_at, _told(row))

    def _lapsed(self, row: CatalogRow) -> bool:
        return row.leased_until is None or row.leased_until <= self._clock()

    def _free(self) -> ColumnElement[bool]:
        lapsed = or_(CatalogRow.leased_until.is_(None), CatalogRow.leased_until <= self._clock())
        return and_(CatalogRow.state.not_in(_OVER), lapsed)


def _locked(session: Session, job_id: int) -> CatalogRow:
    return found(session.get(CatalogRow, job_id, with_for_update=True), "catalogue", job_id)


def _mine(session: Session, job_id: int, worker: str) -> CatalogRow | None:
    row = session.get(CatalogRow, job_id, with_for_update=True)
    return row if row is not None and row.worker == worker and row.state in _HELD else None


def _told(row: CatalogRow) -> Document:
    return {
        "catalog_id": public_id(IdPrefix.CATALOG, row.id),
        "name": row.name,
        "state": row.state,
        "progress": row.progress,
        "summary": row.summary,
        "problem": row.problem,
    }


def _problem_document(problem: JobProblem) -> Document:
    return {"code": problem.code, "detail": problem.detail}


def _progress(document: dict[str, Any]) -> JobProgress:
    return JobProgress(**document)


def _job(row: CatalogRow) -> CatalogJob:
    return CatalogJob(
        id=row.id,
        name=row.name,
        folder=row.folder,
        source=row.source,
        file=row.file,
        encoding=row.encoding,
        state=JobState(row.state),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        runs=row.runs,
        progress=_progress(row.progress),
        summary=row.summary,
        problem=None if row.problem is None else JobProblem(**row.problem),
    )

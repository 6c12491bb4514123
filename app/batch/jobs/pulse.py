"""Keeps a job's lease while its worker is busy, and tells the worker when to let go of it.

A thread beats every second or so: it notes how far the job is, renews the lease, and looks whether
somebody has cancelled the job. The run asks `check` after every row, which costs nothing.
"""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Self

import structlog

from app.batch.tally import Progress, ProgressReport, silent
from app.domain.catalog_job import CatalogJobStore, JobProgress, JobState
from app.domain.errors import StorageError

_log = structlog.get_logger(__name__)


class Why(StrEnum):
    """Why a run is let go of."""

    CANCELLED = "cancelled"
    LOST = "lost"
    STOPPING = "stopping"


class LetGoError(Exception):
    """Ends a run between two rows; its folder stays."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Pulse:
    """The beats of one job; a context manager, and a `Progress` of a run."""

    def __init__(
        self,
        store: CatalogJobStore,
        job_id: int,
        worker: str,
        *,
        lease: float,
        every: float,
        stopping: Callable[[], bool],
        also: Progress = silent,
    ) -> None:
        self._store = store
        self._job_id = job_id
        self._worker = worker
        self._lease = lease
        self._every = every
        self._stopping = stopping
        self._also = also
        self._report: ProgressReport | None = None
        self._held_until = time.monotonic() + lease
        self._why: Why | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pulse-{job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, report: ProgressReport) -> None:
        """Take note of how far the run is; `LetGoError` when it has to end."""
        self._report = report
        self._also(report)
        self.check()

    def check(self) -> None:
        """Go on, or raise `LetGoError`."""
        if self._why is None and self._stopping():
            self._why = Why.STOPPING
        if self._why is not None:
            raise LetGoError(self._why)

    def beat(self) -> None:
        """Renew the lease once."""
        report = self._report
        progress = None if report is None else as_progress(report)
        try:
            state = self._store.beat(self._job_id, self._worker, self._lease, progress)
        except StorageError as error:
            _log.warning("job_beat_failed", job=self._job_id, reason=error.message)
            # Somebody else may have taken the job up by now.
            if time.monotonic() > self._held_until:
                self._why = Why.LOST
            return
        self._held_until = time.monotonic() + self._lease
        if state is None:
            self._why = Why.LOST
        elif state is JobState.CANCELLING:
            self._why = Why.CANCELLED

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            try:
                self.beat()
            except Exception:  # noqa: BLE001  a bug must not leave a run without a lease unseen
                _log.exception("job_pulse_failed", job=self._job_id)
                self._why = Why.LOST
                return


def as_progress(report: ProgressReport) -> JobProgress:
    """Return a run's report as it is kept with its job."""
    left = report.seconds_left
    return JobProgress(
        rows=report.rows,
        total_rows=report.total_rows,
        listings=report.listings,
        photos=report.photos,
        photos_per_second=round(report.photos_per_second, 2),
        suspects=report.suspects,
        reviews=report.reviews,
        errors=dict(sorted(report.causes.items())),
        seconds_left=None if left is None else round(left, 1),
    )

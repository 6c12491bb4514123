"""Works on one job: takes it up, scores its catalogue, makes its page, and says how it ended.

    claim ─▶ score, resuming ─▶ out.jsonl, out.csv ─▶ report.html ─▶ finish
                │
                └─▶ cancelled, worker stopping, database away, error of ours or of the catalogue

A run that stopped is gone on with. Where model, registry or policy have changed since, its results
would be of two kinds, so it begins again. What may pass (the database, the model's start) is tried
again after a while; a job that has killed several workers is not tried for ever.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from app.batch.jobs.pulse import LetGoError, Pulse, Why
from app.batch.ledger import OtherVersionsError
from app.batch.outputs import Outputs
from app.batch.report.page import PictureSources, ReportOptions, write_report
from app.batch.run_folder import RunFolder
from app.batch.scoring import RunOptions, score_catalog
from app.batch.stage import ListingAssessor
from app.batch.tally import Progress, silent
from app.domain.catalog_job import CatalogJob, CatalogJobStore, Document, JobProblem, JobState
from app.domain.errors import (
    ConflictError,
    ModelRefusedError,
    NotReadyError,
    StorageError,
    TouchstoneError,
)
from app.services.catalogs import CatalogResult, source_of
from app.services.collecting import ImageCollector

_log = structlog.get_logger(__name__)
MOST_RUNS: Final = 5
# A lock of a run means that another worker, whose lease has run out, has not noticed yet.
_PASSING: Final = (StorageError, NotReadyError, ModelRefusedError, ConflictError)
_AGAIN_AFTER: Final = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Means:
    """What a catalogue is scored with."""

    assessor: ListingAssessor
    collector: ImageCollector | None
    pictures: PictureSources


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """How jobs are worked on.

    Attributes:
        folder: Holds the folders of all jobs.
        inside: Where photos may lie that a catalogue below an allowed folder names.
        lease: Seconds for which a job stays with a worker that is not heard of.
        every: Seconds between two beats.
        again_after: Seconds before a job is taken up again that met what may pass.
    """

    folder: Path
    inside: tuple[Path, ...] = ()
    lease: float = 15.0
    every: float = 1.0
    again_after: float = _AGAIN_AFTER


class JobRunner:
    """Works on jobs under one worker's name; for one thread."""

    def __init__(
        self,
        store: CatalogJobStore,
        means: Callable[[], Means],
        options: RunnerOptions,
        *,
        worker: str,
        stopping: Callable[[], bool] = lambda: False,
        progress: Progress = silent,
    ) -> None:
        """Set up; `means` is asked when there is something to do, since it may load a model."""
        self._store = store
        self._means = means
        self._options = options
        self._worker = worker
        self._stopping = stopping
        self._progress = progress

    def run(self, job_id: int) -> None:
        """Work on a job if it still waits for somebody; raises nothing but bugs of its own."""
        if self._stopping():
            return
        try:
            job = self._store.claim(job_id, self._worker, self._options.lease)
            if job is not None:
                self._work(job)
        except StorageError as error:  # the lease ends by itself
            _log.warning("job_left", job=job_id, reason=error.message)

    def _work(self, job: CatalogJob) -> None:
        _log.info("job_taken_up", job=job.id, run=job.runs)
        if job.runs > MOST_RUNS:
            detail = f"its worker ended unexpectedly {MOST_RUNS} times while it was at work on it"
            self._fail(job, "internal_error", detail)
            return
        options = self._options
        pulse = Pulse(
            self._store,
            job.id,
            self._worker,
            lease=options.lease,
            every=options.every,
            stopping=self._stopping,
            also=self._progress,
        )
        try:
            with pulse:
                summary = self._scored(job, pulse)
            pulse.beat()  # so that what is kept of the progress is its end
            self._store.finish(job.id, self._worker, JobState.DONE, summary=summary)
            _log.info("job_done", job=job.id)
        except LetGoError as error:
            self._let_go(job, error.why)
        except _PASSING as error:
            self._leave(job, error)
        except (TouchstoneError, OSError) as error:
            told = error if isinstance(error, TouchstoneError) else StorageError(str(error))
            self._fail(job, told.code, told.message)
        except Exception:  # noqa: BLE001  one job's bug must not end the worker
            failure = uuid.uuid4().hex[:12]
            _log.exception("job_failed", job=job.id, failure=failure)
            self._fail(
                job, "internal_error", f"something went wrong here; it is logged as {failure}"
            )

    def _scored(self, job: CatalogJob, pulse: Pulse) -> Document:
        means = self._means()
        pulse.check()
        source, own = source_of(job, self._options.folder)
        target = own / CatalogResult.JSONL.value
        inside = self._options.inside if job.source else ()
        options = RunOptions(resume=True, encoding=job.encoding, inside=inside)
        summary = _score(source, target, means, options, pulse)
        outcomes = RunFolder(Outputs.at(target).run)
        outcomes.read()
        Outputs.at(own / CatalogResult.CSV.value).publish(outcomes.outcomes())
        pulse.check()
        write_report(
            target,
            own / CatalogResult.REPORT.value,
            sources=means.pictures,
            options=ReportOptions(encoding=job.encoding, inside=inside, title=job.name),
        )
        pulse.check()
        return summary

    def _let_go(self, job: CatalogJob, why: Why) -> None:
        _log.info("job_let_go", job=job.id, why=why.value)
        if why is Why.CANCELLED:
            self._store.finish(job.id, self._worker, JobState.CANCELLED)
        elif why is Why.STOPPING:
            self._store.put_down(job.id, self._worker, 0.0, in_order=True)

    def _leave(self, job: CatalogJob, error: TouchstoneError) -> None:
        if job.runs >= MOST_RUNS:
            self._fail(job, error.code, error.message)
            return
        _log.warning("job_put_off", job=job.id, reason=error.message)
        self._store.put_down(job.id, self._worker, self._options.again_after, in_order=False)

    def _fail(self, job: CatalogJob, code: str, detail: str) -> None:
        _log.error("job_ended_in_failure", job=job.id, code=code, detail=detail)
        self._store.finish(job.id, self._worker, JobState.FAILED, problem=JobProblem(code, detail))


def _score(source: str, target: Path, means: Means, options: RunOptions, pulse: Pulse) -> Document:
    def run(chosen: RunOptions) -> Document:
        return score_catalog(
            source,
            target,
            assessor=means.assessor,
            collector=means.collector,
            options=chosen,
            progress=pulse,
        ).to_document()

    try:
        return run(options)
    except OtherVersionsError as error:
        _log.warning("job_begun_again", target=str(target), reason=error.message)
        return run(replace(options, resume=False))

"""Catalogues that come in over HTTP: taken in and checked here, scored by a worker elsewhere.

    upload or path ─▶ checked ─▶ kept in SQL ─▶ rung in the queue ─▶ (worker) ─▶ results in a folder

SQL says which jobs there are and how far each is; the queue only wakes a worker up, so a queue that
forgets costs a few seconds. Everything of one job lies in a folder of its own. A path is taken only
below the folders that the operator has allowed, and an uploaded catalogue names no file at all.
"""

import secrets
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

import structlog

from app.domain.catalog_job import CatalogJob, CatalogJobStore, JobState, NewJob
from app.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RateLimitedError,
    StorageError,
)

_log = structlog.get_logger(__name__)
_COPY_BYTES = 2**20


class CatalogResult(StrEnum):
    """What a job leaves, by the name of its file."""

    JSONL = "out.jsonl"
    CSV = "out.csv"
    REJECTS = "out.rejects.jsonl"
    ERRORS = "out.errors.jsonl"
    REPORT = "report.html"


# Files that are only made where there is something to say.
_MAY_BE_MISSING = frozenset({CatalogResult.REJECTS, CatalogResult.ERRORS})


class CatalogCheck(Protocol):
    """Whoever can read catalogues."""

    def file_name(self, name: str) -> str:
        """Return the name under which an upload is kept; `UnsupportedFileError` by extension."""

    def check(self, source: str, *, encoding: str, inside: tuple[Path, ...]) -> None:
        """Refuse a catalogue that cannot be used.

        Raises:
            UnsupportedFileError: when its format or its header is not understood.
            InvalidCatalogError: when none of the first rows is a listing, with why by line.
        """

    def find(self, path: str, inside: tuple[Path, ...]) -> str:
        """Return the whole path of a catalogue below one of the folders.

        Raises:
            NotFoundError: when none of them has it, which is all that is told of others.
        """


class JobQueue(Protocol):
    """Wakes workers up."""

    def put(self, job_id: int) -> None:
        """Say that a job waits; `StorageError` when the queue cannot be reached."""


@dataclass(frozen=True, slots=True)
class CatalogLimits:
    """What is taken in.

    Attributes:
        folders: Where catalogues and photos may lie that are named by a path.
        max_waiting: Most jobs that are not over.
    """

    folders: tuple[Path, ...] = ()
    max_waiting: int = 100


class CatalogDesk:
    """Jobs of one service; safe to share between threads."""

    def __init__(
        self,
        store: CatalogJobStore,
        check: CatalogCheck,
        queue: JobQueue,
        folder: Path,
        limits: CatalogLimits,
    ) -> None:
        self.store = store
        self._check = check
        self._queue = queue
        self.folder = folder
        self._limits = limits

    def upload(self, name: str, content: BinaryIO, encoding: str = "") -> CatalogJob:
        """Take in a catalogue that was sent.

        Raises:
            UnsupportedFileError: when its format or its header is not understood.
            InvalidCatalogError: when none of its first rows is a listing.
            RateLimitedError: when too many jobs are waiting.
            StorageError: when it cannot be kept.
        """
        self._require_room()
        file = self._check.file_name(name)
        job_folder = self._new_folder()
        try:
            _copy(content, job_folder / file)
            self._check.check(str(job_folder / file), encoding=encoding, inside=())
            new = NewJob(name=name, folder=job_folder.name, file=file, encoding=encoding)
            return self._queued(new)
        except BaseException:
            shutil.rmtree(job_folder, ignore_errors=True)
            raise

    def take(self, path: str, encoding: str = "") -> CatalogJob:
        """Take a catalogue that lies below an allowed folder.

        Raises:
            InvalidInputError: when no folder is allowed, or the path cannot be one.
            NotFoundError: when there is no such catalogue below them.
            UnsupportedFileError, InvalidCatalogError, RateLimitedError, StorageError: as `upload`.
        """
        folders = self._limits.folders
        if not folders:
            raise InvalidInputError("no folder of catalogues is allowed here; upload the file")
        self._require_room()
        source = self._check.find(path, folders)
        self._check.check(source, encoding=encoding, inside=folders)
        job_folder = self._new_folder()
        try:
            return self._queued(NewJob(path, job_folder.name, source=source, encoding=encoding))
        except BaseException:
            shutil.rmtree(job_folder, ignore_errors=True)
            raise

    def cancel(self, job_id: int) -> CatalogJob:
        """Cancel a job; a worker lets go of it within seconds. `NotFoundError`, `ConflictError`."""
        return self.store.cancel(job_id)

    def remove(self, job_id: int) -> None:
        """Remove a job that is over with all its files; `NotFoundError`, `ConflictError`."""
        folder = self.folder / self.store.get(job_id).folder
        self.store.remove(job_id)
        shutil.rmtree(folder, ignore_errors=True)

    def result(self, job_id: int, result: CatalogResult) -> Path:
        """Return a file that a job left; one that may be missing is made empty.

        Raises:
            NotFoundError: when there is no such job.
            ConflictError: when it is not done.
            StorageError: when its files are gone.
        """
        job = self.store.get(job_id)
        if job.state is not JobState.DONE:
            raise ConflictError(f"the catalogue is {job.state}; it has results once it is done")
        path = self.folder / job.folder / result.value
        if not path.is_file():
            if result not in _MAY_BE_MISSING:
                raise StorageError(f"the results of the catalogue are not there: {result.value}")
            path.touch()
        return path

    def _require_room(self) -> None:
        counts = self.store.counts()
        waiting = sum(count for state, count in counts.items() if not state.over)
        if waiting >= self._limits.max_waiting:
            raise RateLimitedError(f"{waiting} catalogues are waiting or at work already")

    def _new_folder(self) -> Path:
        folder = self.folder / f"job-{secrets.token_hex(8)}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise StorageError(f"{self.folder} cannot be written: {error.strerror}") from error
        return folder

    def _queued(self, new: NewJob) -> CatalogJob:
        job = self.store.add(new)
        try:
            self._queue.put(job.id)
        except StorageError as error:  # the job is kept: an idle worker looks for itself
            _log.warning("queue_unreachable", reason=error.message, job=job.id)
        return job


def source_of(job: CatalogJob, folder: Path) -> tuple[str, Path]:
    """Return where a job's catalogue is and the folder for what it leaves."""
    own = folder / job.folder
    if not own.is_dir():
        raise NotFoundError(f"the folder of the catalogue is not there: {job.folder}")
    return (job.source or str(own / job.file)), own


def _copy(content: BinaryIO, target: Path) -> None:
    try:
        with target.open("xb") as file:
            shutil.copyfileobj(content, file, _COPY_BYTES)
    except OSError as error:
        raise StorageError(f"the catalogue cannot be kept: {error.strerror}") from error

"""The part of a run that lives in other processes, on whatever machine; it knows nothing of Ray.

    row, its photos with it ─▶ worker: the same stage on an assessor of its own ─▶ reply

A worker makes its assessor from a recipe, once, and judges one row at a time. What was seen in a
photo is shared by all workers of a run through `Findings`, one place that says of each photo: here
is what was seen, or look yourself, and whoever else asks meanwhile waits for you.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import structlog
from structlog.processors import add_log_level, format_exc_info
from structlog.typing import EventDict, Processor

from app.batch.image_folders import RemoteSource, UrlSource
from app.batch.kept_regions import KeptFrame
from app.batch.lookup import Lookup
from app.batch.rows import CatalogRow
from app.batch.seen_photos import FINDING
from app.batch.stage import AssessStage, ListingAssessor, Outcome
from app.domain.assessment import ImageFinding
from app.domain.contract import Document
from app.domain.errors import ImageRefusedError, TouchstoneError
from app.media.limits import DecodeLimits
from app.services.collecting import ImageCollector
from app.services.photo_memory import Look
from app.services.sources import BytesSource, ImageSource, RefusedSource
from app.services.stages import StageTotals


class Workplace(Protocol):
    """What judges a worker's listings; closed with its process."""

    @property
    def assessor(self) -> ListingAssessor:
        """Assesses listings."""

    @property
    def collector(self) -> ImageCollector | None:
        """Fetches images behind URLs; without it each is an error of that image."""


# Called once by every worker, with its threads and whether it has a GPU. It travels there, so it is
# made of plain values and of names.
Recipe = Callable[[int, bool], Workplace]


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back for a row, and what it took.

    `repeated` photos were not looked at; `log` has what the worker had to say meanwhile.
    """

    outcome: Outcome
    seconds: dict[str, float] = field(default_factory=dict)
    repeated: int = 0
    log: tuple[Document, ...] = ()
    regions: tuple[KeptFrame, ...] = ()


class SharedFindings(Protocol):
    """A worker's line to `Findings`."""

    def claim(self, key: str) -> bytes | None:
        """Return what was seen in a photo; `None` makes looking at it the caller's business."""

    def keep(self, key: str, finding: bytes) -> None:
        """Hand over what was seen in a claimed photo."""

    def give_up(self) -> None:
        """Leave what was claimed, and not kept, to others."""


class Findings:
    """What was seen in the photos of one run, for all its workers."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._kept = Lookup(scratch / "photos.sqlite")
        self._looking: dict[str, tuple[str, asyncio.Event]] = {}

    async def claim(self, key: str, worker: str) -> bytes | None:
        """See `SharedFindings.claim`; waits while another worker is looking at the photo."""
        while True:
            kept = self._kept.get(key)
            if kept is not None:
                return kept
            if key not in self._looking:
                self._looking[key] = (worker, asyncio.Event())
                return None
            await self._looking[key][1].wait()

    async def keep(self, key: str, finding: bytes) -> None:
        """See `SharedFindings.keep`."""
        self._kept.put(key, finding)
        self._end(key)

    async def give_up(self, worker: str) -> None:
        """Leave what a worker claimed to others: it failed, or is no more."""
        for key in [key for key, (owner, _) in self._looking.items() if owner == worker]:
            self._end(key)

    def _end(self, key: str) -> None:
        _, done = self._looking.pop(key, ("", asyncio.Event()))
        done.set()


class RemoteMemory:
    """A `PhotoMemory` that all workers of a run share."""

    def __init__(self, findings: SharedFindings) -> None:
        self._findings = findings
        self.repeated = 0

    def once(self, key: str, look: Look) -> ImageFinding:
        """See `PhotoMemory.once`."""
        kept = self._findings.claim(key)
        if kept is not None:
            self.repeated += 1
            return FINDING.validate_json(kept)
        try:
            finding = look()
        except BaseException:
            self._findings.give_up()
            raise
        self._findings.keep(key, FINDING.dump_json(finding))
        return finding


@dataclass(slots=True)
class Worker:
    """Judges rows in a process of its own, one at a time."""

    findings: SharedFindings
    _workplace: Workplace | None = field(default=None, init=False)
    _log: list[Document] = field(default_factory=list, init=False)

    def open(self, recipe: Recipe, threads: int, gpu: bool) -> Document:
        """Make the assessor, and return the versions that its verdicts will name.

        Raises:
            TouchstoneError: when it cannot be made here.
        """
        # The process is this worker's own, and nobody reads its standard error.
        own: list[Processor] = [add_log_level, format_exc_info, self._note]
        structlog.configure(processors=own, cache_logger_on_first_use=False)
        self._workplace = recipe(threads, gpu)
        return AssessStage(self._workplace.assessor).versions()

    def run(self, row: CatalogRow, keep_regions: bool) -> Reply:
        """Bring a row to its outcome.

        Raises:
            TouchstoneError: when assessing failed for a reason that is not this listing's.
        """
        if self._workplace is None:
            raise TouchstoneError("the worker was not opened")
        seconds, memory = StageTotals(), RemoteMemory(self.findings)
        stage = AssessStage(self._workplace.assessor, seconds, memory, self._workplace.collector)
        regions: list[KeptFrame] = []
        outcome = stage.run(row, regions.extend if keep_regions else None)
        log = tuple(self._log)
        self._log.clear()
        took = dict(seconds.seconds)
        return Reply(outcome, took, memory.repeated, log, tuple(regions))

    def _note(self, _logger: object, _method: str, entry: EventDict) -> EventDict:
        """Keep an entry for the way back, as text and numbers alone."""
        plain = str | int | float
        self._log.append({k: v if isinstance(v, plain) else str(v) for k, v in entry.items()})
        raise structlog.DropEvent


def with_photos(row: CatalogRow, limits: DecodeLimits) -> CatalogRow:
    """Return a row that carries the photos that only this machine can read.

    A file that cannot be read stays in its place as one that says why. What lies behind a URL, of
    a file system or of a server, is left to the worker.
    """
    return replace(row, sources=tuple(_portable(source, limits) for source in row.sources))


def _portable(source: ImageSource, limits: DecodeLimits) -> ImageSource:
    if isinstance(source, UrlSource | RemoteSource):
        return source
    try:
        return BytesSource(source.name, source.read(limits))
    except ImageRefusedError as error:
        return RefusedSource(source.name, error)

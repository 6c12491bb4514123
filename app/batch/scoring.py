"""Scores a catalogue: the one door of this room.

    count ─▶ versions ─▶ skip what an earlier run finished ─▶ assess the rest ─▶ make OUT

Each finished row goes to the run's folder at once; OUT is made from that folder when every row is
there. Whatever ends a run early, Ctrl-C and a full disk included, leaves the folder, and resuming
goes on from it. An image changed on disk between two runs is not noticed when resuming.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.batch.executor import DEFAULT_WORKERS, LocalExecutor
from app.batch.formats import Catalog
from app.batch.ledger import Origin
from app.batch.outputs import Outputs
from app.batch.run_folder import RunFolder, open_run
from app.batch.seen_photos import SeenPhotos
from app.batch.shards import (
    SHARD_ROWS,
    ShardKeeper,
    ShardWork,
    TaskExecutor,
    everything,
    has_not_failed,
    tasks,
)
from app.batch.since import Earlier
from app.batch.stage import AssessStage, ListingAssessor, SharedStageTotals
from app.batch.tally import CatalogSummary, Progress, Tally, silent
from app.domain.contract import Document
from app.domain.errors import InvalidInputError
from app.services.collecting import ImageCollector


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a catalogue is scored.

    Attributes:
        workers: Listings assessed at a time.
        resume: Go on with the run that was stopped, if there is one; otherwise what it left is
            dropped and every row assessed anew. A row that the catalogue now has differently is
            assessed again.
        retry_failed: Go on likewise, and assess anew the listings that failed or have a photo
            that could not be judged.
        since: The output of another run, whose results are taken over for unchanged listings.
        keep_regions: Also keep what photos were embedded as, to be searched again without them.
        encoding: Of CSV files; empty to find it out.
        shard_rows: Rows in a shard.
        inside: The folders that photos on disk have to lie in; anywhere when `None`.
    """

    workers: int = DEFAULT_WORKERS
    resume: bool = False
    retry_failed: bool = False
    since: Path | None = None
    keep_regions: bool = False
    encoding: str = ""
    shard_rows: int = SHARD_ROWS
    inside: tuple[Path, ...] | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise InvalidInputError("at least one worker is needed")
        if self.shard_rows < 1:
            raise ValueError("a shard has at least one row")


@dataclass(frozen=True, slots=True)
class _Run:
    """What one run works with."""

    catalog: Catalog
    outputs: Outputs
    options: RunOptions
    executor: TaskExecutor
    progress: Progress
    seconds: SharedStageTotals
    tally: Tally


def score_catalog(
    source: str | Path,
    target: Path,
    *,
    assessor: ListingAssessor,
    options: RunOptions | None = None,
    progress: Progress = silent,
    collector: ImageCollector | None = None,
    executor: TaskExecutor | None = None,
) -> CatalogSummary:
    """Assess every listing of a catalogue and write the results in its order.

    Args:
        source: the catalogue: a file, a folder or a pattern, local or a URL; paths of images in a
            file are relative to its folder.
        target: OUT; replaced when the run is done and not touched before.
        assessor: safe to share between threads.
        options: how.
        progress: is told at the start and after every row.
        collector: fetches images behind URLs; without it each is an error of that image.
        executor: what brings tasks to their outcomes; threads of this process when not given.

    Raises:
        UnsupportedFileError: when a format is unknown or the catalogue cannot be read.
        InvalidInputError: when the catalogue would be written over, or there is no run to retry
            or to compare with.
        ConflictError: when another run is at work on OUT, or the one to go on with used another
            catalogue or other versions.
        StorageError: when results cannot be written; OUT is as it was.
        TouchstoneError: whatever stops the assessor altogether; see `AssessStage`.
    """
    started = time.perf_counter()
    options = options or RunOptions()
    catalog = Catalog(source, encoding=options.encoding, inside=options.inside)
    outputs = Outputs.at(target)
    outputs.require_apart_from(catalog.files)
    executor, seconds = executor or LocalExecutor(options.workers), SharedStageTotals()
    run = _Run(catalog, outputs, options, executor, progress, seconds, Tally())
    total_rows = catalog.count()
    if options.retry_failed and not outputs.run.exists():
        raise InvalidInputError(f"there is no run to retry: {outputs.run} is missing")
    versions = AssessStage(assessor).versions()
    with (
        open_run(outputs.run) as folder,
        _photos(folder) as photos,
        # Read before anything is dropped: the earlier run may be that of this very output.
        _earlier(folder, versions, options.since) as earlier,
    ):
        _begin(folder, Origin(catalog.name, versions, options.shard_rows), options)
        stage = AssessStage(assessor, seconds, photos, collector)
        work = ShardWork(stage, earlier, keep_regions=options.keep_regions)
        repeated = _score(run, folder, work, total_rows)
        outputs.publish(folder.outcomes())
        passed = time.perf_counter() - started
        summary = run.tally.summary(passed, seconds.seconds(), photos.repeated + repeated)
        outputs.publish_summary({"catalog": catalog.name, **summary.to_document()})
    return summary


def _begin(folder: RunFolder, origin: Origin, options: RunOptions) -> None:
    if options.resume or options.retry_failed:
        folder.resume(origin)
    else:
        folder.restart(origin)


def _score(run: _Run, folder: RunFolder, work: ShardWork, total_rows: int) -> int:
    """Bring every row to its outcome; return the photos not looked at again elsewhere."""
    keep = has_not_failed if run.options.retry_failed else everything
    repeated = 0
    run.progress(run.tally.report(total_rows))
    with (
        closing(run.catalog.rows()) as rows,
        closing(ShardKeeper()) as keeper,
        closing(
            run.executor.map(work, tasks(rows, folder, run.options.shard_rows, keep))
        ) as results,
    ):
        for done in results:
            keeper.keep(done)
            run.tally.add(done.outcome, done.taken)
            run.seconds.add(done.seconds)
            repeated += done.repeated
            run.progress(run.tally.report(total_rows))
        keeper.finish()
    folder.end_at(keeper.shards)
    return repeated


@contextmanager
def _photos(folder: RunFolder) -> Iterator[SeenPhotos]:
    photos = SeenPhotos(folder.path / "photos.sqlite")
    with closing(photos):
        yield photos


@contextmanager
def _earlier(folder: RunFolder, versions: Document, since: Path | None) -> Iterator[Earlier | None]:
    """Open the earlier run, if one is named and of any use."""
    with ExitStack() as stack:
        if since is None:
            yield None
            return
        run = Outputs.at(since).run
        yield stack.enter_context(closing(Earlier(run, versions, folder.path / "earlier.sqlite")))

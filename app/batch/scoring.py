"""Scores a catalogue: the one door of this room.

    count ─▶ versions ─▶ skip what an earlier run finished ─▶ assess the rest ─▶ make OUT

Each finished row goes to the partial file at once; OUT is made from that file when every row is
there. Whatever ends a run early, Ctrl-C and a full disk included, leaves the partial file, and
resuming goes on from it. An image changed on disk between two runs is not noticed.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from app.batch.executor import DEFAULT_WORKERS, LocalExecutor
from app.batch.formats import reader_for
from app.batch.outputs import Outputs
from app.batch.partial import Origin, PartialFile, open_partial
from app.batch.rows import Row
from app.batch.stage import AssessStage, ListingAssessor, SharedStageTotals
from app.batch.tally import CatalogSummary, Progress, Tally, silent


def score_catalog(
    source: Path,
    target: Path,
    *,
    assessor: ListingAssessor,
    workers: int = DEFAULT_WORKERS,
    resume: bool = False,
    progress: Progress = silent,
) -> CatalogSummary:
    """Assess every listing of a catalogue and write the results in its order.

    Args:
        source: the catalogue; image paths in it are relative to its folder.
        target: OUT; replaced when the run is done and not touched before.
        assessor: safe to share between threads.
        workers: listings assessed at a time.
        resume: go on from the partial file of a run that was stopped, if there is one; otherwise
            such a file is dropped and every row assessed anew. Rows are taken over up to the
            first one that the catalogue now has differently.
        progress: is told at the start and after every row.

    Raises:
        UnsupportedFileError: when a format is unknown or the catalogue cannot be read.
        InvalidInputError: when the catalogue would be written over, or there are no workers.
        ConflictError: when another run is at work on OUT, or the one to resume used another
            catalogue or other versions.
        StorageError: when results cannot be written; OUT is as it was.
        TouchstoneError: whatever stops the assessor altogether; see `AssessStage`.
    """
    started = time.perf_counter()
    reader, outputs = reader_for(source), Outputs.at(target)
    outputs.require_apart_from(source)
    seconds, tally, executor = SharedStageTotals(), Tally(), LocalExecutor(workers)
    stage = AssessStage(assessor, seconds)
    total_rows = reader.count()
    origin = Origin(str(source.resolve()), stage.versions())
    with open_partial(outputs.partial) as partial, closing(reader.rows()) as rows:
        if not resume:
            partial.restart(origin)
        remaining = _without_kept(rows, partial, origin, tally)
        progress(tally.report(total_rows))
        with closing(executor.map(stage.run, remaining)) as outcomes:
            for outcome in outcomes:
                partial.append(outcome)
                tally.add(outcome)
                progress(tally.report(total_rows))
        outputs.publish(partial.outcomes())
        partial.remove()
    return tally.summary(time.perf_counter() - started, seconds.seconds())


def _without_kept(
    rows: Iterator[Row], partial: PartialFile, origin: Origin, tally: Tally
) -> Iterator[Row]:
    """Count the rows that the partial file has, drop what does not fit, return the other rows."""
    kept, end = partial.kept(origin), partial.start
    for row in rows:
        found = next(kept, None)
        if found is None or not found.is_of(row):
            partial.cut(end)
            return chain((row,), rows)
        tally.add(found.outcome)
        tally.mark_kept()
        end = found.end
    partial.cut(end)
    return iter(())

"""`touchstone catalog score IN OUT`: a file of listings in, a file of assessments out."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.batch.executor import DEFAULT_WORKERS
from app.batch.scoring import score_catalog
from app.batch.tally import CatalogSummary, ProgressReport
from app.batch.tally import Progress as ProgressRole
from app.cli.printing import print_json
from app.cli.session import explained, fail, opened
from app.services.touchstone import Touchstone

_LOG_EVERY_S = 10.0

commands = typer.Typer(help="Score catalogues of listings.", no_args_is_help=True)


class Executor(StrEnum):
    """Where the stage runs."""

    LOCAL = "local"


@commands.callback()
def _group() -> None:
    """Keep `score` a subcommand even while it is the only one."""


@commands.command("score")
def score(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Catalogue: .jsonl or .csv.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Assessments: .jsonl or .csv.")],
    executor: Annotated[Executor, typer.Option(help="Where listings are assessed.")] = (
        Executor.LOCAL
    ),
    workers: Annotated[int, typer.Option(min=1, help="Listings at a time.")] = DEFAULT_WORKERS,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Assess every listing of a catalogue; a bad row or image is reported and isolated."""
    del executor  # one choice so far; the option is part of the contract
    with explained(), opened() as touchstone, _shown() as progress:
        summary = score_catalog(
            source,
            target,
            assessor=touchstone.assessor,
            workers=workers,
            resume=resume,
            progress=progress,
        )
    if as_json:
        print_json(summary.to_document())
    else:
        typer.echo(_sentence(summary, target))
    if summary.failures:
        fail(f"{summary.failures} listings failed unexpectedly; see the log")


def score_quietly(source: Path, target: Path, touchstone: Touchstone) -> dict[str, Any]:
    """Score a catalogue for the evaluation and return the summary as JSON values.

    One worker, so that seconds per stage are not stretched by two photos sharing the cores.
    """
    summary = score_catalog(source, target, assessor=touchstone.assessor, workers=1)
    photos = max(summary.photos, 1)
    milliseconds = {
        stage: round(1000 * seconds / photos, 2) for stage, seconds in summary.stage_seconds.items()
    }
    return summary.to_document() | {"milliseconds": milliseconds}


def _sentence(summary: CatalogSummary, target: Path) -> str:
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items())
    broken = sum(summary.image_errors.values())
    kept = f"{summary.kept_rows} of them from an earlier run, " if summary.kept_rows else ""
    return (
        f"{summary.listings} listings ({verdicts}), {kept}{summary.photos} photos of which "
        f"{broken} unreadable, {summary.rejected} rows rejected, in {summary.seconds:.1f} s; "
        f"wrote {target}"
    )


@contextmanager
def _shown() -> Iterator[ProgressRole]:
    """Show progress as a bar on a terminal, as a log line every ten seconds elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("listings", total=None)

        def show(report: ProgressReport) -> None:
            description = f"{report.photos} photos, {report.suspects} suspect, {report.errors} bad"
            bar.update(
                task,
                description=description,
                completed=report.rows,
                total=report.total_rows,
            )

        yield show


class _Lines:
    """Logs the counts every ten seconds."""

    def __init__(self) -> None:
        self._log = structlog.get_logger(__name__)
        self._next = time.monotonic() + _LOG_EVERY_S

    def __call__(self, report: ProgressReport) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _LOG_EVERY_S
        self._log.info(
            "catalogue",
            rows=report.rows,
            of=report.total_rows,
            photos=report.photos,
            suspects=report.suspects,
            errors=report.errors,
        )

"""`touchstone catalog score IN OUT`: a catalogue of listings in, a table of assessments out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.batch.catalog_files import catalog_files
from app.batch.cluster_jobs import ClusterOptions
from app.batch.dry_run import dry_run
from app.batch.executor import DEFAULT_WORKERS
from app.batch.outputs import Outputs
from app.batch.report.page import ReportOptions, write_report
from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import CatalogSummary, Progress
from app.cli.bench import on_ray
from app.cli.catalog_forecast import print_forecast
from app.cli.catalog_means import pictures_of
from app.cli.catalog_progress import shown
from app.cli.printing import print_json
from app.cli.run_figures import both, served
from app.cli.session import explained, fail, opened, read_settings
from app.services.touchstone import Touchstone

commands = typer.Typer(help="Score catalogues of listings.", no_args_is_help=True)


MinWorkers = Annotated[
    int, typer.Option(min=1, help="With ray: workers that a run waits for, and keeps.")
]
WorkerCpus = Annotated[int, typer.Option(min=1, help="With ray: cores of a worker.")]
WorkerGpus = Annotated[
    float | None,
    typer.Option(min=0, help="With ray: GPUs of a worker; those there are shared out."),
]


class Executor(StrEnum):
    """Where the stage runs."""

    LOCAL = "local"
    RAY = "ray"


@commands.callback()
def _group() -> None:
    """Keep `score` a subcommand even while it is the only one."""


@commands.command("score")
def score(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="Catalogue: a file, folder, pattern or URL.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="Assessments: .jsonl, .csv or .parquet.")
    ],
    *,
    executor: Annotated[Executor, typer.Option(help="Where listings are assessed.")] = (
        Executor.LOCAL
    ),
    workers: Annotated[int, typer.Option(min=1, help="Listings at a time.")] = DEFAULT_WORKERS,
    min_workers: MinWorkers = 1,
    worker_cpus: WorkerCpus = 1,
    worker_gpus: WorkerGpus = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Assess again what failed, and nothing else.")
    ] = False,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="OUT", help="Take over what has not changed since."),
    ] = None,
    keep_regions: Annotated[
        bool,
        typer.Option("--keep-regions", help="Keep embeddings, so that photos can be rematched."),
    ] = False,
    encoding: Annotated[
        str, typer.Option(help="Encoding of CSV files; found out when not given.")
    ] = "",
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is understood and what it will cost.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Also write the run's page to this HTML file.")
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Serve the run's figures on this port.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Assess every listing of a catalogue; a bad row or image is reported and isolated."""
    with explained():
        bounds = (workers, min_workers, worker_cpus, worker_gpus)
        cluster = ClusterOptions(*bounds) if executor is Executor.RAY else None
        options = RunOptions(
            workers=workers,
            resume=resume,
            retry_failed=retry_failed,
            since=since,
            keep_regions=keep_regions,
            encoding=encoding,
        )
        if dry:
            _forecast(source, target, options, as_json=as_json)
        else:
            with served(metrics_port) as figures:
                _score(source, target, options, report, figures, cluster, as_json=as_json)


def _forecast(source: str, target: Path, options: RunOptions, *, as_json: bool) -> None:
    outputs = Outputs.at(target)
    with opened() as touchstone:
        found = dry_run(
            source, assessor=touchstone.assessor, options=options, collector=touchstone.collector
        )
    outputs.require_apart_from(catalog_files(source))
    if as_json:
        print_json(found.to_document())
    else:
        print_forecast(found)
    if found.rows_read and found.rejected == found.rows_read:
        fail(f"every one of the {found.rows_read} rows read would be rejected")


def _score(
    source: str,
    target: Path,
    options: RunOptions,
    report: Path | None,
    figures: Progress,
    cluster: ClusterOptions | None,
    *,
    as_json: bool,
) -> None:
    with opened() as touchstone, shown() as progress:
        summary = score_catalog(
            source,
            target,
            assessor=touchstone.assessor,
            options=options,
            progress=both(progress, figures),
            collector=touchstone.collector,
            executor=None if cluster is None else on_ray(read_settings(), touchstone, cluster),
        )
        if report is not None:
            write_report(
                target,
                report,
                sources=pictures_of(read_settings(), touchstone),
                options=ReportOptions(encoding=options.encoding),
            )
    if as_json:
        print_json(summary.to_document())
    else:
        typer.echo(sentence(summary, target))
    if summary.failures:
        fail(f"{summary.failures} listings failed unexpectedly; see the log")
    if summary.rows and summary.rejected == summary.rows:
        fail(f"every one of the {summary.rows} rows was rejected; see {target}'s rejects")


def score_quietly(source: Path, target: Path, touchstone: Touchstone) -> dict[str, Any]:
    """Score a catalogue for the evaluation and return the summary as JSON values.

    One worker, so that seconds per stage are not stretched by two photos sharing the cores.
    """
    options = RunOptions(workers=1)
    summary = score_catalog(source, target, assessor=touchstone.assessor, options=options)
    photos = max(summary.photos, 1)
    milliseconds = {
        stage: round(1000 * seconds / photos, 2) for stage, seconds in summary.stage_seconds.items()
    }
    return summary.to_document() | {"milliseconds": milliseconds}


def sentence(summary: CatalogSummary, target: Path) -> str:
    """Return the run's last line."""
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items())
    parts = [f"{summary.listings} listings ({verdicts})"]
    if summary.kept_rows:
        parts.append(f"{summary.kept_rows} rows kept from an earlier run")
    if summary.unchanged_rows:
        parts.append(f"{summary.unchanged_rows} rows unchanged")
    broken = sum(summary.image_errors.values())
    causes = ", ".join(f"{count} {code}" for code, count in summary.image_errors.items())
    unreadable = f"{broken} unreadable" + (f" ({causes})" if causes else "")
    parts.append(f"{summary.photos} photos of which {unreadable}")
    parts.append(f"{summary.rejected} rows rejected")
    if summary.failures:
        parts.append(f"{summary.failures} failed")
    return f"{', '.join(parts)}, in {summary.seconds:.1f} s; wrote {target}"

"""`touchstone catalog report OUT --html FILE`: the morning's page of a finished run."""

from pathlib import Path
from typing import Annotated

import typer

from app.batch.report.page import ReportOptions, write_report
from app.bootstrap import open_database
from app.cli.catalog_means import build_picture_sources
from app.cli.printing import print_json
from app.cli.session import explained, read_settings
from app.logs import log_to_stderr


def report(
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="What `catalog score` wrote, its run beside it.")
    ],
    html: Annotated[Path, typer.Option("--html", help="File to write the page to.")],
    *,
    worst: Annotated[int, typer.Option(min=0, max=1000, help="Listings shown as cards.")] = 60,
    compare: Annotated[
        int, typer.Option(min=0, max=50_000, help="Most photos compared for copies.")
    ] = 5_000,
    encoding: Annotated[str, typer.Option(help="Encoding of CSV files, as for the run.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write what a run found as one HTML page that opens offline."""
    with explained():
        settings = read_settings()
        log_to_stderr(settings.log_format)
        options = ReportOptions(worst, compare, encoding)
        # Without a service: the page needs the registry's pictures, and at most the embedder.
        database = open_database(settings)
        try:
            done = write_report(
                target,
                html,
                sources=build_picture_sources(settings, database),
                options=options,
            )
        finally:
            database.dispose()
    if as_json:
        print_json(done)
        return
    typer.echo(
        f"{done['listings']} listings, {done['cards']} cards, {done['shared_photos']} photos "
        f"shared between listings, {done['seller_rings']} rings of sellers; wrote {html}"
    )

"""`touchstone retention …`: remove photos whose time is over. Loads no model."""

from typing import Annotated

import typer

from app.cli.printing import print_json
from app.cli.session import explained, opened_retention

commands = typer.Typer(help="Remove photos whose time is over.", no_args_is_help=True)


@commands.callback()
def retention() -> None:
    """Remove photos whose time is over."""


@commands.command("run")
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be removed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Remove the photos that the settings no longer keep; their hashes stay."""
    with explained(), opened_retention() as keeper:
        count = keeper.due() if dry_run else keeper.run()
        unlimited = keeper.plan.keeps_everything
    if as_json:
        print_json({"photos": count, "dry_run": dry_run, "keeps_everything": unlimited})
    elif unlimited:
        typer.echo("nothing to remove: the settings keep photos for ever")
    else:
        typer.echo(f"{count} photos {'would be removed' if dry_run else 'removed'}")

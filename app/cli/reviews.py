"""`touchstone reviews …`: what people decided, for those who calibrate and train."""

import json
import sys

import typer

from app.cli.session import explained, opened

commands = typer.Typer(help="Use what reviewers decided.", no_args_is_help=True)


@commands.callback()
def reviews() -> None:
    """Use what reviewers decided."""


@commands.command("export")
def export() -> None:
    """Print decided reviews as labels, one JSON object a line."""
    with explained(), opened() as touchstone:
        for label in touchstone.reviews.labels():
            sys.stdout.write(json.dumps(label, ensure_ascii=False) + "\n")

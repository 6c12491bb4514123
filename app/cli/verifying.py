"""`touchstone verify`: is everything there that the database names? For after a restore."""

from typing import Annotated

import typer

from app.cli.printing import print_json
from app.cli.session import explained, opened
from app.domain.errors import StorageError

_SHOWN = 5


def verify(
    photos: Annotated[
        bool, typer.Option("--photos", help="Also every photo of every assessment.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read every stored image that the database names, and compare it with its hash."""
    with explained(), opened() as touchstone:
        found = touchstone.blob_checker.check(photos=photos)
        document = {
            "checked": found.checked,
            "missing": list(found.missing),
            "damaged": list(found.damaged),
        }
        if as_json:
            print_json(document)
        else:
            typer.echo(
                f"{found.checked} checked, {len(found.missing)} missing,"
                f" {len(found.damaged)} damaged"
            )
        if not found.whole:
            wrong = [*found.missing, *found.damaged]
            more = " …" if len(wrong) > _SHOWN else ""
            raise StorageError(f"not whole: {', '.join(wrong[:_SHOWN])}{more}")

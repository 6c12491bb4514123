"""`touchstone keys …`: who may use the API. Needs the database alone, and loads no model."""

from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened_keys
from app.domain.identity import ApiKey, parse_scopes
from app.domain.registry import IdPrefix, parse_id, public_id

commands = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@commands.command("create")
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Says who uses the key.")],
    scope: Annotated[
        list[str], typer.Option(help="assess, registry, review or admin; may be given again.")
    ],
    rate: Annotated[
        int, typer.Option(min=0, help="Requests a minute; 0 for the service's own rate.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a key and print its token, which is shown this once."""
    with explained(), opened_keys() as keys:
        made = keys.make(name, parse_scopes(scope), rate or None)
    if as_json:
        print_json(key_document(made.key) | {"token": made.token})
    else:
        typer.echo(made.token)


@commands.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List every key, revoked ones included."""
    with explained(), opened_keys() as keys:
        documents: list[dict[str, Any]] = []
        after = 0
        while page := keys.store.list(after=after):
            documents += [key_document(key) for key in page]
            after = page[-1].id
    if as_json:
        print_json({"keys": documents})
        return
    columns = ("key_id", "name", "prefix", "scopes", "created_at", "last_used_at", "revoked_at")
    rows = [tuple(_cell(document[column]) for column in columns) for document in documents]
    print_rows("keys", columns, rows)


@commands.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="A key's id, such as key_3.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a key, for good."""
    with explained(), opened_keys() as keys:
        revoked = keys.store.revoke(parse_id(IdPrefix.KEY, key))
    if as_json:
        print_json(key_document(revoked))
    else:
        typer.echo(f"revoked {key} ({revoked.name})")


def key_document(key: ApiKey) -> dict[str, Any]:
    """Return a key as JSON values, without what could open anything."""
    return {
        "key_id": public_id(IdPrefix.KEY, key.id),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": [str(scope) for scope in key.scopes],
        "rate_per_minute": key.rate_per_minute,
        "created_at": key.created_at.isoformat(),
        "last_used_at": key.last_used_at and key.last_used_at.isoformat(),
        "revoked_at": key.revoked_at and key.revoked_at.isoformat(),
    }


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)

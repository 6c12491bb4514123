"""`touchstone webhooks …`: who is told what happened. Needs the database alone, loads no model."""

from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened_webhooks
from app.domain.registry import IdPrefix, parse_id, public_id
from app.domain.webhook import Webhook, parse_events

commands = typer.Typer(help="Register, list and remove webhooks.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="A webhook's id, such as whk_1.")]


@commands.command("create")
def create(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages are posted to.")],
    event: Annotated[
        list[str],
        typer.Option(help="Such as assessment.suspect or motif.quarantined; may be given again."),
    ],
    as_json: AsJson = False,
) -> None:
    """Register a webhook and print its secret, which is shown this once."""
    with explained(), opened_webhooks() as webhooks:
        made = webhooks.register(url, parse_events(event))
    if as_json:
        print_json(webhook_document(made.webhook) | {"secret": made.secret})
    else:
        typer.echo(made.secret)


@commands.command("list")
def list_webhooks(as_json: AsJson = False) -> None:
    """List every webhook."""
    with explained(), opened_webhooks() as webhooks:
        documents: list[dict[str, Any]] = []
        after = 0
        while page := webhooks.store.list(after=after):
            documents += [webhook_document(webhook) for webhook in page]
            after = page[-1].id
    if as_json:
        print_json({"webhooks": documents})
        return
    columns = ("webhook_id", "url", "events", "active", "created_at")
    rows = [tuple(_cell(document[column]) for column in columns) for document in documents]
    print_rows("webhooks", columns, rows)


@commands.command("remove")
def remove(webhook: Id) -> None:
    """Remove a webhook with its deliveries."""
    with explained(), opened_webhooks() as webhooks:
        webhooks.store.remove(parse_id(IdPrefix.WEBHOOK, webhook))
    typer.echo(f"removed {webhook}")


@commands.command("replay")
def replay(webhook: Id, as_json: AsJson = False) -> None:
    """Send every dead letter of a webhook again."""
    with explained(), opened_webhooks() as webhooks:
        count = webhooks.replay_dead(parse_id(IdPrefix.WEBHOOK, webhook))
    if as_json:
        print_json({"webhook_id": webhook, "replayed": count})
    else:
        typer.echo(f"{count} to be sent again")


def webhook_document(webhook: Webhook) -> dict[str, Any]:
    """Return a webhook as JSON values, without its secret."""
    return {
        "webhook_id": public_id(IdPrefix.WEBHOOK, webhook.id),
        "url": webhook.url,
        "events": [str(event) for event in webhook.events],
        "active": webhook.active,
        "created_at": webhook.created_at.isoformat(),
    }


def _cell(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)

"""`touchstone audit`: who changed what. Needs the database alone, and loads no model."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened_audit
from app.domain.audit import (
    AuditAction,
    AuditEvent,
    AuditFilter,
    AuditKind,
    Subject,
    event_document,
)
from app.domain.errors import InvalidInputError
from app.domain.ports import AuditStore

_PAGE = 500


def audit(
    subject: Annotated[
        str, typer.Option(help="Only events about this id, such as mot_12, ref_31 or key_3.")
    ] = "",
    kind: Annotated[AuditKind | None, typer.Option(help="Only about things of this kind.")] = None,
    action: Annotated[AuditAction | None, typer.Option(help="Only what was done so.")] = None,
    actor: Annotated[str, typer.Option(help="Only by this actor: key_3, cli:anna, system.")] = "",
    since: Annotated[
        str, typer.Option(help="Only from this moment on, ISO 8601, UTC unless it says.")
    ] = "",
    until: Annotated[str, typer.Option(help="Only before this moment.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Most events; 0 for all of them.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List who changed what in the registry, its keys and webhooks, newest first."""
    with explained():
        wanted = AuditFilter(
            subject=Subject.parse(subject) if subject else None,
            kind=kind,
            action=action,
            actor=actor or None,
            since=_moment(since),
            until=_moment(until),
        )
        with opened_audit() as store:
            events = _read(store, wanted, limit)
    if as_json:
        print_json({"events": [event_document(event) for event in events]})
    else:
        columns = ("at", "actor", "action", "subject", "change")
        print_rows("audit log", columns, [_row(event) for event in events])


def _read(store: AuditStore, wanted: AuditFilter, limit: int) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    before: int | None = None
    while page := store.list(wanted, before=before, limit=min(_PAGE, limit or _PAGE)):
        events += page
        before = page[-1].id
        if limit and len(events) >= limit:
            return events[:limit]
    return events


def _row(event: AuditEvent) -> tuple[str, ...]:
    name = event.actor.id if event.actor.id.endswith(event.actor.name) else event.actor.name
    at = event.at.isoformat(timespec="seconds")
    return at, name, str(event.action), event.subject.id, _change(event)


def _change(event: AuditEvent) -> str:
    """Return in one line what is different now."""
    before, after = event.before, event.after
    if before is None or after is None:
        shown: dict[str, Any] = after or before or {}
        return ", ".join(str(shown[name]) for name in ("brand", "name", "sha256") if name in shown)
    names = [name for name in after if before.get(name) != after[name]]
    return ", ".join(f"{name}: {before.get(name)} → {after[name]}" for name in names)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(f"{text!r} is not a moment such as 2026-12-31T18:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

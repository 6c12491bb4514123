"""Events of the audit log."""

from datetime import datetime
from typing import Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Output, Page
from app.domain.audit import AuditAction, AuditEvent, AuditKind, event_document

AUDIT_EXAMPLE: dict[str, Any] = {
    "id": "aud_9",
    "at": "2026-03-02T09:41:06Z",
    "actor": {"id": "key_3", "name": "brand team"},
    "action": "changed",
    "kind": "brand",
    "subject": "brd_3",
    "registry_version": 41,
    "before": {"name": "Cartier", "aliases": []},
    "after": {"name": "Cartier", "aliases": ["Cartier SA"]},
}


class ActorPublic(Output):
    """Who did something."""

    model_config = ConfigDict(json_schema_extra={"examples": [AUDIT_EXAMPLE["actor"]]})

    id: str = Field(
        description="A key's id; `cli:` and a user; `local` for a caller without a key on this"
        " machine; `system` for what the service does by itself."
    )
    name: str = Field(description="What the key was called then.")


class AuditEventPublic(Output):
    """Something that was done, by whom, and what it changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [AUDIT_EXAMPLE]})

    id: str = Field(description="The event's id.")
    at: datetime = Field(description="When it was done.")
    actor: ActorPublic = Field(description="Who did it.")
    action: AuditAction = Field(description="Whether it was made, changed or removed.")
    kind: AuditKind = Field(description="What kind of thing it was done to.")
    subject: str = Field(description="The id of what it was done to.")
    registry_version: int | None = Field(
        description="The registry's version that this change made; null for keys and the like."
    )
    before: dict[str, Any] | None = Field(description="The whole of it before; null when new.")
    after: dict[str, Any] | None = Field(description="The whole of it after; null when removed.")

    @classmethod
    def of(cls, event: AuditEvent) -> Self:
        """Shape an event."""
        return cls.model_validate(event_document(event))


class AuditPage(Page[AuditEventPublic]):
    """Events, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [AUDIT_EXAMPLE], "next_cursor": None}]}
    )

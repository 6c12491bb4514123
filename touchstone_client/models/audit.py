"""What the API is sent and answers with: audit.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from touchstone_client.base import Received


class ActorPublic(Received):
    """Who did something."""

    id: str
    """A key's id; `cli:` and a user; `local` for a caller without a key on this machine;
    `system` for what the service does by itself.
    """
    name: str
    """What the key was called then."""


class AuditAction(StrEnum):
    """What was done."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"


OpenAuditAction: TypeAlias = Annotated[AuditAction | str, Field(union_mode="left_to_right")]


class AuditKind(StrEnum):
    """What it was done to."""

    BRAND = "brand"
    SELLER = "seller"
    MOTIF = "motif"
    REFERENCE = "reference"
    BACKGROUND = "background"
    KEY = "key"
    WEBHOOK = "webhook"


OpenAuditKind: TypeAlias = Annotated[AuditKind | str, Field(union_mode="left_to_right")]


class AuditEventPublic(Received):
    """Something that was done, by whom, and what it changed."""

    id: str
    """The event's id."""
    at: datetime
    """When it was done."""
    actor: ActorPublic
    """Who did it."""
    action: OpenAuditAction
    """Whether it was made, changed or removed."""
    kind: OpenAuditKind
    """What kind of thing it was done to."""
    subject: str
    """The id of what it was done to."""
    registry_version: int | None
    """The registry's version that this change made; null for keys and the like."""
    before: dict[str, Any] | None
    """The whole of it before; null when new."""
    after: dict[str, Any] | None
    """The whole of it after; null when removed."""


class AuditPage(Received):
    """Events, newest first."""

    items: tuple[AuditEventPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""

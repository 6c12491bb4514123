"""What the API is sent and answers with: keys.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class Scope(StrEnum):
    """What a key may do; `admin` includes the others."""

    ASSESS = "assess"
    REGISTRY = "registry"
    REVIEW = "review"
    ADMIN = "admin"


OpenScope: TypeAlias = Annotated[Scope | str, Field(union_mode="left_to_right")]


class KeyCreate(Sent):
    """A key to make."""

    name: str
    """Says who uses it."""
    scopes: tuple[Scope, ...]
    """What it may do; `admin` includes the others."""
    rate_per_minute: int | None = None
    """Requests a minute; null for the service's own rate."""


class KeyMade(Received):
    """A new key with its token, which is shown this once."""

    id: str
    """The key's id."""
    name: str
    """Says who uses it."""
    prefix: str
    """The middle part of its token, to recognise it by."""
    scopes: tuple[OpenScope, ...]
    """What it may do."""
    rate_per_minute: int | None
    """Requests a minute; null for the service's own rate."""
    created_at: datetime
    """When it was made."""
    last_used_at: datetime | None
    """When it was last used, to about a minute; null if it never was."""
    revoked_at: datetime | None
    """When it was revoked; null while it works."""
    token: str
    """Send it as `Authorization: Bearer …`. Keep it: it is not kept."""


class KeyPublic(Received):
    """A key, without its secret."""

    id: str
    """The key's id."""
    name: str
    """Says who uses it."""
    prefix: str
    """The middle part of its token, to recognise it by."""
    scopes: tuple[OpenScope, ...]
    """What it may do."""
    rate_per_minute: int | None
    """Requests a minute; null for the service's own rate."""
    created_at: datetime
    """When it was made."""
    last_used_at: datetime | None
    """When it was last used, to about a minute; null if it never was."""
    revoked_at: datetime | None
    """When it was revoked; null while it works."""


class KeyPage(Received):
    """Keys, oldest first."""

    items: tuple[KeyPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""

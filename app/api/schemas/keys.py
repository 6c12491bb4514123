"""API keys in and out; the token itself only once, in the answer that makes it."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.domain.identity import ApiKey, Scope
from app.domain.registry import IdPrefix, public_id
from app.services.keys import MadeKey

KEY_EXAMPLE: dict[str, Any] = {
    "id": "key_3",
    "name": "listing pipeline",
    "prefix": "5d0c1f9a7b3e",
    "scopes": ["assess"],
    "rate_per_minute": None,
    "created_at": "2026-03-02T09:30:00Z",
    "last_used_at": "2026-03-02T10:00:00Z",
    "revoked_at": None,
}


class KeyCreate(Input):
    """A key to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "listing pipeline", "scopes": ["assess"]}]}
    )

    name: str = Field(min_length=1, max_length=200, description="Says who uses it.")
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=4)] = Field(
        description="What it may do; `admin` includes the others."
    )
    rate_per_minute: int | None = Field(
        None, ge=1, le=1_000_000, description="Requests a minute; null for the service's own rate."
    )


class KeyPublic(Output):
    """A key, without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [KEY_EXAMPLE]})

    id: str = Field(description="The key's id.")
    name: str = Field(description="Says who uses it.")
    prefix: str = Field(description="The middle part of its token, to recognise it by.")
    scopes: tuple[Scope, ...] = Field(description="What it may do.")
    rate_per_minute: int | None = Field(
        description="Requests a minute; null for the service's own rate."
    )
    created_at: datetime = Field(description="When it was made.")
    last_used_at: datetime | None = Field(
        description="When it was last used, to about a minute; null if it never was."
    )
    revoked_at: datetime | None = Field(description="When it was revoked; null while it works.")

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Shape a key."""
        return cls(**_fields(key))


class KeyMade(KeyPublic):
    """A new key with its token, which is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**KEY_EXAMPLE, "last_used_at": None, "token": "ts_5d0c1f9a7b3e_" + "x" * 43}
            ]
        }
    )

    token: str = Field(description="Send it as `Authorization: Bearer …`. Keep it: it is not kept.")

    @classmethod
    def made(cls, made: MadeKey) -> Self:
        """Shape a new key."""
        return cls(**_fields(made.key), token=made.token)


class KeyPage(Page[KeyPublic]):
    """Keys, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [KEY_EXAMPLE], "next_cursor": None}]}
    )


def _fields(key: ApiKey) -> dict[str, Any]:
    return {
        "id": public_id(IdPrefix.KEY, key.id),
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "rate_per_minute": key.rate_per_minute,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }

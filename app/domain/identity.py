"""Who is asking: API keys with scopes, and the principal that a request acts as.

A key's token reads `ts_PREFIX_SECRET`. The prefix finds the key, and the secret (256 random bits)
proves it; only the secret's hash is ever kept, so whoever reads the database can use no key. A
revoked key stays in the list, because what it did stays in the records.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.errors import InvalidInputError

TOKEN = re.compile(r"ts_(?P<prefix>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_\-]{43})")


class Scope(StrEnum):
    """What a key may do; `admin` includes the others."""

    ASSESS = "assess"
    REGISTRY = "registry"
    REVIEW = "review"
    ADMIN = "admin"


EVERY_SCOPE = frozenset(Scope)


def parse_scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """Return scopes in their own order, each once.

    >>> parse_scopes(["review", "assess", "review"])
    (<Scope.ASSESS: 'assess'>, <Scope.REVIEW: 'review'>)

    Raises:
        InvalidInputError: when there is none, or one that does not exist.
    """
    wanted = set(texts)
    unknown = sorted(wanted - {str(scope) for scope in Scope})
    if unknown or not wanted:
        known = ", ".join(Scope)
        raise InvalidInputError(f"a key needs scopes out of: {known}")
    return tuple(scope for scope in Scope if scope in wanted)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key on its way into the store: `digest` is of its secret, `prefix` finds it."""

    name: str
    prefix: str
    digest: str
    scopes: tuple[Scope, ...]
    rate_per_minute: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidInputError("a key needs a name that says who uses it")
        if not self.scopes:
            raise InvalidInputError("a key needs at least one scope")
        if self.rate_per_minute is not None and self.rate_per_minute < 1:
            raise InvalidInputError("a rate is at least one request a minute")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; `rate_per_minute` is `None` where the service's own rate holds."""

    id: int
    name: str
    prefix: str
    digest: str
    scopes: tuple[Scope, ...]
    rate_per_minute: int | None
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a request acts as: a key, or `local` on a service that nobody has made a key for."""

    name: str
    scopes: frozenset[Scope]
    key_id: int | None = None
    rate_per_minute: int | None = None

    def may(self, scopes: frozenset[Scope]) -> bool:
        """Tell whether one of these scopes is among its own."""
        return Scope.ADMIN in self.scopes or bool(self.scopes & scopes)


LOCAL = Principal("local", EVERY_SCOPE)

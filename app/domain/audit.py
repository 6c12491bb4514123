"""Who changed what: the actor that a change is made as, and the events of the audit log.

A door says once whom its caller acts as (`acting_as`), and whatever is stored on that call's behalf
says so too. No layer in between hands the actor on, so none can drop it or name another. What
nobody asked for, such as work in the background, is the `system`'s.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.identity import Principal
from app.domain.registry import IdPrefix, parse_id, public_id


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `id` is `key_3`, `cli:anna`, `local` or `system`; `name` is for people."""

    id: str
    name: str

    @classmethod
    def of_principal(cls, principal: Principal) -> "Actor":
        """Return whom a request acts as.

        >>> Actor.of_principal(Principal("pipeline", frozenset(), 3))
        Actor(id='key_3', name='pipeline')
        """
        if principal.key_id is None:
            return cls(principal.name, principal.name)
        return cls(public_id(IdPrefix.KEY, principal.key_id), principal.name)

    @classmethod
    def of_user(cls, user: str) -> "Actor":
        """Return a person at a terminal, by the name that the operating system knows.

        >>> Actor.of_user("anna").id
        'cli:anna'
        """
        return cls(f"cli:{user}", user)


SYSTEM: Final = Actor("system", "system")
_ACTING: Final[ContextVar[Actor]] = ContextVar("touchstone_actor", default=SYSTEM)


def current_actor() -> Actor:
    """Return whom the current call acts as."""
    return _ACTING.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Let everything inside be done as this actor; threads that are handed work take it along."""
    before = _ACTING.set(actor)
    try:
        yield
    finally:
        _ACTING.reset(before)


class AuditAction(StrEnum):
    """What was done."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"


class AuditKind(StrEnum):
    """What it was done to."""

    BRAND = "brand"
    SELLER = "seller"
    MOTIF = "motif"
    REFERENCE = "reference"
    BACKGROUND = "background"
    KEY = "key"
    WEBHOOK = "webhook"


PREFIXES: Final = {
    AuditKind.BRAND: IdPrefix.BRAND,
    AuditKind.SELLER: IdPrefix.SELLER,
    AuditKind.MOTIF: IdPrefix.MOTIF,
    AuditKind.REFERENCE: IdPrefix.REFERENCE,
    AuditKind.BACKGROUND: IdPrefix.BACKGROUND,
    AuditKind.KEY: IdPrefix.KEY,
    AuditKind.WEBHOOK: IdPrefix.WEBHOOK,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about."""

    kind: AuditKind
    number: int

    @property
    def id(self) -> str:
        """Its id as the outside knows it, such as `mot_12`."""
        return public_id(PREFIXES[self.kind], self.number)

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """Return the subject that an id names.

        >>> Subject.parse("mot_12")
        Subject(kind=<AuditKind.MOTIF: 'motif'>, number=12)

        Raises:
            InvalidInputError: when it is no id of anything that events are kept about.
        """
        for kind, prefix in PREFIXES.items():
            try:
                return cls(kind, parse_id(prefix, text))
            except NotFoundError:
                continue
        raise InvalidInputError(f"{text!r} is not an id such as mot_12")


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done; kept with the change itself, and never altered.

    `before` and `after` are the whole subject as JSON values, `None` where it did not exist.
    `registry_version` is what the change made of it, `None` where it is no part of the registry.
    """

    id: int
    at: datetime
    actor: Actor
    action: AuditAction
    subject: Subject
    registry_version: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are wanted; `None` for all. `since` is included, `until` is not."""

    subject: Subject | None = None
    kind: AuditKind | None = None
    action: AuditAction | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.since, self.until):
            if moment is not None and moment.utcoffset() is None:
                raise InvalidInputError("a moment needs a time zone")


def event_document(event: AuditEvent) -> dict[str, Any]:
    """Return an event as JSON values, the same in the API and on the command line."""
    return {
        "id": public_id(IdPrefix.AUDIT, event.id),
        "at": event.at.isoformat(),
        "actor": {"id": event.actor.id, "name": event.actor.name},
        "action": str(event.action),
        "kind": str(event.subject.kind),
        "subject": event.subject.id,
        "registry_version": event.registry_version,
        "before": event.before,
        "after": event.after,
    }

"""Telling other systems what happened: who is told of what, and how a delivery is getting on.

An event becomes one delivery for every webhook that asked for it. A delivery is tried until its
receiver answers with a status in the two hundreds; after the last try it is a dead letter, which is
kept and can be sent again. All tries of a delivery carry the same message id, by which a receiver
tells a repeated message from a new one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import InvalidInputError

LONGEST_WAIT = timedelta(hours=6)


class EventType(StrEnum):
    """What can be told."""

    ASSESSMENT_SUSPECT = "assessment.suspect"
    ASSESSMENT_REVIEW = "assessment.review"
    REVIEW_DECIDED = "review.decided"
    CATALOG_FINISHED = "catalog.finished"
    APPEAL_DECIDED = "appeal.decided"
    MOTIF_QUARANTINED = "motif.quarantined"


class DeliveryState(StrEnum):
    """How a delivery is getting on."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


def parse_events(texts: Sequence[str]) -> tuple[EventType, ...]:
    """Return events in their own order, each once.

    >>> parse_events(["review.decided", "assessment.suspect"])[0]
    <EventType.ASSESSMENT_SUSPECT: 'assessment.suspect'>

    Raises:
        InvalidInputError: when there is none, or one that does not exist.
    """
    if not texts or not set(texts) <= set(EventType):
        raise InvalidInputError(f"a webhook needs events out of: {', '.join(EventType)}")
    return tuple(event for event in EventType if event in texts)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver; `active` until it answers that it is gone for good."""

    id: int
    url: str
    events: tuple[EventType, ...]
    created_at: datetime
    active: bool = True

    def __post_init__(self) -> None:
        if not self.events:
            raise InvalidInputError("a webhook needs at least one event")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the receiver's status, or `None` and why there was no answer."""

    at: datetime
    status: int | None
    error: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no more messages, as Standard Webhooks has it."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on its way to one webhook; `next_at` is `None` once nothing more is tried."""

    id: int
    webhook_id: int
    message_id: str
    event: EventType
    created_at: datetime
    state: DeliveryState
    tries: int
    next_at: datetime | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery that was claimed to be sent: where to, what, and under which secret."""

    delivery_id: int
    webhook_id: int
    url: str
    secret: str
    message_id: str
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """When a failed delivery is tried again: after four times as long each time.

    Attributes:
        tries: how often it is tried before it is a dead letter.
        first: how long after the first try the second one follows.
    """

    tries: int = 10
    first: timedelta = timedelta(seconds=5)

    def wait(self, tries: int, chance: float) -> timedelta | None:
        """Return how long to wait after so many tries, `None` when that was the last.

        `chance`, from 0 to 1, takes up to half of the wait away, so that what failed together is
        not tried again together.

        >>> [RetryPlan(tries=4).wait(tries, 0.0).seconds for tries in (1, 2, 3)]
        [5, 20, 80]
        >>> RetryPlan().wait(2, 1.0).seconds, RetryPlan(tries=4).wait(4, 0.0)
        (10, None)
        """
        if tries >= self.tries:
            return None
        longest = LONGEST_WAIT.total_seconds()
        whole = min(longest, self.first.total_seconds() * 4 ** min(tries - 1, 20))
        return timedelta(seconds=whole * (1 - chance / 2))

"""What the API is sent and answers with: webhooks.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class AttemptPublic(Received):
    """One try to deliver a message."""

    at: datetime
    """When it was sent."""
    status: int | None
    """What the receiver answered; null for nothing."""
    error: str
    """Why there was no answer; empty where there was one."""


class DeliveryState(StrEnum):
    """How a delivery is getting on."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


OpenDeliveryState: TypeAlias = Annotated[DeliveryState | str, Field(union_mode="left_to_right")]


class EventType(StrEnum):
    """What can be told."""

    ASSESSMENT_SUSPECT = "assessment.suspect"
    ASSESSMENT_REVIEW = "assessment.review"
    REVIEW_DECIDED = "review.decided"
    CATALOG_FINISHED = "catalog.finished"
    APPEAL_DECIDED = "appeal.decided"
    MOTIF_QUARANTINED = "motif.quarantined"


OpenEventType: TypeAlias = Annotated[EventType | str, Field(union_mode="left_to_right")]


class DeliveryPublic(Received):
    """A message to a webhook and every try to deliver it."""

    id: str
    """The delivery's id."""
    message_id: str
    """The `webhook-id` that every try of it carries."""
    event: OpenEventType
    """What it tells."""
    created_at: datetime
    """When it happened."""
    state: OpenDeliveryState
    """`pending`, `delivered`, or `dead` after its last try."""
    tries: int
    """How often it was sent since it was made or replayed."""
    next_at: datetime | None
    """When it is sent next; null when it is over."""
    attempts: tuple[AttemptPublic, ...]
    """Its tries, oldest first; the last 100."""


class DeliveryPage(Received):
    """Deliveries, newest first."""

    items: tuple[DeliveryPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class WebhookCreate(Sent):
    """A webhook to register."""

    url: str
    """Where messages are posted to."""
    events: tuple[EventType, ...]
    """What it is told."""


class WebhookMade(Received):
    """A new webhook with its secret, which is shown this once."""

    id: str
    """The webhook's id."""
    url: str
    """Where messages are posted to."""
    events: tuple[OpenEventType, ...]
    """What it is told."""
    active: bool
    """False once its receiver answered 410: it is told no more."""
    created_at: datetime
    """When it was registered."""
    secret: str
    """Check signatures with it, as Standard Webhooks says."""


class WebhookPublic(Received):
    """A webhook, without its secret."""

    id: str
    """The webhook's id."""
    url: str
    """Where messages are posted to."""
    events: tuple[OpenEventType, ...]
    """What it is told."""
    active: bool
    """False once its receiver answered 410: it is told no more."""
    created_at: datetime
    """When it was registered."""


class WebhookPage(Received):
    """Webhooks, oldest first."""

    items: tuple[WebhookPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""

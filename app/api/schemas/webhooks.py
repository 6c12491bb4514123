"""Webhooks in and out, and what became of their messages; a secret only once."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.domain.registry import IdPrefix, public_id
from app.domain.webhook import Attempt, Delivery, DeliveryState, EventType, Webhook
from app.services.webhooks import MadeWebhook

WEBHOOK_EXAMPLE: dict[str, Any] = {
    "id": "whk_1",
    "url": "https://shop.example/hooks/touchstone",
    "events": ["assessment.suspect", "review.decided"],
    "active": True,
    "created_at": "2026-03-02T09:30:00Z",
}
ATTEMPT_EXAMPLE: dict[str, Any] = {
    "at": "2026-03-02T09:41:07Z",
    "status": 503,
    "error": "",
}
DELIVERY_EXAMPLE: dict[str, Any] = {
    "id": "dlv_8",
    "message_id": "msg_4f0f1c2f7a3b4c52b9f3f0f2b7a1c9de",
    "event": "assessment.suspect",
    "created_at": "2026-03-02T09:41:06Z",
    "state": "pending",
    "tries": 1,
    "next_at": "2026-03-02T09:41:11Z",
    "attempts": [ATTEMPT_EXAMPLE],
}


class WebhookCreate(Input):
    """A webhook to register."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{key: WEBHOOK_EXAMPLE[key] for key in ("url", "events")}]}
    )

    url: str = Field(min_length=1, max_length=2_048, description="Where messages are posted to.")
    events: Annotated[tuple[EventType, ...], Field(min_length=1, max_length=10)] = Field(
        description="What it is told."
    )


class WebhookPublic(Output):
    """A webhook, without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [WEBHOOK_EXAMPLE]})

    id: str = Field(description="The webhook's id.")
    url: str = Field(description="Where messages are posted to.")
    events: tuple[EventType, ...] = Field(description="What it is told.")
    active: bool = Field(description="False once its receiver answered 410: it is told no more.")
    created_at: datetime = Field(description="When it was registered.")

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Shape a webhook."""
        return cls(**_fields(webhook))


class WebhookMade(WebhookPublic):
    """A new webhook with its secret, which is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**WEBHOOK_EXAMPLE, "secret": "whsec_" + "x" * 43 + "="}]}
    )

    secret: str = Field(description="Check signatures with it, as Standard Webhooks says.")

    @classmethod
    def made(cls, made: MadeWebhook) -> Self:
        """Shape a new webhook."""
        return cls(**_fields(made.webhook), secret=made.secret)


class WebhookPage(Page[WebhookPublic]):
    """Webhooks, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [WEBHOOK_EXAMPLE], "next_cursor": None}]}
    )


class AttemptPublic(Output):
    """One try to deliver a message."""

    model_config = ConfigDict(json_schema_extra={"examples": [ATTEMPT_EXAMPLE]})

    at: datetime = Field(description="When it was sent.")
    status: int | None = Field(description="What the receiver answered; null for nothing.")
    error: str = Field(description="Why there was no answer; empty where there was one.")

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Shape a try."""
        return cls(at=attempt.at, status=attempt.status, error=attempt.error)


class DeliveryPublic(Output):
    """A message to a webhook and every try to deliver it."""

    model_config = ConfigDict(json_schema_extra={"examples": [DELIVERY_EXAMPLE]})

    id: str = Field(description="The delivery's id.")
    message_id: str = Field(description="The `webhook-id` that every try of it carries.")
    event: EventType = Field(description="What it tells.")
    created_at: datetime = Field(description="When it happened.")
    state: DeliveryState = Field(
        description="`pending`, `delivered`, or `dead` after its last try."
    )
    tries: int = Field(description="How often it was sent since it was made or replayed.")
    next_at: datetime | None = Field(description="When it is sent next; null when it is over.")
    attempts: tuple[AttemptPublic, ...] = Field(
        description="Its tries, oldest first; the last 100."
    )

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Shape a delivery."""
        return cls(
            id=public_id(IdPrefix.DELIVERY, delivery.id),
            message_id=delivery.message_id,
            event=delivery.event,
            created_at=delivery.created_at,
            state=delivery.state,
            tries=delivery.tries,
            next_at=delivery.next_at,
            attempts=tuple(AttemptPublic.of(attempt) for attempt in delivery.attempts),
        )


class DeliveryPage(Page[DeliveryPublic]):
    """Deliveries, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [DELIVERY_EXAMPLE], "next_cursor": None}]}
    )


def _fields(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": public_id(IdPrefix.WEBHOOK, webhook.id),
        "url": webhook.url,
        "events": webhook.events,
        "active": webhook.active,
        "created_at": webhook.created_at,
    }

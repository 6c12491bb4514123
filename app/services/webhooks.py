"""Registers webhooks; the secret under which their messages are signed is shown once.

The secret is that of Standard Webhooks: `whsec_` and 256 random bits in base64.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.ports import WebhookStore
from app.domain.webhook import DeliveryState, EventType, Webhook

_PAGE = 200


class CheckAddress(Protocol):
    """Whoever knows which addresses may be posted to."""

    def check(self, url: str) -> str:
        """Return the address as it will be used, or raise `InvalidInputError`."""


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A new webhook with its secret, which nobody is shown again."""

    webhook: Webhook
    secret: str


class WebhookDesk:
    """Webhooks of one service; safe to share between threads."""

    def __init__(self, store: WebhookStore, addresses: CheckAddress) -> None:
        self._store = store
        self._addresses = addresses

    @property
    def store(self) -> WebhookStore:
        """Where they are kept."""
        return self._store

    def register(self, url: str, events: Sequence[EventType]) -> MadeWebhook:
        """Register a webhook; `InvalidInputError` when its address cannot be posted to."""
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        return MadeWebhook(self._store.add(self._addresses.check(url), events, secret), secret)

    def replay_dead(self, webhook_id: int) -> int:
        """Send every dead letter of a webhook again; return how many. `NotFoundError`."""
        count = 0
        while page := self._store.deliveries(webhook_id, DeliveryState.DEAD, limit=_PAGE):
            for delivery in page:
                self._store.replay(webhook_id, delivery.id)
            count += len(page)
        return count

"""Calls of the group webhooks.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, step
from touchstone_client.models import (
    DeliveryPage,
    DeliveryPublic,
    DeliveryState,
    WebhookCreate,
    WebhookMade,
    WebhookPage,
    WebhookPublic,
)


class WebhooksCalls(Sender):
    """Calls of the group webhooks, one after the other."""

    def create_webhook(self, body: WebhookCreate) -> WebhookMade:
        """Register a webhook.

        Register a webhook and show the secret of its signatures, this once.

        It is told of what happens from now on, by messages signed to Standard Webhooks.
        """
        return self._send(Call("POST", "/v1/webhooks", WebhookMade.model_validate_json, body=body))

    def list_webhooks(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[WebhookPublic]:
        """List webhooks.

        List webhooks, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/webhooks",
                WebhookPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_webhook(self, webhook_id: str) -> WebhookPublic:
        """Get a webhook.

        Return a webhook.
        """
        return self._send(
            Call("GET", f"/v1/webhooks/{step(webhook_id)}", WebhookPublic.model_validate_json)
        )

    def remove_webhook(self, webhook_id: str) -> None:
        """Remove a webhook.

        Remove a webhook with its deliveries, those that have not arrived included.
        """
        self._send(Call("DELETE", f"/v1/webhooks/{step(webhook_id)}", nothing))

    def list_deliveries(
        self,
        webhook_id: str,
        *,
        state: DeliveryState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Iterator[DeliveryPublic]:
        """List a webhook's deliveries, newest first.

        List the messages to a webhook with every try to deliver them, newest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/webhooks/{step(webhook_id)}/deliveries",
                DeliveryPage.model_validate_json,
                query={"state": state, "limit": limit, "cursor": cursor},
            )
        )

    def replay_delivery(self, webhook_id: str, delivery_id: str) -> DeliveryPublic:
        """Send a message again.

        Send a dead letter, or a message that arrived, again under the same message id.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/webhooks/{step(webhook_id)}/deliveries/{step(delivery_id)}/replay",
                DeliveryPublic.model_validate_json,
            )
        )


class AsyncWebhooksCalls(AsyncSender):
    """Calls of the group webhooks, without waiting."""

    async def create_webhook(self, body: WebhookCreate) -> WebhookMade:
        """Register a webhook.

        Register a webhook and show the secret of its signatures, this once.

        It is told of what happens from now on, by messages signed to Standard Webhooks.
        """
        return await self._send(
            Call("POST", "/v1/webhooks", WebhookMade.model_validate_json, body=body)
        )

    def list_webhooks(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[WebhookPublic]:
        """List webhooks.

        List webhooks, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/webhooks",
                WebhookPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_webhook(self, webhook_id: str) -> WebhookPublic:
        """Get a webhook.

        Return a webhook.
        """
        return await self._send(
            Call("GET", f"/v1/webhooks/{step(webhook_id)}", WebhookPublic.model_validate_json)
        )

    async def remove_webhook(self, webhook_id: str) -> None:
        """Remove a webhook.

        Remove a webhook with its deliveries, those that have not arrived included.
        """
        await self._send(Call("DELETE", f"/v1/webhooks/{step(webhook_id)}", nothing))

    def list_deliveries(
        self,
        webhook_id: str,
        *,
        state: DeliveryState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncIterator[DeliveryPublic]:
        """List a webhook's deliveries, newest first.

        List the messages to a webhook with every try to deliver them, newest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/webhooks/{step(webhook_id)}/deliveries",
                DeliveryPage.model_validate_json,
                query={"state": state, "limit": limit, "cursor": cursor},
            )
        )

    async def replay_delivery(self, webhook_id: str, delivery_id: str) -> DeliveryPublic:
        """Send a message again.

        Send a dead letter, or a message that arrived, again under the same message id.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/webhooks/{step(webhook_id)}/deliveries/{step(delivery_id)}/replay",
                DeliveryPublic.model_validate_json,
            )
        )

"""`/v1/webhooks`: who is told what happened, and whether it arrived."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from app.api.cursors import PagingDep
from app.api.dependencies import LocatorDep, TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.webhooks import (
    DeliveryPage,
    DeliveryPublic,
    WebhookCreate,
    WebhookMade,
    WebhookPage,
    WebhookPublic,
)
from app.domain.errors import ConflictError, NotFoundError
from app.domain.registry import IdPrefix, parse_id
from app.domain.webhook import DeliveryState

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


async def webhook_number(webhook_id: Annotated[str, Path(description="A webhook's id.")]) -> int:
    """Return the webhook in the path."""
    return parse_id(IdPrefix.WEBHOOK, webhook_id)


async def delivery_number(
    delivery_id: Annotated[str, Path(description="A delivery's id.")],
) -> int:
    """Return the delivery in the path."""
    return parse_id(IdPrefix.DELIVERY, delivery_id)


WebhookNumberDep = Annotated[int, Depends(webhook_number)]
DeliveryNumberDep = Annotated[int, Depends(delivery_number)]


@router.post("", status_code=201, summary="Register a webhook", responses=refusals(400, 413))
def create_webhook(
    create: WebhookCreate, touchstone: TouchstoneDep, locator: LocatorDep, response: Response
) -> WebhookMade:
    """Register a webhook and show the secret of its signatures, this once.

    It is told of what happens from now on, by messages signed to Standard Webhooks.
    """
    made = WebhookMade.made(touchstone.webhooks.register(create.url, create.events))
    response.headers.update(locator.of("get_webhook", webhook_id=made.id))
    return made


@router.get("", summary="List webhooks", responses=refusals())
def list_webhooks(touchstone: TouchstoneDep, paging: PagingDep) -> WebhookPage:
    """List webhooks, oldest first."""
    found = touchstone.webhooks.store.list(after=paging.position or 0, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return WebhookPage(items=tuple(WebhookPublic.of(each) for each in page), next_cursor=cursor)


@router.get("/{webhook_id}", summary="Get a webhook", responses=refusals(NotFoundError))
def get_webhook(number: WebhookNumberDep, touchstone: TouchstoneDep) -> WebhookPublic:
    """Return a webhook."""
    return WebhookPublic.of(touchstone.webhooks.store.get(number))


@router.delete(
    "/{webhook_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a webhook",
    responses=refusals(NotFoundError),
)
def remove_webhook(number: WebhookNumberDep, touchstone: TouchstoneDep) -> None:
    """Remove a webhook with its deliveries, those that have not arrived included."""
    touchstone.webhooks.store.remove(number)


@router.get(
    "/{webhook_id}/deliveries",
    summary="List a webhook's deliveries, newest first",
    responses=refusals(NotFoundError),
)
def list_deliveries(
    number: WebhookNumberDep,
    touchstone: TouchstoneDep,
    paging: PagingDep,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
) -> DeliveryPage:
    """List the messages to a webhook with every try to deliver them, newest first."""
    found = touchstone.webhooks.store.deliveries(
        number, state, before=paging.position, limit=paging.ask_for
    )
    page, cursor = paging.cut(found)
    return DeliveryPage(items=tuple(DeliveryPublic.of(each) for each in page), next_cursor=cursor)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    summary="Send a message again",
    responses=refusals(NotFoundError, ConflictError),
)
def replay_delivery(
    number: WebhookNumberDep, delivery: DeliveryNumberDep, touchstone: TouchstoneDep
) -> DeliveryPublic:
    """Send a dead letter, or a message that arrived, again under the same message id."""
    return DeliveryPublic.of(touchstone.webhooks.store.replay(number, delivery))

"""Writes messages for webhooks in the transaction of what they tell: both are kept, or neither."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.webhook import DeliveryState, EventType
from app.storage.webhook_tables import DeliveryRow, WebhookRow


def tell(session: Session, event: EventType, at: datetime, data: dict[str, Any]) -> None:
    """Put a message into the outbox for every webhook that asked for this event."""
    # Locked, so that none of them is removed between this look and the rows that point to it.
    active = (
        select(WebhookRow)
        .where(WebhookRow.active)
        .order_by(WebhookRow.id)
        .with_for_update(read=True, key_share=True)
    )
    receivers = [row.id for row in session.scalars(active) if event in row.events]
    if not receivers:
        return
    message = f"msg_{uuid4().hex}"
    body = json.dumps({"type": str(event), "timestamp": at.isoformat(), "data": data})
    for webhook_id in receivers:
        session.add(
            DeliveryRow(
                webhook_id=webhook_id,
                message_id=message,
                event=str(event),
                body=body,
                created_at=at,
                state=str(DeliveryState.PENDING),
                tries=0,
                next_at=at,
                attempts=[],
            )
        )

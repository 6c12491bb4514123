"""The tables of webhooks: who is told, and the outbox of what they are told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, Base


class WebhookRow(Base):
    """A receiver. Its secret is here as it is: signing takes the secret itself, no hash of it."""

    __tablename__ = "webhooks"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    url: Mapped[str]
    events: Mapped[list[str]]
    secret: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class DeliveryRow(Base):
    """A message to one receiver, written in the transaction of what it tells.

    `body` is the very text that is signed and sent. While somebody is sending it, `next_at` lies at
    the end of their lease.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_state_next_at", "state", "next_at"),
        Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
        AUTOINCREMENT,
    )

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ID, ForeignKey(WebhookRow.id, ondelete="CASCADE"))
    message_id: Mapped[str]
    event: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str]
    tries: Mapped[int]
    next_at: Mapped[datetime | None]
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

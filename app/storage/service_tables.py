"""The tables of the service around the registry: keys, and answers to writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.columns import ID
from app.storage.tables import AUTOINCREMENT, Base


class ApiKeyRow(Base):
    """An API key; of its secret only the SHA-256 is here."""

    __tablename__ = "api_keys"
    __table_args__ = (AUTOINCREMENT,)

    id: Mapped[int] = mapped_column(ID, Identity(), primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    scopes: Mapped[list[str]]
    rate_per_minute: Mapped[int | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AnswerRow(Base):
    """A write under its caller's own key; `status` is NULL until it has been carried out."""

    __tablename__ = "answers"

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    claim: Mapped[str]
    leased_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]

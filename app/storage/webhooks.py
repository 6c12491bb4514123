"""Webhooks and their deliveries: claimed for a time by whoever sends them, settled by the outcome.

A claim moves `next_at` to the end of a lease. A process that dies while it sends leaves the
delivery pending, and it is due again when the lease is over: sent at least once, never lost.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError
from app.domain.webhook import Attempt, Delivery, DeliveryState, EventType, Parcel, Webhook
from app.storage.audit import log_changes
from app.storage.columns import utc_now
from app.storage.database import Database
from app.storage.versioned import found
from app.storage.webhook_tables import DeliveryRow, WebhookRow

_ATTEMPTS_KEPT = 100  # a delivery that is replayed for ever must not grow for ever


class SqlWebhookStore:
    """Implements `app.domain.ports.WebhookStore`."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, url: str, events: Sequence[EventType], secret: str) -> Webhook:
        """Keep a webhook."""
        row = WebhookRow(
            url=url,
            events=[str(event) for event in events],
            secret=secret,
            active=True,
            created_at=self._clock(),
        )
        with self._database.session(write=True) as session:
            session.add(row)
            log_changes(session, row.created_at)
        return _webhook(row)

    def get(self, webhook_id: int) -> Webhook:
        """Return one webhook, or raise `NotFoundError`."""
        with self._database.session() as session:
            return _webhook(found(session.get(WebhookRow, webhook_id), "webhook", webhook_id))

    def list(self, *, after: int = 0, limit: int = 100) -> list[Webhook]:
        """Return webhooks with ids above `after`, ascending."""
        page = select(WebhookRow).where(WebhookRow.id > after).order_by(WebhookRow.id).limit(limit)
        with self._database.session() as session:
            return [_webhook(row) for row in session.scalars(page)]

    def remove(self, webhook_id: int) -> None:
        """Remove a webhook with its deliveries; `NotFoundError`."""
        with self._database.session(write=True) as session:
            session.delete(found(session.get(WebhookRow, webhook_id), "webhook", webhook_id))
            log_changes(session, self._clock())

    def deliveries(
        self,
        webhook_id: int,
        state: DeliveryState | None = None,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[Delivery]:
        """Return a webhook's deliveries, newest first; `NotFoundError`."""
        page = select(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id)
        if state is not None:
            page = page.where(DeliveryRow.state == state)
        if before is not None:
            page = page.where(DeliveryRow.id < before)
        with self._database.session() as session:
            found(session.get(WebhookRow, webhook_id), "webhook", webhook_id)
            rows = session.scalars(page.order_by(DeliveryRow.id.desc()).limit(limit))
            return [_delivery(row) for row in rows]

    def claim(self, busy: Iterable[int], limit: int, lease: timedelta) -> Sequence[Parcel]:
        """Take deliveries that are due, at most one for each webhook that is not busy."""
        now = self._clock()
        due = (DeliveryRow.state == DeliveryState.PENDING) & (DeliveryRow.next_at <= now)
        oldest = (
            select(func.min(DeliveryRow.id))
            .where(due, DeliveryRow.webhook_id.not_in([*busy]))
            .group_by(DeliveryRow.webhook_id)
            .limit(limit)
        )
        # A look before a lock: most of the time there is nothing to send.
        with self._database.session() as session:
            wanted = [*session.scalars(oldest)]
        if not wanted:
            return []
        again = (
            select(DeliveryRow, WebhookRow)
            .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
            .where(due, DeliveryRow.id.in_(wanted))
            .with_for_update(of=DeliveryRow, skip_locked=True)
        )
        with self._database.session(write=True) as session:
            claimed = [(row, webhook) for row, webhook in session.execute(again)]
            for row, _ in claimed:
                row.next_at = now + lease
        return [_parcel(row, webhook) for row, webhook in claimed]

    def settle(self, delivery_id: int, attempt: Attempt, wait: timedelta | None) -> None:
        """Note a try; one that failed is due again after `wait`, and dead without one."""
        with self._database.session(write=True) as session:
            row = session.get(DeliveryRow, delivery_id, with_for_update=True)
            if row is None:  # its webhook was removed meanwhile
                return
            row.attempts = [*row.attempts, _written(attempt)][-_ATTEMPTS_KEPT:]
            row.tries += 1
            if row.state != DeliveryState.PENDING:  # somebody sent it again after the lease
                return
            _move(row, attempt, wait, self._clock())
            if attempt.gone:
                found(
                    session.get(WebhookRow, row.webhook_id), "webhook", row.webhook_id
                ).active = False
                log_changes(session, self._clock())

    def replay(self, webhook_id: int, delivery_id: int) -> Delivery:
        """Make a delivery that is over due again at once; `NotFoundError`, `ConflictError`."""
        with self._database.session(write=True) as session:
            row = _of(session, webhook_id, delivery_id)
            if row.state == DeliveryState.PENDING:
                raise ConflictError("the delivery is still being tried")
            row.state, row.tries = str(DeliveryState.PENDING), 0
            row.next_at = self._clock()
        return _delivery(row)

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many deliveries there are in each state."""
        counted = select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)
        with self._database.session() as session:
            counts = {DeliveryState(state): count for state, count in session.execute(counted)}
        return {state: counts.get(state, 0) for state in DeliveryState}

    def forget(self, before: datetime) -> int:
        """Remove deliveries made before that moment which arrived; return how many."""
        old = (DeliveryRow.state == DeliveryState.DELIVERED) & (DeliveryRow.created_at < before)
        with self._database.session() as session:
            count = session.scalar(select(func.count()).select_from(DeliveryRow).where(old)) or 0
        if count:
            with self._database.session(write=True) as session:
                session.execute(delete(DeliveryRow).where(old))
        return count


def _of(session: Session, webhook_id: int, delivery_id: int) -> DeliveryRow:
    row = session.get(DeliveryRow, delivery_id, with_for_update=True)
    return found(
        row if row and row.webhook_id == webhook_id else None, "delivery of it", delivery_id
    )


def _move(row: DeliveryRow, attempt: Attempt, wait: timedelta | None, now: datetime) -> None:
    if attempt.succeeded:
        row.state, row.next_at = str(DeliveryState.DELIVERED), None
    elif wait is None or attempt.gone:
        row.state, row.next_at = str(DeliveryState.DEAD), None
    else:
        row.next_at = now + wait


def _written(attempt: Attempt) -> dict[str, Any]:
    return {"at": attempt.at.isoformat(), "status": attempt.status, "error": attempt.error}


def _webhook(row: WebhookRow) -> Webhook:
    events = tuple(EventType(text) for text in row.events)
    return Webhook(row.id, row.url, events, row.created_at, row.active)


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        message_id=row.message_id,
        event=EventType(row.event),
        created_at=row.created_at,
        state=DeliveryState(row.state),
        tries=row.tries,
        next_at=row.next_at,
        attempts=tuple(
            Attempt(datetime.fromisoformat(each["at"]), each["status"], each["error"])
            for each in row.attempts
        ),
    )


def _parcel(row: DeliveryRow, webhook: WebhookRow) -> Parcel:
    return Parcel(
        row.id, webhook.id, webhook.url, webhook.secret, row.message_id, row.body, row.tries
    )

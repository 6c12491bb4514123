"""Sends what is in the outbox: signed, one message at a time to each webhook, until it arrives.

    claim what is due ─▶ sign with a fresh timestamp ─▶ post ─▶ settle: delivered, later, or dead

One thread looks for what is due, and each message is sent in a thread of its own, so that a
receiver that hangs keeps nobody else waiting. What is being sent when the process is killed stays
claimed until its lease is over and is then sent again, under the same message id.
"""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from standardwebhooks import Webhook as Signer

from app.domain.errors import StorageError, TouchstoneError
from app.domain.ports import WebhookStore
from app.domain.webhook import Attempt, Parcel, RetryPlan

_LOOK_EVERY = 1.0  # seconds
_AT_ONCE = 8  # webhooks
_TIDY_EVERY = 3_600  # looks, so about an hour
_LEASE = timedelta(seconds=30)  # beyond what one post may take


class Answer(Protocol):
    """What a receiver answered."""

    @property
    def status(self) -> int:
        """The HTTP status."""


class Post(Protocol):
    """Whoever can post a message."""

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post and return the answer, or raise a `TouchstoneError`."""


def signed_headers(parcel: Parcel, at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks for a message that is sent at that moment."""
    signature = Signer(parcel.secret).sign(parcel.message_id, at, parcel.body)
    return {
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


class Deliverer:
    """Sends messages in the background between `start` and `stop`."""

    def __init__(
        self,
        store: WebhookStore,
        post: Post,
        plan: RetryPlan,
        *,
        seconds: float,
        keep: timedelta = timedelta(days=30),
        lease: timedelta = _LEASE,
        look_every: float = _LOOK_EVERY,
        clock: Callable[[], datetime] = utc_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Set up; `seconds` is the longest that one post takes."""
        self._store = store
        self._post = post
        self._plan = plan
        self._keep = keep
        self._lease = lease + timedelta(seconds=seconds)
        self._look_every = look_every
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._sending: dict[int, threading.Thread] = {}  # by webhook
        self._stopping = threading.Event()
        self._looks = 0
        self._thread: threading.Thread | None = None
        self._log = structlog.get_logger()

    def start(self) -> None:
        """Begin to send; nothing happens when it has begun already."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()

    def stop(self, wait: float = 5.0) -> None:
        """Stop, and wait so many seconds for what is being sent; the rest is sent again later."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(wait)
        with self._lock:
            sending = [*self._sending.values()]
        for each in sending:
            each.join(wait)

    def look(self) -> int:
        """Begin to send everything that is due and return how much that was."""
        with self._lock:
            busy = [*self._sending]
        free = _AT_ONCE - len(busy)
        parcels = self._store.claim(busy, free, self._lease) if free > 0 else []
        for parcel in parcels:
            thread = threading.Thread(
                target=self._send, args=(parcel,), name="webhook", daemon=True
            )
            with self._lock:
                self._sending[parcel.webhook_id] = thread
            thread.start()
        return len(parcels)

    def settle_all(self) -> None:
        """Wait until nothing is being sent."""
        while True:
            with self._lock:
                sending = [*self._sending.values()]
            if not sending:
                return
            for each in sending:
                each.join()

    def _run(self) -> None:
        wait = 0.0
        while not self._stopping.wait(wait):
            wait = self._look_every
            try:
                self._tidy()
                # A backlog is worked off without waiting for the next look.
                wait = 0.01 if self.look() else self._look_every
            except StorageError as error:  # the database may be back at the next look
                self._log.warning("webhooks_waiting", error=error.message)
            except Exception:  # noqa: BLE001  a bug must not end all deliveries; it is logged
                self._log.exception("webhooks_failed")

    def _tidy(self) -> None:
        if self._looks % _TIDY_EVERY == 0:
            self._store.forget(self._clock() - self._keep)
        self._looks += 1

    def _send(self, parcel: Parcel) -> None:
        try:
            attempt = self._tried(parcel)
            wait = self._plan.wait(parcel.tries + 1, self._chance())
            self._store.settle(parcel.delivery_id, attempt, wait)
            self._tell(parcel, attempt, last=wait is None)
        except StorageError as error:  # not settled: sent again when the lease is over
            self._log.warning("webhook_unsettled", error=error.message)
        except Exception:  # noqa: BLE001  sent again when the lease is over; it is logged
            self._log.exception("webhook_failed", delivery=parcel.delivery_id)
        finally:
            with self._lock:
                del self._sending[parcel.webhook_id]

    def _tried(self, parcel: Parcel) -> Attempt:
        at = self._clock()
        try:
            headers = signed_headers(parcel, at)
            answer = self._post.post(parcel.url, parcel.body.encode(), headers)
        except TouchstoneError as error:
            return Attempt(at, None, error.message)
        return Attempt(at, answer.status)

    def _tell(self, parcel: Parcel, attempt: Attempt, *, last: bool) -> None:
        if attempt.succeeded:
            return
        dead = last or attempt.gone
        told = self._log.error if dead else self._log.warning
        told(
            "webhook_dead" if dead else "webhook_undelivered",
            webhook=parcel.webhook_id,
            message=parcel.message_id,
            status=attempt.status,
            error=attempt.error,
        )

"""Messages to webhooks: signed, tried until they arrive, and lost by no way of failing."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from app.domain.assessment import Factors, Verdict
from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.listing import Listing
from app.domain.review import Decision, DecisionReason, ReviewState
from app.domain.webhook import Delivery, DeliveryState, EventType, RetryPlan
from app.media.fetching import AllowedHost
from app.media.posting import Poster
from app.services.delivering import Deliverer
from app.services.webhooks import MadeWebhook, WebhookDesk
from app.storage.assessments import SqlAssessmentStore
from app.storage.database import Database
from app.storage.reviews import SqlReviewStore
from app.storage.webhooks import SqlWebhookStore
from tests.outside import HOST, PUBLIC, Outside, answer, hang, in_turn, redirect
from tests.storage.samples import assessment

URL = f"https://{HOST}/hook"
SOON, LEASE = timedelta(seconds=5), timedelta(seconds=30)


class Clock:
    """The real time, which can be moved on by hand."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Post:
    """A service with its outbox, and the world that it posts to."""

    def __init__(self, url: str, outside: Outside) -> None:
        self.database = Database(url)
        self.outside, self.clock = outside, Clock()
        self.store = SqlWebhookStore(self.database, clock=self.clock)
        self.poster = Poster((), 1.0, outside.outbound())
        self.desk = WebhookDesk(self.store, self.poster)

    def register(self, *events: EventType, url: str = URL) -> MadeWebhook:
        return self.desk.register(url, events or (EventType.ASSESSMENT_SUSPECT,))

    def judge(self, listing_id: str = "B09X", verdict: Verdict = Verdict.SUSPECT) -> int:
        judged = replace(assessment(listing_id), verdict=verdict, factors=Factors(0.75, 1.0, 1.0))
        listing = Listing(listing_id, ("2.jpg",), seller_id="S1")
        return SqlAssessmentStore(self.database).add(listing, judged).id

    def deliverer(self, tries: int = 4, poster: Poster | None = None) -> Deliverer:
        return Deliverer(
            self.store,
            poster or self.poster,
            RetryPlan(tries, SOON),
            seconds=1.0,
            lease=LEASE,
            look_every=0.02,
            clock=datetime_now,
            chance=lambda: 0.0,
        )

    def send(self, deliverer: Deliverer | None = None) -> int:
        deliverer = deliverer or self.deliverer()
        begun = deliverer.look()
        deliverer.settle_all()
        return begun

    def only(self, state: DeliveryState | None = None, webhook: int = 1) -> Delivery:
        (delivery,) = self.store.deliveries(webhook, state)
        return delivery

    def verified(self, made: MadeWebhook, number: int = -1) -> dict[str, Any]:
        """Check a request's signature as a receiver would, and return its message."""
        message: dict[str, Any] = Verifier(made.secret).verify(
            self.outside.bodies[number], self.headers(number)
        )
        return message

    def headers(self, number: int = -1) -> dict[str, str]:
        lines = self.outside.requests[number].strip().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def datetime_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outbox") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


@pytest.fixture
def post(migrated: Path, tmp_path: Path) -> Iterator[Post]:
    path = tmp_path / "touchstone.db"
    shutil.copy(migrated, path)
    with Outside() as outside:
        outside.replies["/hook"] = answer()
        service = Post(f"sqlite:///{path}", outside)
        yield service
        service.database.dispose()


def test_a_suspicion_is_told_under_a_signature_that_holds(post: Post) -> None:
    made = post.register()
    post.judge()
    assert post.send() == 1
    message = post.verified(made)
    assert message["type"] == "assessment.suspect"
    assert message["data"]["assessment_id"] == "asm_1"
    assert (message["data"]["listing_id"], message["data"]["seller_id"]) == ("B09X", "S1")
    assert post.outside.requests[0].startswith("POST /hook HTTP/1.1\r\n")
    delivery = post.only()
    assert (delivery.state, delivery.tries, delivery.next_at) == (DeliveryState.DELIVERED, 1, None)
    assert [attempt.status for attempt in delivery.attempts] == [200]
    assert post.headers()["webhook-id"] == delivery.message_id
    assert post.send() == 0


def test_a_message_that_was_altered_is_not_verified(post: Post) -> None:
    made = post.register()
    post.judge()
    post.send()
    altered = post.outside.bodies[0].replace(b"B09X", b"B09Y")
    with pytest.raises(WebhookVerificationError):
        Verifier(made.secret).verify(altered, post.headers())


def test_each_is_told_what_it_asked_for(post: Post) -> None:
    post.outside.replies["/other"] = answer(status="204 No Content")
    post.register(EventType.ASSESSMENT_REVIEW)
    other = post.register(EventType.REVIEW_DECIDED, url=f"https://{HOST}/other")
    post.judge("one", Verdict.CLEAR)
    post.judge("two", Verdict.REVIEW)
    confirmed = Decision(ReviewState.CONFIRMED, DecisionReason.PROTECTED_MOTIF)
    SqlReviewStore(post.database).decide(1, "key_1", confirmed)
    assert post.send() == 2
    paths = [request.split(" ")[1] for request in post.outside.requests]
    assert sorted(paths) == ["/hook", "/other"]
    decided = post.verified(other, paths.index("/other"))
    assert decided["type"] == "review.decided"
    assert (decided["data"]["decision"], decided["data"]["decided_by"]) == ("confirmed", "key_1")


def _judge_and_fail(post: Post) -> None:
    with post.database.batch():
        post.judge()
        raise RuntimeError("at the last moment")


def test_what_is_not_kept_is_not_told(post: Post) -> None:
    post.register()
    with pytest.raises(RuntimeError, match="at the last moment"):
        _judge_and_fail(post)
    assert post.store.deliveries(1) == []
    assert SqlAssessmentStore(post.database).list() == []


def test_a_receiver_that_fails_is_tried_again_later_each_time(post: Post) -> None:
    made = post.register()
    post.outside.replies["/hook"] = in_turn(
        answer(status="500 Broken"), answer(status="429 Slow Down"), answer()
    )
    post.judge()
    assert post.send() == 1
    assert post.send() == 0, "it is not due yet"
    for wait in (SOON, 4 * SOON):
        assert post.only().state == DeliveryState.PENDING
        post.clock.ahead += wait
        assert post.send() == 1
    delivery = post.only(DeliveryState.DELIVERED)
    assert [attempt.status for attempt in delivery.attempts] == [500, 429, 200]
    assert {post.headers(n)["webhook-id"] for n in range(3)} == {delivery.message_id}
    assert all(post.verified(made, n) for n in range(3))


def test_the_last_try_leaves_a_dead_letter_that_can_be_replayed(post: Post) -> None:
    post.register()
    post.outside.replies["/hook"] = answer(status="503 Away")
    post.judge()
    for _ in range(3):
        assert post.send(post.deliverer(tries=3)) == 1
        post.clock.ahead += timedelta(hours=1)
    assert post.send(post.deliverer(tries=3)) == 0
    dead = post.only(DeliveryState.DEAD)
    assert (dead.tries, dead.next_at, len(dead.attempts)) == (3, None, 3)
    assert post.store.counts()[DeliveryState.DEAD] == 1
    post.outside.replies["/hook"] = answer()
    assert post.desk.replay_dead(1) == 1
    with pytest.raises(ConflictError):
        post.store.replay(1, dead.id)
    assert post.send() == 1
    again = post.only(DeliveryState.DELIVERED)
    assert (again.message_id, len(again.attempts)) == (dead.message_id, 4)


def test_a_receiver_that_is_gone_is_told_no_more(post: Post) -> None:
    post.register()
    post.outside.replies["/hook"] = answer(status="410 Gone")
    post.judge()
    post.send()
    assert post.only().state == DeliveryState.DEAD
    assert not post.store.get(1).active
    post.judge("another")
    assert len(post.store.deliveries(1)) == 1


def test_a_receiver_that_hangs_keeps_nobody_else_waiting(post: Post) -> None:
    post.outside.replies |= {"/hang": hang()}
    post.register(url=f"https://{HOST}/hang")
    post.register()
    for number in range(3):
        post.judge(f"{number}")
    deliverer = post.deliverer()
    deliverer.start()
    deliverer.start()
    for _ in range(200):
        if len(post.store.deliveries(2, DeliveryState.DELIVERED)) == 3:
            break
        pause(0.02)
    assert len(post.store.deliveries(2, DeliveryState.DELIVERED)) == 3
    assert post.store.deliveries(1, DeliveryState.DELIVERED) == []
    deliverer.stop()
    tried = [each for each in post.store.deliveries(1) if each.attempts]
    assert "longer than 1 seconds" in tried[0].attempts[0].error


@pytest.mark.parametrize(
    ("name", "addresses", "told"),
    [
        ("in.shop.test", ["127.0.0.1"], "not public"),
        ("in.shop.test", ["169.254.169.254"], "not public"),
        ("in.shop.test", [PUBLIC, "10.0.0.1"], "not public"),
        ("none.shop.test", [], "no such host"),
    ],
)
def test_what_is_not_public_is_never_reached(
    post: Post, name: str, addresses: list[str], told: str
) -> None:
    post.outside.names[name] = [addresses]
    post.register(url=f"https://{name}/hook")
    post.judge()
    post.send()
    (attempt,) = post.only().attempts
    assert attempt.status is None
    assert told in attempt.error
    assert post.outside.connected == []


def test_a_redirect_to_loopback_is_a_failure_and_not_followed(post: Post) -> None:
    post.register()
    post.outside.replies["/hook"] = redirect("http://127.0.0.1:9/hook", "307 Temporary Redirect")
    post.judge()
    post.send()
    assert [attempt.status for attempt in post.only().attempts] == [307]
    assert post.outside.connected == [(PUBLIC, 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example/hook",
        "https://localhost/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest",
        "https://me:secret@shop.example/hook",
        "https://shop.example/hook#part",
        "https:///hook",
        "hook",
        "",
        f"https://shop.example/{'x' * 2_048}",
    ],
)
def test_an_address_that_cannot_be_registered(post: Post, url: str) -> None:
    with pytest.raises(InvalidInputError):
        post.register(url=url)
    assert post.store.list() == []


def test_an_internal_receiver_has_to_be_listed(post: Post) -> None:
    inside = Poster((AllowedHost.parse("hooks.test:8080"),), 1.0, post.outside.outbound())
    post.outside.names["hooks.test"] = [["127.0.0.1"]]
    url = "http://hooks.test:8080/hook"
    WebhookDesk(post.store, inside).register(url, [EventType.ASSESSMENT_SUSPECT])
    post.judge()
    post.send(post.deliverer(poster=inside))
    assert post.only().state == DeliveryState.DELIVERED
    assert post.outside.connected == [("127.0.0.1", 8080)]
    # Taken off the list, it gets nothing any more.
    post.judge("another")
    post.send()
    assert post.store.deliveries(1)[0].attempts[0].status is None
    assert len(post.outside.connected) == 1


def test_a_deliverer_that_dies_loses_nothing(post: Post) -> None:
    made = post.register()
    post.judge()
    (parcel,) = post.store.claim((), 8, LEASE)  # and its process is killed while it sends
    assert post.send() == 0, "it is somebody's, as far as anybody knows"
    post.clock.ahead += LEASE
    assert post.send() == 1
    assert post.headers()["webhook-id"] == parcel.message_id
    assert post.verified(made)["data"]["listing_id"] == "B09X"
    assert post.only().state == DeliveryState.DELIVERED


def test_what_waits_is_sent_after_a_restart(post: Post) -> None:
    post.register()
    post.judge()
    deliverer = post.deliverer()
    deliverer.start()
    for _ in range(200):
        if post.store.counts()[DeliveryState.DELIVERED]:
            break
        pause(0.02)
    deliverer.stop()
    post.judge("while nobody sends")
    pause(0.1)
    assert post.store.counts()[DeliveryState.PENDING] == 1
    deliverer.start()
    for _ in range(200):
        if post.store.counts()[DeliveryState.DELIVERED] == 2:
            break
        pause(0.02)
    deliverer.stop()
    assert post.store.counts()[DeliveryState.DELIVERED] == 2
    listings = [json.loads(body)["data"]["listing_id"] for body in post.outside.bodies]
    assert listings == ["B09X", "while nobody sends"]


def test_a_removed_webhook_takes_its_messages_along(post: Post) -> None:
    post.register()
    post.judge()
    post.store.claim((), 8, LEASE)
    post.store.remove(1)
    assert post.store.counts()[DeliveryState.PENDING] == 0
    for call in (post.store.get, post.store.remove, post.store.deliveries):
        with pytest.raises(NotFoundError):
            call(1)


def test_only_what_arrived_is_forgotten(post: Post) -> None:
    post.register()
    post.judge()
    post.send()
    post.judge("waiting")
    assert post.store.forget(datetime.now(UTC) - timedelta(days=1)) == 0
    assert post.store.forget(datetime.now(UTC) + timedelta(days=1)) == 1
    assert post.only().state == DeliveryState.PENDING

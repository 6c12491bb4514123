"""Appeals as they are kept: one against a decision, ruled on in events."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.listing import Listing
from app.domain.review import (
    Appeal,
    AppealRuling,
    AppealState,
    Appellant,
    Decision,
    DecisionReason,
    ReviewAct,
    ReviewState,
)
from app.domain.webhook import EventType
from app.storage.assessments import SqlAssessmentStore
from app.storage.database import Database
from app.storage.reviews import SqlReviewStore
from app.storage.webhooks import SqlWebhookStore
from tests.storage.samples import assessment

LEASE = timedelta(minutes=15)
CONFIRMED = Decision(ReviewState.CONFIRMED, DecisionReason.PROTECTED_MOTIF)
DISMISSED = Decision(ReviewState.DISMISSED, DecisionReason.AUTHORISED_SELLER, "invoice 7")
UNSURE = Decision(ReviewState.UNSURE, DecisionReason.NEEDS_EXPERT)
APPEAL = Appeal(Appellant.SELLER, "bought from the brand")
UPHELD = AppealRuling(AppealState.UPHELD, "no such invoice")
OVERTURNED = AppealRuling(AppealState.OVERTURNED, "the invoice is genuine")


@pytest.fixture
def store(database: Database) -> SqlReviewStore:
    """A store with one confirmed review."""
    _judge(database)
    store = SqlReviewStore(database)
    store.decide(1, "anna", CONFIRMED)
    return store


def _judge(database: Database) -> None:
    SqlAssessmentStore(database).add(Listing("B09X", seller_id="S1"), assessment("B09X"))


def test_a_decision_that_stands(store: SqlReviewStore) -> None:
    appealed = store.appeal(1, "support", APPEAL)
    assert (appealed.state, appealed.appeal) == (ReviewState.CONFIRMED, AppealState.OPEN)
    assert appealed.waits
    ruled = store.rule_on(1, "ben", UPHELD)
    assert (ruled.state, ruled.appeal) == (ReviewState.CONFIRMED, AppealState.UPHELD)
    assert not ruled.waits
    events = store.events(1)
    assert [(each.actor, each.act) for each in events] == [
        ("anna", ReviewAct.DECIDED),
        ("support", ReviewAct.APPEALED),
        ("ben", ReviewAct.RULED),
    ]
    assert [each.appeal for each in events] == [None, APPEAL, None]
    assert [each.ruling for each in events] == [None, None, UPHELD]
    assert [each.decision for each in events] == [CONFIRMED, None, None]
    with pytest.raises(ConflictError, match="ruled on already"):
        store.appeal(1, "support", APPEAL)


def test_a_decision_that_gives_way_to_another(store: SqlReviewStore) -> None:
    store.appeal(1, "support", APPEAL)
    ruling = AppealRuling(AppealState.OVERTURNED, "genuine", DISMISSED)
    ruled = store.rule_on(1, "ben", ruling)
    assert (ruled.state, ruled.appeal) == (ReviewState.DISMISSED, AppealState.OVERTURNED)
    decided = store.events(1)[-1]
    assert (decided.act, decided.decision) == (ReviewAct.DECIDED, DISMISSED)
    (record,) = store.records()
    assert (record.confirmed, record.dismissed, record.precision) == (0, 1, 0.0)
    again = store.appeal(1, "legal", Appeal(Appellant.OPERATOR, "the invoice is forged"))
    assert again.appeal is AppealState.OPEN, "the new decision has an appeal of its own"


def test_a_review_that_opens_again(store: SqlReviewStore) -> None:
    store.appeal(1, "support", APPEAL)
    ruled = store.rule_on(1, "ben", OVERTURNED)
    assert (ruled.state, ruled.decided_at) == (ReviewState.OPEN, None)
    assert [each.id for each in store.list(ReviewState.OPEN)] == [1]
    decided = store.decide(1, "cleo", CONFIRMED)
    assert (decided.state, decided.appeal) == (ReviewState.CONFIRMED, None)
    assert store.appeal(1, "support", APPEAL).appeal is AppealState.OPEN


def test_a_listing_never_waits_twice(database: Database, store: SqlReviewStore) -> None:
    store.appeal(1, "support", APPEAL)
    _judge(database)
    with pytest.raises(ConflictError, match="newer review"):
        store.rule_on(1, "ben", OVERTURNED)
    assert store.get(1).appeal is AppealState.OPEN
    assert len(store.events(1)) == 2, "what was refused left no event"
    ruling = AppealRuling(AppealState.OVERTURNED, "", DISMISSED)
    assert store.rule_on(1, "ben", ruling).state is ReviewState.DISMISSED


def test_while_an_appeal_waits(store: SqlReviewStore) -> None:
    store.appeal(1, "support", APPEAL)
    with pytest.raises(ConflictError, match="open already"):
        store.appeal(1, "support", APPEAL)
    with pytest.raises(ConflictError, match="rule on the appeal"):
        store.decide(1, "anna", DISMISSED)
    assert [each.id for each in store.list(None, appeal=AppealState.OPEN)] == [1]
    assert store.list(ReviewState.DISMISSED, appeal=AppealState.OPEN) == []
    store.claim(1, "ben", LEASE)
    with pytest.raises(ConflictError, match="somebody else"):
        store.rule_on(1, "anna", UPHELD)
    assert store.rule_on(1, "ben", UPHELD).claimed_by is None
    assert store.list(None, appeal=AppealState.OPEN) == []
    assert [each.id for each in store.list(None, appeal=AppealState.UPHELD)] == [1]


def test_what_cannot_be_appealed_or_ruled_on(database: Database, store: SqlReviewStore) -> None:
    with pytest.raises(ConflictError, match="no appeal"):
        store.rule_on(1, "ben", UPHELD)
    store.decide(1, "anna", UNSURE)
    with pytest.raises(ConflictError, match="confirmed or dismissed"):
        store.appeal(1, "support", APPEAL)
    _judge(database)
    with pytest.raises(ConflictError, match="confirmed or dismissed"):
        store.appeal(2, "support", APPEAL)
    with pytest.raises(NotFoundError):
        store.appeal(9, "support", APPEAL)
    with pytest.raises(NotFoundError):
        store.rule_on(9, "support", UPHELD)


def test_a_decision_is_not_overturned_by_its_like(store: SqlReviewStore) -> None:
    store.appeal(1, "support", APPEAL)
    with pytest.raises(InvalidInputError, match="confirmed is the decision"):
        store.rule_on(1, "ben", AppealRuling(AppealState.OVERTURNED, "", CONFIRMED))
    assert store.get(1).appeal is AppealState.OPEN


def test_rulings_that_make_no_sense() -> None:
    with pytest.raises(InvalidInputError):
        AppealRuling(AppealState.OPEN)
    with pytest.raises(InvalidInputError):
        AppealRuling(AppealState.UPHELD, "", DISMISSED)
    with pytest.raises(InvalidInputError):
        Appeal(Appellant.SELLER, "  ")


def test_receivers_are_told_of_rulings_and_of_decisions(
    database: Database, store: SqlReviewStore
) -> None:
    events = (EventType.APPEAL_DECIDED, EventType.REVIEW_DECIDED)
    SqlWebhookStore(database).add("https://shop.example/h", events, "whsec_x")
    store.appeal(1, "support", APPEAL)
    store.rule_on(1, "ben", AppealRuling(AppealState.OVERTURNED, "", DISMISSED))
    with database.session() as session:
        bodies = session.scalars(text("SELECT body FROM webhook_deliveries ORDER BY id"))
        told = [json.loads(body) for body in bodies]
    assert [each["type"] for each in told] == ["review.decided", "appeal.decided"]
    assert told[0]["data"]["decision"] == "dismissed"
    data = told[1]["data"]
    assert (data["review_id"], data["outcome"], data["state"]) == (
        "rev_1",
        "overturned",
        "dismissed",
    )
    assert (data["seller_id"], data["decided_by"]) == ("S1", "ben")


def test_what_flows(database: Database) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    clock = iter([now + timedelta(hours=hour) for hour in range(100)])
    assessments = SqlAssessmentStore(database, clock=lambda: next(clock))
    for number in range(6):
        assessments.add(Listing(str(number)), assessment(str(number)))
    reviews = SqlReviewStore(database, clock=lambda: now)
    reviews.decide(1, "a", CONFIRMED)
    reviews.decide(2, "a", DISMISSED)
    reviews.decide(3, "a", UNSURE)
    flow = reviews.flow(1, opened=None, decided=now)
    assert (flow.open, flow.queue, flow.confirmed, flow.dismissed) == (3, 3, 1, 1)
    later = reviews.flow(1, opened=now + timedelta(hours=4), decided=now + timedelta(seconds=1))
    assert (later.open, later.queue, later.confirmed, later.dismissed) == (2, 3, 0, 0)
    assert reviews.flow(7, opened=None, decided=now).open == 0

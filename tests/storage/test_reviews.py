"""The queue as it is kept: opened with assessments, ordered, held by one, decided in events."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.assessment import Factors, Verdict
from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.listing import Listing
from app.domain.review import Decision, DecisionReason, MotifRecord, ReviewAct, ReviewState
from app.storage.assessments import SqlAssessmentStore
from app.storage.database import Database
from app.storage.reviews import SqlReviewStore
from tests.storage.samples import assessment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=15)
CONFIRMED = Decision(ReviewState.CONFIRMED, DecisionReason.PROTECTED_MOTIF, "clear as day")
DISMISSED = Decision(ReviewState.DISMISSED, DecisionReason.LOOK_ALIKE)
UNSURE = Decision(ReviewState.UNSURE, DecisionReason.NEEDS_EXPERT)


class Clock:
    """A clock that is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> SqlReviewStore:
    return SqlReviewStore(database, clock=clock)


def _judge(
    database: Database,
    listing_id: str = "B09X",
    seller: str = "",
    score: float = 0.75,
    verdict: Verdict = Verdict.SUSPECT,
) -> int:
    judged = replace(assessment(listing_id), verdict=verdict, factors=Factors(score, 1.0, 1.0))
    return SqlAssessmentStore(database).add(Listing(listing_id, seller_id=seller), judged).id


def _open(store: SqlReviewStore) -> list[str]:
    return [review.listing_id for review in store.list(ReviewState.OPEN)]


def test_a_review_opens_with_its_assessment(database: Database, store: SqlReviewStore) -> None:
    number = _judge(database, seller="s")
    _judge(database, "fine", verdict=Verdict.CLEAR)
    (review,) = store.list(ReviewState.OPEN)
    assert (review.assessment_id, review.listing_id, review.seller_id) == (number, "B09X", "s")
    assert (review.score, review.exposure, review.state) == (0.75, 1, ReviewState.OPEN)
    assert store.get(review.id) == review
    assert store.events(review.id) == []


def test_the_queue_is_by_score_then_exposure_then_age(
    database: Database, store: SqlReviewStore
) -> None:
    _judge(database, "low", score=0.2)
    _judge(database, "one", "busy", score=0.5)
    _judge(database, "alone", "other", score=0.5)
    _judge(database, "two", "busy", score=0.5, verdict=Verdict.REVIEW)
    _judge(database, "high", score=0.9)
    _judge(database, "nobody's", score=0.5)
    order = ["high", "two", "one", "alone", "nobody's", "low"]
    assert _open(store) == order
    seen: list[str] = []
    after = None
    while page := store.list(ReviewState.OPEN, after=after, limit=2):
        seen += [review.listing_id for review in page]
        after = page[-1].id
    assert seen == order
    with pytest.raises(NotFoundError):
        store.list(ReviewState.OPEN, after=99)


def test_a_listing_that_is_assessed_again_waits_once(
    database: Database, store: SqlReviewStore
) -> None:
    _judge(database, "B1", "s")
    _judge(database, "B1", "another seller's")
    newest = _judge(database, "B1", "s")
    waiting = store.list(ReviewState.OPEN)
    assert {review.seller_id for review in waiting} == {"s", "another seller's"}
    assert newest in {review.assessment_id for review in waiting}
    (old,) = store.list(ReviewState.SUPERSEDED)
    with pytest.raises(ConflictError):
        store.claim(old.id, "a", LEASE)
    with pytest.raises(ConflictError):
        store.decide(old.id, "a", UNSURE)


def test_a_decided_review_is_not_superseded(database: Database, store: SqlReviewStore) -> None:
    _judge(database)
    store.decide(1, "a", DISMISSED)
    _judge(database)
    assert store.get(1).state is ReviewState.DISMISSED
    assert len(_open(store)) == 1


def test_one_person_holds_a_review(database: Database, store: SqlReviewStore, clock: Clock) -> None:
    _judge(database)
    held = store.claim(1, "anna", LEASE)
    assert (held.claimed_by, held.claimed_until) == ("anna", NOON + LEASE)
    with pytest.raises(ConflictError, match="somebody else"):
        store.claim(1, "ben", LEASE)
    with pytest.raises(ConflictError, match="somebody else"):
        store.release(1, "ben")
    with pytest.raises(ConflictError, match="somebody else"):
        store.decide(1, "ben", CONFIRMED)
    clock.now += timedelta(minutes=10)
    assert store.claim(1, "anna", LEASE).claimed_until == clock.now + LEASE
    clock.now += LEASE
    assert store.claim(1, "ben", LEASE).claimed_by == "ben"
    assert store.release(1, "ben").claimed_by is None
    assert store.claim(1, "anna", LEASE).claimed_by == "anna"


def test_a_decision_ends_the_claim_and_is_an_event(
    database: Database, store: SqlReviewStore, clock: Clock
) -> None:
    _judge(database)
    store.claim(1, "anna", LEASE)
    decided = store.decide(1, "anna", CONFIRMED)
    assert (decided.state, decided.claimed_by) == (ReviewState.CONFIRMED, None)
    assert decided.decided_at == NOON
    assert _open(store) == []
    with pytest.raises(ConflictError, match="confirmed already"):
        store.claim(1, "ben", LEASE)
    clock.now += timedelta(days=1)
    assert store.decide(1, "ben", DISMISSED, [7, 8]).state is ReviewState.DISMISSED
    events = store.events(1)
    assert [(event.actor, event.act) for event in events] == [
        ("anna", ReviewAct.CLAIMED),
        ("anna", ReviewAct.DECIDED),
        ("ben", ReviewAct.DECIDED),
    ]
    assert [event.decision for event in events] == [None, CONFIRMED, DISMISSED]
    assert events[-1].references == (7, 8)
    assert events[1].at == NOON


def test_what_somebody_is_unsure_of_can_be_claimed(
    database: Database, store: SqlReviewStore
) -> None:
    _judge(database)
    store.decide(1, "anna", UNSURE)
    assert store.list(ReviewState.UNSURE)[0].id == 1
    store.claim(1, "expert", LEASE)
    assert store.decide(1, "expert", DISMISSED).state is ReviewState.DISMISSED


def test_a_motif_has_a_record(database: Database, store: SqlReviewStore) -> None:
    for number in range(5):
        _judge(database, str(number))
    _judge(database, "0")  # supersedes the first
    store.decide(2, "a", CONFIRMED)
    store.decide(3, "a", DISMISSED)
    store.decide(4, "a", UNSURE)
    assert store.records() == [MotifRecord(1, open=2, confirmed=1, dismissed=1, unsure=1)]
    assert store.records()[0].precision == 0.5


def test_a_review_that_is_not_there(store: SqlReviewStore) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.get(9),
        lambda: store.events(9),
        lambda: store.claim(9, "a", LEASE),
        lambda: store.release(9, "a"),
        lambda: store.decide(9, "a", UNSURE),
    ]
    for call in calls:
        with pytest.raises(NotFoundError, match="no review with number 9"):
            call()


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (ReviewState.CONFIRMED, DecisionReason.LOOK_ALIKE),
        (ReviewState.DISMISSED, DecisionReason.PROTECTED_MOTIF),
        (ReviewState.UNSURE, DecisionReason.LOOK_ALIKE),
        (ReviewState.OPEN, DecisionReason.OTHER),
        (ReviewState.SUPERSEDED, DecisionReason.OTHER),
    ],
)
def test_a_decision_that_makes_no_sense(outcome: ReviewState, reason: DecisionReason) -> None:
    with pytest.raises(InvalidInputError):
        Decision(outcome, reason)

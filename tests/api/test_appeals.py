"""Appeals over HTTP: lodged, listed, ruled on, and what a ruling leads to."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.domain.identity import Scope
from app.services.touchstone import Touchstone
from tests.api.sending import assessed, check_problem
from tests.fakes import enrol, photo_with

REVIEW = "/v1/reviews/rev_1"
CONFIRMED = {"decision": "confirmed", "reason": "protected_motif"}
LOOK_ALIKE = {"decision": "dismissed", "reason": "look_alike", "as_negatives": True}
APPEAL = {"appellant": "seller", "grounds": "bought from the brand", "moderator": "support"}
UPHELD = {"outcome": "upheld", "note": "no such invoice"}


@pytest.fixture
def reviewed(client: TestClient, touchstone: Touchstone) -> TestClient:
    """A caller of a service with the review of a listing on which motif 0 was seen."""
    enrol(touchstone)
    assessed(client, ("1.png", photo_with(0)))
    return client


def _post(client: TestClient, path: str, body: dict[str, Any], **more: Any) -> Any:
    return client.post(f"{REVIEW}/{path}", json=body, **more)


def test_a_decision_that_is_upheld(reviewed: TestClient) -> None:
    check_problem(_post(reviewed, "appeal", APPEAL), 409, "conflict")
    _post(reviewed, "decision", CONFIRMED)
    appealed = _post(reviewed, "appeal", APPEAL)
    assert (appealed.status_code, appealed.json()["appeal"]) == (200, "open")
    check_problem(_post(reviewed, "appeal", APPEAL), 409, "conflict")
    check_problem(_post(reviewed, "decision", CONFIRMED), 409, "conflict")
    assert reviewed.get("/v1/reviews").json()["items"] == []
    waiting = reviewed.get("/v1/reviews", params={"appeal": "open"}).json()["items"]
    assert waiting == [appealed.json()]
    both = {"appeal": "open", "state": "dismissed"}
    assert reviewed.get("/v1/reviews", params=both).json()["items"] == []
    assert _post(reviewed, "claim", {"moderator": "ben"}).status_code == 200
    check_problem(_post(reviewed, "appeal/ruling", UPHELD), 409, "conflict")
    ruled = _post(reviewed, "appeal/ruling", {**UPHELD, "moderator": "ben"})
    assert (ruled.json()["state"], ruled.json()["appeal"]) == ("confirmed", "upheld")
    events = reviewed.get(REVIEW).json()["events"]
    told = [(each["act"], each["appellant"], each["appeal"], each["note"]) for each in events]
    assert told == [
        ("decided", None, None, ""),
        ("appealed", "seller", None, "bought from the brand"),
        ("claimed", None, None, ""),
        ("ruled", None, "upheld", "no such invoice"),
    ]
    assert events[1]["actor"] == "local/support"


def test_an_overturned_decision_is_another_label(
    reviewed: TestClient, touchstone: Touchstone
) -> None:
    _post(reviewed, "decision", CONFIRMED)
    _post(reviewed, "appeal", APPEAL)
    (label,) = touchstone.reviews.labels()
    assert (label["label"], label["appeal"]) == (True, "open")
    ruling = {"outcome": "overturned", "decision": "dismissed", "reason": "authorised_seller"}
    ruled = _post(reviewed, "appeal/ruling", ruling).json()
    assert (ruled["state"], ruled["appeal"]) == ("dismissed", "overturned")
    (label,) = touchstone.reviews.labels()
    assert (label["label"], label["reason"]) == (False, "authorised_seller")
    assert label["appeal"] == "overturned"


def test_a_review_opens_again(reviewed: TestClient) -> None:
    _post(reviewed, "decision", CONFIRMED)
    _post(reviewed, "appeal", APPEAL)
    assert _post(reviewed, "appeal/ruling", {"outcome": "overturned"}).json()["state"] == "open"
    (waiting,) = reviewed.get("/v1/reviews").json()["items"]
    assert (waiting["id"], waiting["decided_at"]) == ("rev_1", None)


def test_negative_references_are_withdrawn_with_what_made_them(
    reviewed: TestClient, touchstone: Touchstone
) -> None:
    _post(reviewed, "decision", LOOK_ALIKE)
    assert len(touchstone.registry.references(1)) == 2
    _post(reviewed, "appeal", {"appellant": "operator", "grounds": "it is the mark"})
    check_problem(_post(reviewed, "decision", LOOK_ALIKE), 409, "conflict")
    headers = {"Authorization": f"Bearer {touchstone.keys.make('r', (Scope.REVIEW,)).token}"}
    admin = {"Authorization": f"Bearer {touchstone.keys.make('a', (Scope.ADMIN,)).token}"}
    ruling = {"outcome": "overturned", **CONFIRMED, "withdraw_negatives": True}
    check_problem(_post(reviewed, "appeal/ruling", ruling, headers=headers), 403, "forbidden")
    kept = {**UPHELD, "withdraw_negatives": True}
    check_problem(_post(reviewed, "appeal/ruling", kept, headers=admin), 422, "invalid_input")
    assert _post(reviewed, "appeal/ruling", ruling, headers=admin).json()["state"] == "confirmed"
    assert len(touchstone.registry.references(1)) == 1


def test_references_of_others_stay(reviewed: TestClient, touchstone: Touchstone) -> None:
    _post(reviewed, "decision", LOOK_ALIKE)
    positive, negative = touchstone.registry.references(1)
    touchstone.registry.remove_reference(negative.id)
    _post(reviewed, "appeal", APPEAL)
    ruling = {"outcome": "overturned", "withdraw_negatives": True}
    assert _post(reviewed, "appeal/ruling", ruling).status_code == 200, "one that is gone already"
    assert touchstone.registry.references(1) == [positive]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "open"},
        {"outcome": "overturned", "decision": "dismissed"},
        {"outcome": "overturned", "reason": "other"},
        {"outcome": "overturned", "decision": "dismissed", "reason": "protected_motif"},
        {"outcome": "overturned", **CONFIRMED},
        {"outcome": "upheld", **CONFIRMED},
    ],
)
def test_a_ruling_that_cannot_be_used(reviewed: TestClient, body: dict[str, Any]) -> None:
    _post(reviewed, "decision", CONFIRMED)
    _post(reviewed, "appeal", APPEAL)
    check_problem(_post(reviewed, "appeal/ruling", body), 422, "invalid_input")
    assert reviewed.get(REVIEW).json()["appeal"] == "open"


@pytest.mark.parametrize(
    "body",
    [{}, {"appellant": "seller"}, {**APPEAL, "grounds": " "}, {**APPEAL, "appellant": "judge"}],
)
def test_an_appeal_that_cannot_be_used(reviewed: TestClient, body: dict[str, Any]) -> None:
    _post(reviewed, "decision", CONFIRMED)
    check_problem(_post(reviewed, "appeal", body), 422, "invalid_input")


def test_a_review_that_is_not_there(unchanged: TestClient) -> None:
    for path, body in (("appeal", APPEAL), ("appeal/ruling", UPHELD)):
        answer = unchanged.post(f"/v1/reviews/rev_9/{path}", json=body)
        check_problem(answer, 404, "not_found")

"""Reviews over HTTP: from an assessment to a decision, and what a decision leads to."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.domain.identity import Scope
from app.domain.registry import Polarity
from app.services.touchstone import Touchstone
from tests.api.sending import Document, assessed, check_problem
from tests.fakes import enrol, photo_with, plain_photo

DISMISSED = {"decision": "dismissed", "reason": "look_alike", "note": "a plain screw"}
CONFIRMED = {"decision": "confirmed", "reason": "protected_motif"}


@pytest.fixture
def review(client: TestClient, touchstone: Touchstone) -> Document:
    """The review of a listing on which motif 0 was seen."""
    enrol(touchstone)
    assessed(client, ("1.png", photo_with(0)))
    (found,) = client.get("/v1/reviews").json()["items"]
    document: Document = found
    return document


def _decide(client: TestClient, review: Document, body: dict[str, Any], **more: Any) -> Any:
    return client.post(f"/v1/reviews/{review['id']}/decision", json=body, **more)


def test_from_a_suspicion_to_a_decision(client: TestClient, review: Document) -> None:
    assert (review["state"], review["assessment_id"]) == ("open", "asm_1")
    path = f"/v1/reviews/{review['id']}"
    claimed = client.post(f"{path}/claim", json={"moderator": "anna"}).json()
    assert claimed["claimed_by"] == "local/anna"
    check_problem(client.post(f"{path}/claim", json={"moderator": "ben"}), 409, "conflict")
    check_problem(_decide(client, review, {**CONFIRMED, "moderator": "ben"}), 409, "conflict")
    decided = _decide(client, review, {**CONFIRMED, "moderator": "anna"})
    assert decided.json()["state"] == "confirmed"
    assert client.get("/v1/reviews").json()["items"] == []
    assert len(client.get("/v1/reviews?state=confirmed").json()["items"]) == 1
    events = client.get(path).json()["events"]
    assert [(event["act"], event["reason"]) for event in events] == [
        ("claimed", None),
        ("decided", "protected_motif"),
    ]


def test_a_released_review_is_anybodys(client: TestClient, review: Document) -> None:
    path = f"/v1/reviews/{review['id']}"
    client.post(f"{path}/claim")
    assert client.post(f"{path}/release").json()["claimed_by"] is None
    assert client.post(f"{path}/claim", json={"moderator": "ben"}).status_code == 200


def test_a_look_alike_becomes_a_negative_reference_in_one_call(
    client: TestClient, review: Document, touchstone: Touchstone
) -> None:
    decided = _decide(client, review, {**DISMISSED, "as_negatives": True})
    assert decided.status_code == 200, decided.text
    positive, negative = touchstone.registry.references(1)
    assert (positive.polarity, negative.polarity) == (Polarity.POSITIVE, Polarity.NEGATIVE)
    assert negative.box is not None
    assert negative.source == f"dismissed in review {review['id']}"
    event = client.get(f"/v1/reviews/{review['id']}").json()["events"][-1]
    assert event["references"] == ["ref_2"]
    document = assessed(client, ("1.png", photo_with(0)))
    assert document["versions"]["registry"] == touchstone.registry.version()


def test_only_look_alikes_become_negative_references(
    client: TestClient, review: Document, touchstone: Touchstone
) -> None:
    for body in (CONFIRMED, {"decision": "dismissed", "reason": "nothing_there"}):
        answer = _decide(client, review, {**body, "as_negatives": True})
        check_problem(answer, 422, "invalid_input")
    assert len(touchstone.registry.references(1)) == 1
    assert client.get(f"/v1/reviews/{review['id']}").json()["state"] == "open"


def test_a_reviewer_alone_cannot_change_the_registry(
    client: TestClient, review: Document, touchstone: Touchstone
) -> None:
    headers = {"Authorization": f"Bearer {touchstone.keys.make('r', (Scope.REVIEW,)).token}"}
    refused = _decide(client, review, {**DISMISSED, "as_negatives": True}, headers=headers)
    check_problem(refused, 403, "forbidden")
    assert _decide(client, review, DISMISSED, headers=headers).status_code == 200
    event = client.get(f"/v1/reviews/{review['id']}", headers=headers).json()["events"][-1]
    assert event["actor"] == "key_1"


def test_how_reviews_went_for_a_motif(client: TestClient, review: Document) -> None:
    (record,) = client.get("/v1/reviews/motifs").json()["motifs"]
    assert (record["motif_id"], record["open"], record["precision"]) == ("mot_1", 1, None)
    _decide(client, review, DISMISSED)
    (record,) = client.get("/v1/reviews/motifs").json()["motifs"]
    assert (record["open"], record["dismissed"], record["precision"]) == (0, 1, 0.0)


def test_a_clear_listing_waits_for_nobody(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone)
    assert assessed(client, ("1.png", plain_photo()))["verdict"] == "clear"
    assert client.get("/v1/reviews").json()["items"] == []


def test_decisions_are_labels(client: TestClient, review: Document, touchstone: Touchstone) -> None:
    assert list(touchstone.reviews.labels()) == []
    _decide(client, review, CONFIRMED)
    (label,) = touchstone.reviews.labels()
    assert (label["review_id"], label["label"]) == (review["id"], True)
    assert label["reason"] == "protected_motif"
    (match,) = label["matches"]
    assert match["motif_id"] == "mot_1"
    assert len(match["sha256"]) == 64
    _decide(client, review, DISMISSED)
    assert [each["label"] for each in touchstone.reviews.labels()] == [False]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "confirmed"},
        {"decision": "open", "reason": "other"},
        {"decision": "confirmed", "reason": "look_alike"},
        {"decision": "confirmed", "reason": "because"},
        {**CONFIRMED, "note": "x" * 5_001},
        {**CONFIRMED, "verdict": "x"},
    ],
)
def test_a_decision_that_cannot_be_used(
    client: TestClient, review: Document, body: dict[str, Any]
) -> None:
    check_problem(_decide(client, review, body), 422, "invalid_input")


@pytest.mark.parametrize("name", ["rev_9", "rev_", "asm_1"])
def test_a_review_that_is_not_there(unchanged: TestClient, name: str) -> None:
    check_problem(unchanged.get(f"/v1/reviews/{name}"), 404, "not_found")
    check_problem(unchanged.post(f"/v1/reviews/{name}/claim"), 404, "not_found")
    check_problem(unchanged.post(f"/v1/reviews/{name}/decision", json=CONFIRMED), 404, "not_found")


def test_a_state_or_a_cursor_that_is_none(unchanged: TestClient) -> None:
    check_problem(unchanged.get("/v1/reviews?state=closed"), 422, "invalid_input")
    check_problem(unchanged.get("/v1/reviews?cursor=OTk"), 404, "not_found")

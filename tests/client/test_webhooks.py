"""Messages as a receiver checks and reads them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from touchstone_client.errors import SignatureError, UnreadableAnswerError
from touchstone_client.models import Verdict
from touchstone_client.webhooks import AssessmentTold, DecisionTold, verified

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  made up
ASSESSED = {
    "assessment_id": "asm_7",
    "listing_id": "B09X",
    "seller_id": "S1",
    "verdict": "suspect",
    "score": 0.97,
    "reasons": [{"code": "motif_seen", "detail": "…"}],
}
DECIDED = {
    "review_id": "rev_1",
    "assessment_id": "asm_7",
    "listing_id": "B09X",
    "seller_id": "S1",
    "decision": "confirmed",
    "reason": "protected_motif",
    "decided_by": "key_2/anna",
}


def message(kind: str, data: Any, *, age: timedelta = timedelta()) -> tuple[bytes, dict[str, str]]:
    at = datetime.now(UTC) - age
    body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data})
    signature = Webhook(SECRET).sign("msg_1", at, body)
    names = ("Webhook-Id", "Webhook-Timestamp", "Webhook-Signature")
    return body.encode(), dict(
        zip(names, ("msg_1", str(int(at.timestamp())), signature), strict=True)
    )


def test_a_message_is_typed() -> None:
    event = verified(SECRET, *message("assessment.suspect", ASSESSED))
    assert event.id == "msg_1"
    assert isinstance(event.data, AssessmentTold)
    assert event.data.verdict is Verdict.SUSPECT
    decided = verified(SECRET, *message("review.decided", DECIDED))
    assert isinstance(decided.data, DecisionTold)
    assert decided.data.decided_by == "key_2/anna"


def test_a_message_of_a_newer_service_is_a_plain_dict() -> None:
    event = verified(SECRET, *message("catalog.finished", {"catalog_id": "cat_1"}))
    assert event.data == {"catalog_id": "cat_1"}
    assert event.type == "catalog.finished"


def test_what_was_not_signed_is_not_believed() -> None:
    body, headers = message("review.decided", DECIDED)
    with pytest.raises(SignatureError):
        verified(SECRET, body.replace(b"confirmed", b"dismissed"), headers)
    with pytest.raises(SignatureError):
        verified("whsec_" + "A" * 32, body, headers)
    with pytest.raises(SignatureError):
        verified(SECRET, body, {**headers, "Webhook-Id": "msg_2"})
    with pytest.raises(SignatureError):
        verified(SECRET, body, {})


def test_an_old_message_is_a_replayed_one() -> None:
    with pytest.raises(SignatureError):
        verified(SECRET, *message("review.decided", DECIDED, age=timedelta(minutes=6)))


def test_a_signed_message_may_still_be_nonsense() -> None:
    with pytest.raises(UnreadableAnswerError):
        verified(SECRET, *message("review.decided", {"review_id": 3}))

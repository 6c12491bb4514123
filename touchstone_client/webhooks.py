"""Messages that a webhook receives: checked, then typed.

    event = verified(secret, request.body, request.headers)

The signature is checked by the Standard Webhooks library over the bytes as they came, before
anything in them is believed. A message may come more than once under the same id: keep the ids.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from standardwebhooks import Webhook, WebhookVerificationError

from touchstone_client.base import Received
from touchstone_client.errors import SignatureError, UnreadableAnswerError
from touchstone_client.models import (
    EventType,
    OpenDecisionReason,
    OpenEventType,
    OpenReviewState,
    OpenVerdict,
    ReasonPublic,
)

Data = TypeVar("Data")


class AssessmentTold(Received):
    """A listing was called suspect, or sent to review."""

    assessment_id: str
    listing_id: str
    seller_id: str
    verdict: OpenVerdict
    score: float
    reasons: tuple[ReasonPublic, ...]


class DecisionTold(Received):
    """Somebody decided a review."""

    review_id: str
    assessment_id: str
    listing_id: str
    seller_id: str
    decision: OpenReviewState
    reason: OpenDecisionReason
    decided_by: str


class Event(Received, Generic[Data]):
    """One message."""

    id: str
    """The same for every try: a message that came before has it too."""
    type: OpenEventType
    timestamp: datetime
    data: Data


Message: TypeAlias = "Event[AssessmentTold] | Event[DecisionTold] | Event[dict[str, Any]]"


def verified(secret: str, body: bytes, headers: Mapping[str, str]) -> Message:
    """Return the message; one of a type that this client does not know has a plain `dict`.

    Args:
        secret: `whsec_…`, as it was shown when the webhook was registered.
        body: the bytes as they came.
        headers: of the request, in any case.

    Raises:
        SignatureError: when it was not signed with this secret, or is more than five minutes old.
        UnreadableAnswerError: when it was, and is still not understood.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        Webhook(secret).verify(body, lowered)
    except WebhookVerificationError as error:
        raise SignatureError(str(error)) from error
    try:
        document = {**json.loads(body), "id": lowered["webhook-id"]}
        return _model(document["type"]).model_validate(document)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableAnswerError("the message is not as described") from error


def _model(
    event: str,
) -> type[Event[AssessmentTold]] | type[Event[DecisionTold]] | type[Event[dict[str, Any]]]:
    if event in {EventType.ASSESSMENT_SUSPECT, EventType.ASSESSMENT_REVIEW}:
        return Event[AssessmentTold]
    if event == EventType.REVIEW_DECIDED:
        return Event[DecisionTold]
    return Event[dict[str, Any]]

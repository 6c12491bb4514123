"""What the API is sent and answers with: reviews.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class DecisionReason(StrEnum):
    """Why somebody decided as they did."""

    PROTECTED_MOTIF = "protected_motif"
    MOTIF_HIDDEN = "motif_hidden"
    BRAND_IN_WORDS = "brand_in_words"
    LOOK_ALIKE = "look_alike"
    NOTHING_THERE = "nothing_there"
    AUTHORISED_SELLER = "authorised_seller"
    NOT_PROTECTED = "not_protected"
    UNCLEAR_PHOTO = "unclear_photo"
    NEEDS_EXPERT = "needs_expert"
    OTHER = "other"


OpenDecisionReason: TypeAlias = Annotated[DecisionReason | str, Field(union_mode="left_to_right")]


class MotifRecordPublic(Received):
    """How the reviews went in which a motif was seen."""

    motif_id: str
    """The motif; it may have been removed since."""
    open: int
    """Reviews that wait."""
    confirmed: int
    """Reviews that were confirmed."""
    dismissed: int
    """Reviews that were dismissed."""
    unsure: int
    """Reviews of which somebody was unsure."""
    precision: float | None
    """Confirmed among confirmed and dismissed; null before there is any."""


class MotifRecords(Received):
    """The records of all motifs that were seen in a review."""

    motifs: tuple[MotifRecordPublic, ...]
    """By the motif's id."""


class ReviewAct(StrEnum):
    """What can happen to a review."""

    CLAIMED = "claimed"
    RELEASED = "released"
    DECIDED = "decided"


OpenReviewAct: TypeAlias = Annotated[ReviewAct | str, Field(union_mode="left_to_right")]


class ReviewDecide(Sent):
    """A decision."""

    moderator: str = ""
    """Who is working, where several people share a key; part of the actor in the events."""
    decision: Literal["confirmed", "dismissed", "unsure"]
    """The outcome."""
    reason: DecisionReason
    """Why; each outcome has its own."""
    note: str = ""
    """For people."""
    as_negatives: bool = False
    """For a dismissed `look_alike`: make what matched negative references of the motifs that were
    seen. Needs the scope `registry` as well.
    """


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNSURE = "unsure"
    SUPERSEDED = "superseded"


OpenReviewState: TypeAlias = Annotated[ReviewState | str, Field(union_mode="left_to_right")]


class ReviewEventPublic(Received):
    """Something that happened to a review."""

    at: datetime
    """When."""
    actor: str
    """The key, and the moderator where one was named."""
    act: OpenReviewAct
    """What."""
    outcome: OpenReviewState | None
    """Of a decision."""
    reason: OpenDecisionReason | None
    """Of a decision."""
    note: str
    """Of a decision, for people."""
    references: tuple[str, ...]
    """Negative references that it made."""


class ReviewDetails(Received):
    """A review with everything that happened to it, oldest first."""

    id: str
    """The review's id."""
    assessment_id: str
    """The assessment that asked for it."""
    created_at: datetime
    """When it opened."""
    listing_id: str
    """The marketplace's id of the listing."""
    seller_id: str
    """The seller's id."""
    score: float
    """The assessment's score."""
    exposure: int
    """Listings of the seller that waited when it opened."""
    state: OpenReviewState
    """Where it stands."""
    claimed_by: str | None
    """Who claimed it last, null after a release."""
    claimed_until: datetime | None
    """Until when; others may take it then."""
    decided_at: datetime | None
    """When it was last decided."""
    events: tuple[ReviewEventPublic, ...]
    """What happened, oldest first."""


class ReviewHold(Sent):
    """Who claims a review, or lets go of it."""

    moderator: str = ""
    """Who is working, where several people share a key; part of the actor in the events."""


class ReviewPublic(Received):
    """A listing that waits for a person, or has seen one."""

    id: str
    """The review's id."""
    assessment_id: str
    """The assessment that asked for it."""
    created_at: datetime
    """When it opened."""
    listing_id: str
    """The marketplace's id of the listing."""
    seller_id: str
    """The seller's id."""
    score: float
    """The assessment's score."""
    exposure: int
    """Listings of the seller that waited when it opened."""
    state: OpenReviewState
    """Where it stands."""
    claimed_by: str | None
    """Who claimed it last, null after a release."""
    claimed_until: datetime | None
    """Until when; others may take it then."""
    decided_at: datetime | None
    """When it was last decided."""


class ReviewPage(Received):
    """Reviews by expected harm."""

    items: tuple[ReviewPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""

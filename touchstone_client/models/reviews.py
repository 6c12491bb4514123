"""What the API is sent and answers with: reviews.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent
from touchstone_client.models.shared import HeldMotif


class Appellant(StrEnum):
    """Who appeals against a decision."""

    SELLER = "seller"
    OPERATOR = "operator"


OpenAppellant: TypeAlias = Annotated[Appellant | str, Field(union_mode="left_to_right")]


class AppealCreate(Sent):
    """An appeal against a decision."""

    moderator: str = ""
    """Who is working, where several people share a key; part of the actor in the events."""
    appellant: Appellant
    """Who appeals."""
    grounds: str
    """On what grounds."""


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


class AppealRule(Sent):
    """What becomes of an appeal."""

    moderator: str = ""
    """Who is working, where several people share a key; part of the actor in the events."""
    outcome: Literal["upheld", "overturned"]
    """`upheld`: the decision stands. `overturned`: it does not."""
    note: str = ""
    """For people."""
    decision: Literal["confirmed", "dismissed", "unsure"] | None = None
    """What takes the place of an overturned decision; else it opens again."""
    reason: DecisionReason | None = None
    """Why, beside `decision`."""
    withdraw_negatives: bool = False
    """Remove the negative references that the overturned decision made. Needs the scope
    `registry` as well.
    """


class AppealState(StrEnum):
    """Where an appeal stands; the last two are rulings."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


OpenAppealState: TypeAlias = Annotated[AppealState | str, Field(union_mode="left_to_right")]


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
    APPEALED = "appealed"
    RULED = "ruled"


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
    """For a dismissed `look_alike`: make what matched negative references of the motifs that
    were seen. Needs the scope `registry` as well.
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
    """Of a decision or a ruling, or an appeal's grounds."""
    references: tuple[str, ...]
    """Negative references that it made."""
    appellant: OpenAppellant | None
    """Of an appeal."""
    appeal: OpenAppealState | None
    """What was ruled on an appeal."""


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
    appeal: OpenAppealState | None
    """`open` while an appeal against its decision waits, then how it ended."""
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
    appeal: OpenAppealState | None
    """`open` while an appeal against its decision waits, then how it ended."""


class ReviewPage(Received):
    """Reviews by expected harm, with a notice of every motif that asks for none."""

    items: tuple[ReviewPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""
    quarantined_motifs: tuple[HeldMotif, ...]
    """Motifs that flooded the queue and open no reviews until they are released."""

"""Reviews: what people decide of the listings that a verdict sent to them.

A review opens with the assessment that asks for it. Whoever works on it claims it for a while, so
that no two people do; a decision ends it, and may be changed later by another one. A decision can
be appealed against, by the seller or on behalf of the house; somebody then rules that it stands, or
overturns it, which decides the review otherwise or opens it again. Everything that happens is an
event that is added and never altered; the review itself shows where they have led.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.errors import InvalidInputError


class ReviewState(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNSURE = "unsure"
    SUPERSEDED = "superseded"  # the listing was assessed again and has a newer review


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


_R = DecisionReason
_REASONS = {
    ReviewState.CONFIRMED: {_R.PROTECTED_MOTIF, _R.MOTIF_HIDDEN, _R.BRAND_IN_WORDS, _R.OTHER},
    ReviewState.DISMISSED: {
        _R.LOOK_ALIKE,
        _R.NOTHING_THERE,
        _R.AUTHORISED_SELLER,
        _R.NOT_PROTECTED,
        _R.OTHER,
    },
    ReviewState.UNSURE: {_R.UNCLEAR_PHOTO, _R.NEEDS_EXPERT, _R.OTHER},
}


class ReviewAct(StrEnum):
    """What can happen to a review."""

    CLAIMED = "claimed"
    RELEASED = "released"
    DECIDED = "decided"
    APPEALED = "appealed"
    RULED = "ruled"


class Appellant(StrEnum):
    """Who appeals against a decision."""

    SELLER = "seller"
    OPERATOR = "operator"


class AppealState(StrEnum):
    """Where an appeal stands; the last two are rulings."""

    OPEN = "open"
    UPHELD = "upheld"  # the decision stands
    OVERTURNED = "overturned"  # the decision does not stand


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided, and why."""

    outcome: ReviewState
    reason: DecisionReason
    note: str = ""

    def __post_init__(self) -> None:
        allowed = _REASONS.get(self.outcome)
        if allowed is None:
            raise InvalidInputError(f"{self.outcome} is no decision")
        if self.reason not in allowed:
            known = ", ".join(sorted(allowed))
            raise InvalidInputError(f"a decision {self.outcome} has one of the reasons {known}")


@dataclass(frozen=True, slots=True)
class Appeal:
    """Who appeals against a decision, and on what grounds."""

    appellant: Appellant
    grounds: str

    def __post_init__(self) -> None:
        if not self.grounds.strip():
            raise InvalidInputError("an appeal says on what grounds")


@dataclass(frozen=True, slots=True)
class AppealRuling:
    """What becomes of an appeal.

    A decision that is overturned gives way to `decision`; without one the review opens again.
    """

    outcome: AppealState
    note: str = ""
    decision: Decision | None = None

    def __post_init__(self) -> None:
        if self.outcome is AppealState.OPEN:
            raise InvalidInputError("an appeal is upheld or overturned")
        if self.outcome is AppealState.UPHELD and self.decision is not None:
            raise InvalidInputError("a decision that is upheld stands as it is")


@dataclass(frozen=True, slots=True)
class Review:
    """One listing that waits for a person, or has seen one.

    `exposure` counts the listings of its seller that were waiting when it opened, itself included.
    """

    id: int
    assessment_id: int
    created_at: datetime
    listing_id: str
    seller_id: str
    score: float
    exposure: int
    state: ReviewState
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    decided_at: datetime | None = None
    appeal: AppealState | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something about it."""
        undecided = self.state in {ReviewState.OPEN, ReviewState.UNSURE}
        return undecided or self.appeal is AppealState.OPEN

    def claimed_at(self, moment: datetime) -> str | None:
        """Return who holds it at a moment, if anybody does."""
        held = self.claimed_until is not None and moment < self.claimed_until
        return self.claimed_by if held else None


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """Something that happened to a review; never altered."""

    id: int
    review_id: int
    at: datetime
    actor: str
    act: ReviewAct
    decision: Decision | None = None
    references: tuple[int, ...] = ()
    appeal: Appeal | None = None
    ruling: AppealRuling | None = None


@dataclass(frozen=True, slots=True)
class MotifRecord:
    """How the reviews went in which one motif was seen."""

    motif_id: int
    open: int
    confirmed: int
    dismissed: int
    unsure: int

    @property
    def precision(self) -> float | None:
        """The share of decided reviews that were confirmed; `None` before there is any.

        >>> MotifRecord(1, open=5, confirmed=3, dismissed=1, unsure=2).precision
        0.75
        """
        decided = self.confirmed + self.dismissed
        return self.confirmed / decided if decided else None

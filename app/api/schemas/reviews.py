"""Reviews in and out: the queue, decisions, and how they went for each motif."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from app.api.schemas.base import Input, Output, Page
from app.api.schemas.quarantine import HeldMotif
from app.domain.errors import InvalidInputError
from app.domain.registry import IdPrefix, public_id
from app.domain.review import (
    Appeal,
    AppealRuling,
    AppealState,
    Appellant,
    Decision,
    DecisionReason,
    MotifRecord,
    Review,
    ReviewAct,
    ReviewEvent,
    ReviewState,
)

REVIEW_EXAMPLE: dict[str, Any] = {
    "id": "rev_4",
    "assessment_id": "asm_12",
    "created_at": "2026-03-02T09:30:00Z",
    "listing_id": "B09X",
    "seller_id": "A1B2C3",
    "score": 0.97,
    "exposure": 3,
    "state": "open",
    "claimed_by": "key_2/anna",
    "claimed_until": "2026-03-02T09:45:00Z",
    "decided_at": None,
    "appeal": None,
}
EVENT_EXAMPLE: dict[str, Any] = {
    "at": "2026-03-02T09:41:00Z",
    "actor": "key_2/anna",
    "act": "decided",
    "outcome": "dismissed",
    "reason": "look_alike",
    "note": "a plain screw head",
    "references": ["ref_40"],
    "appellant": None,
    "appeal": None,
}
_MODERATOR = "Who is working, where several people share a key; part of the actor in the events."


class ReviewHold(Input):
    """Who claims a review, or lets go of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"moderator": "anna"}]})

    moderator: str = Field("", max_length=200, description=_MODERATOR)


class ReviewDecide(ReviewHold):
    """A decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "dismissed",
                    "reason": "look_alike",
                    "note": "a plain screw head",
                    "moderator": "anna",
                    "as_negatives": True,
                }
            ]
        }
    )

    decision: Literal["confirmed", "dismissed", "unsure"] = Field(description="The outcome.")
    reason: DecisionReason = Field(description="Why; each outcome has its own.")
    note: str = Field("", max_length=5_000, description="For people.")
    as_negatives: bool = Field(
        False,
        description="For a dismissed `look_alike`: make what matched negative references of the "
        "motifs that were seen. Needs the scope `registry` as well.",
    )

    def to_decision(self) -> Decision:
        """Return the domain's value; `InvalidInputError` when reason and outcome do not fit."""
        return Decision(ReviewState(self.decision), self.reason, self.note)


class AppealCreate(ReviewHold):
    """An appeal against a decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"appellant": "seller", "grounds": "bought from the brand, invoice 7"}]
        }
    )

    appellant: Appellant = Field(description="Who appeals.")
    grounds: str = Field(min_length=1, max_length=5_000, description="On what grounds.")

    def to_appeal(self) -> Appeal:
        """Return the domain's value; `InvalidInputError` when the grounds are blank."""
        return Appeal(self.appellant, self.grounds)


class AppealRule(ReviewHold):
    """What becomes of an appeal."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "overturned",
                    "note": "the invoice is genuine",
                    "decision": "dismissed",
                    "reason": "authorised_seller",
                }
            ]
        }
    )

    outcome: Literal["upheld", "overturned"] = Field(
        description="`upheld`: the decision stands. `overturned`: it does not."
    )
    note: str = Field("", max_length=5_000, description="For people.")
    decision: Literal["confirmed", "dismissed", "unsure"] | None = Field(
        None, description="What takes the place of an overturned decision; else it opens again."
    )
    reason: DecisionReason | None = Field(None, description="Why, beside `decision`.")
    withdraw_negatives: bool = Field(
        False,
        description="Remove the negative references that the overturned decision made. Needs the "
        "scope `registry` as well.",
    )

    def to_ruling(self) -> AppealRuling:
        """Return the domain's value; `InvalidInputError` when its parts do not fit."""
        if (self.decision is None) != (self.reason is None):
            raise InvalidInputError("a decision and its reason come together")
        decision = None
        if self.decision is not None and self.reason is not None:
            decision = Decision(ReviewState(self.decision), self.reason, self.note)
        return AppealRuling(AppealState(self.outcome), self.note, decision)


class ReviewPublic(Output):
    """A listing that waits for a person, or has seen one."""

    model_config = ConfigDict(json_schema_extra={"examples": [REVIEW_EXAMPLE]})

    id: str = Field(description="The review's id.")
    assessment_id: str = Field(description="The assessment that asked for it.")
    created_at: datetime = Field(description="When it opened.")
    listing_id: str = Field(description="The marketplace's id of the listing.")
    seller_id: str = Field(description="The seller's id.")
    score: float = Field(description="The assessment's score.")
    exposure: int = Field(description="Listings of the seller that waited when it opened.")
    state: ReviewState = Field(description="Where it stands.")
    claimed_by: str | None = Field(description="Who claimed it last, null after a release.")
    claimed_until: datetime | None = Field(description="Until when; others may take it then.")
    decided_at: datetime | None = Field(description="When it was last decided.")
    appeal: AppealState | None = Field(
        description="`open` while an appeal against its decision waits, then how it ended."
    )

    @classmethod
    def of(cls, review: Review) -> Self:
        """Shape a review."""
        return cls(**_fields(review))


class ReviewEventPublic(Output):
    """Something that happened to a review."""

    model_config = ConfigDict(json_schema_extra={"examples": [EVENT_EXAMPLE]})

    at: datetime = Field(description="When.")
    actor: str = Field(description="The key, and the moderator where one was named.")
    act: ReviewAct = Field(description="What.")
    outcome: ReviewState | None = Field(description="Of a decision.")
    reason: DecisionReason | None = Field(description="Of a decision.")
    note: str = Field(description="Of a decision or a ruling, or an appeal's grounds.")
    references: tuple[str, ...] = Field(description="Negative references that it made.")
    appellant: Appellant | None = Field(description="Of an appeal.")
    appeal: AppealState | None = Field(description="What was ruled on an appeal.")

    @classmethod
    def of(cls, event: ReviewEvent) -> Self:
        """Shape an event."""
        decision = event.decision
        return cls(
            at=event.at,
            actor=event.actor,
            act=event.act,
            outcome=decision and decision.outcome,
            reason=decision and decision.reason,
            note=_note(event),
            references=tuple(public_id(IdPrefix.REFERENCE, each) for each in event.references),
            appellant=event.appeal and event.appeal.appellant,
            appeal=event.ruling and event.ruling.outcome,
        )


class ReviewDetails(ReviewPublic):
    """A review with everything that happened to it, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**REVIEW_EXAMPLE, "events": [EVENT_EXAMPLE]}]}
    )

    events: tuple[ReviewEventPublic, ...] = Field(description="What happened, oldest first.")

    @classmethod
    def told(cls, review: Review, events: tuple[ReviewEvent, ...]) -> Self:
        """Shape a review with its events."""
        return cls(**_fields(review), events=tuple(ReviewEventPublic.of(each) for each in events))


class ReviewPage(Page[ReviewPublic]):
    """Reviews by expected harm, with a notice of every motif that asks for none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [REVIEW_EXAMPLE], "next_cursor": None, "quarantined_motifs": []}]
        }
    )

    quarantined_motifs: tuple[HeldMotif, ...] = Field(
        description="Motifs that flooded the queue and open no reviews until they are released."
    )


class MotifRecordPublic(Output):
    """How the reviews went in which a motif was seen."""

    motif_id: str = Field(description="The motif; it may have been removed since.")
    open: int = Field(description="Reviews that wait.")
    confirmed: int = Field(description="Reviews that were confirmed.")
    dismissed: int = Field(description="Reviews that were dismissed.")
    unsure: int = Field(description="Reviews of which somebody was unsure.")
    precision: float | None = Field(
        description="Confirmed among confirmed and dismissed; null before there is any."
    )

    @classmethod
    def of(cls, record: MotifRecord) -> Self:
        """Shape a record."""
        return cls(
            motif_id=public_id(IdPrefix.MOTIF, record.motif_id),
            open=record.open,
            confirmed=record.confirmed,
            dismissed=record.dismissed,
            unsure=record.unsure,
            precision=record.precision,
        )


class MotifRecords(Output):
    """The records of all motifs that were seen in a review."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "motifs": [
                        {
                            "motif_id": "mot_12",
                            "open": 5,
                            "confirmed": 3,
                            "dismissed": 1,
                            "unsure": 0,
                            "precision": 0.75,
                        }
                    ]
                }
            ]
        }
    )

    motifs: tuple[MotifRecordPublic, ...] = Field(description="By the motif's id.")


def _note(event: ReviewEvent) -> str:
    if event.appeal is not None:
        return event.appeal.grounds
    told = event.decision or event.ruling
    return told.note if told else ""


def _fields(review: Review) -> dict[str, Any]:
    return {
        "id": public_id(IdPrefix.REVIEW, review.id),
        "assessment_id": public_id(IdPrefix.ASSESSMENT, review.assessment_id),
        "created_at": review.created_at,
        "listing_id": review.listing_id,
        "seller_id": review.seller_id,
        "score": review.score,
        "exposure": review.exposure,
        "state": review.state,
        "claimed_by": review.claimed_by,
        "claimed_until": review.claimed_until,
        "decided_at": review.decided_at,
        "appeal": review.appeal,
    }

"""`/v1/reviews`: the queue that moderators work on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.api.access import PrincipalDep
from app.api.cursors import PagingDep
from app.api.dependencies import TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.quarantine import held_motifs
from app.api.schemas.reviews import (
    AppealCreate,
    AppealRule,
    MotifRecordPublic,
    MotifRecords,
    ReviewDecide,
    ReviewDetails,
    ReviewHold,
    ReviewPage,
    ReviewPublic,
)
from app.domain.errors import ConflictError, ForbiddenError, InvalidBoxError, NotFoundError
from app.domain.identity import Principal, Scope
from app.domain.registry import IdPrefix, parse_id
from app.domain.review import AppealState, ReviewState

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])


async def review_number(review_id: Annotated[str, Path(description="A review's id.")]) -> int:
    """Return the review in the path."""
    return parse_id(IdPrefix.REVIEW, review_id)


ReviewNumberDep = Annotated[int, Depends(review_number)]


def _actor(principal: Principal, moderator: str) -> str:
    key = principal.name if principal.key_id is None else f"key_{principal.key_id}"
    name = " ".join(moderator.split())
    return f"{key}/{name}" if name else key


@router.get("", summary="List reviews by expected harm", responses=refusals(NotFoundError))
def list_reviews(
    touchstone: TouchstoneDep,
    paging: PagingDep,
    state: Annotated[
        ReviewState | None, Query(description="Which reviews; `open` where nothing is asked for.")
    ] = None,
    appeal: Annotated[
        AppealState | None, Query(description="Only those whose appeal stands so, in any state.")
    ] = None,
) -> ReviewPage:
    """List reviews: the highest score first, then the seller with most listings waiting."""
    asked = ReviewState.OPEN if state is None and appeal is None else state
    found = touchstone.reviews.store.list(
        asked, appeal=appeal, after=paging.position, limit=paging.ask_for
    )
    page, cursor = paging.cut(found)
    return ReviewPage(
        items=tuple(ReviewPublic.of(each) for each in page),
        next_cursor=cursor,
        quarantined_motifs=held_motifs(touchstone.registry.quarantined_motifs()),
    )


@router.get("/motifs", summary="Say how reviews went for each motif", responses=refusals())
def list_motif_records(touchstone: TouchstoneDep) -> MotifRecords:
    """Count the reviews in which each motif was seen; a motif that floods shows here."""
    records = touchstone.reviews.store.records()
    return MotifRecords(motifs=tuple(MotifRecordPublic.of(record) for record in records))


@router.get("/{review_id}", summary="Get a review", responses=refusals(NotFoundError))
def get_review(number: ReviewNumberDep, touchstone: TouchstoneDep) -> ReviewDetails:
    """Return a review with everything that happened to it."""
    store = touchstone.reviews.store
    return ReviewDetails.told(store.get(number), tuple(store.events(number)))


@router.post(
    "/{review_id}/claim",
    summary="Claim a review",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def claim_review(
    number: ReviewNumberDep,
    touchstone: TouchstoneDep,
    principal: PrincipalDep,
    hold: ReviewHold | None = None,
) -> ReviewPublic:
    """Hold a review for a while, so that nobody else works on it; again, for longer."""
    actor = _actor(principal, hold.moderator if hold else "")
    return ReviewPublic.of(touchstone.reviews.claim(number, actor))


@router.post(
    "/{review_id}/release",
    summary="Let go of a review",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def release_review(
    number: ReviewNumberDep,
    touchstone: TouchstoneDep,
    principal: PrincipalDep,
    hold: ReviewHold | None = None,
) -> ReviewPublic:
    """Let others have a review."""
    actor = _actor(principal, hold.moderator if hold else "")
    return ReviewPublic.of(touchstone.reviews.store.release(number, actor))


@router.post(
    "/{review_id}/decision",
    summary="Decide a review",
    responses=refusals(400, 413, NotFoundError, ConflictError, InvalidBoxError),
)
def decide_review(
    number: ReviewNumberDep,
    decide: ReviewDecide,
    touchstone: TouchstoneDep,
    principal: PrincipalDep,
) -> ReviewPublic:
    """Decide a review, or decide it otherwise than before; every decision is kept."""
    if decide.as_negatives and not principal.may(frozenset({Scope.REGISTRY})):
        raise ForbiddenError("making negative references needs the scope registry")
    decided = touchstone.reviews.decide(
        number,
        _actor(principal, decide.moderator),
        decide.to_decision(),
        as_negatives=decide.as_negatives,
    )
    return ReviewPublic.of(decided)


@router.post(
    "/{review_id}/appeal",
    summary="Appeal against a decision",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def appeal_against(
    number: ReviewNumberDep,
    create: AppealCreate,
    touchstone: TouchstoneDep,
    principal: PrincipalDep,
) -> ReviewPublic:
    """Lodge an appeal against a decision, for the seller or for the house; one at a time."""
    actor = _actor(principal, create.moderator)
    return ReviewPublic.of(touchstone.reviews.store.appeal(number, actor, create.to_appeal()))


@router.post(
    "/{review_id}/appeal/ruling",
    summary="Rule on an appeal",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def rule_on_appeal(
    number: ReviewNumberDep,
    rule: AppealRule,
    touchstone: TouchstoneDep,
    principal: PrincipalDep,
) -> ReviewPublic:
    """Uphold the decision, or overturn it: by another decision, or by opening the review again."""
    if rule.withdraw_negatives and not principal.may(frozenset({Scope.REGISTRY})):
        raise ForbiddenError("withdrawing negative references needs the scope registry")
    ruled = touchstone.reviews.rule_on(
        number,
        _actor(principal, rule.moderator),
        rule.to_ruling(),
        withdraw=rule.withdraw_negatives,
    )
    return ReviewPublic.of(ruled)

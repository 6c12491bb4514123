"""Calls of the group reviews.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, step
from touchstone_client.models import (
    AppealCreate,
    AppealRule,
    AppealState,
    MotifRecords,
    ReviewDecide,
    ReviewDetails,
    ReviewHold,
    ReviewPage,
    ReviewPublic,
    ReviewState,
)


class ReviewsCalls(Sender):
    """Calls of the group reviews, one after the other."""

    def list_reviews(
        self,
        *,
        state: ReviewState | None = None,
        appeal: AppealState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Iterator[ReviewPublic]:
        """List reviews by expected harm.

        List reviews: the highest score first, then the seller with most listings waiting.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/reviews",
                ReviewPage.model_validate_json,
                query={"state": state, "appeal": appeal, "limit": limit, "cursor": cursor},
            )
        )

    def list_motif_records(self) -> MotifRecords:
        """Say how reviews went for each motif.

        Count the reviews in which each motif was seen; a motif that floods shows here.
        """
        return self._send(Call("GET", "/v1/reviews/motifs", MotifRecords.model_validate_json))

    def get_review(self, review_id: str) -> ReviewDetails:
        """Get a review.

        Return a review with everything that happened to it.
        """
        return self._send(
            Call("GET", f"/v1/reviews/{step(review_id)}", ReviewDetails.model_validate_json)
        )

    def claim_review(
        self, review_id: str, body: ReviewHold | None = None, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Claim a review.

        Hold a review for a while, so that nobody else works on it; again, for longer.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/claim",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def release_review(
        self, review_id: str, body: ReviewHold | None = None, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Let go of a review.

        Let others have a review.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/release",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def decide_review(
        self, review_id: str, body: ReviewDecide, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Decide a review.

        Decide a review, or decide it otherwise than before; every decision is kept.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/decision",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def appeal_against(
        self, review_id: str, body: AppealCreate, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Appeal against a decision.

        Lodge an appeal against a decision, for the seller or for the house; one at a time.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/appeal",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def rule_on_appeal(
        self, review_id: str, body: AppealRule, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Rule on an appeal.

        Uphold the decision, or overturn it: by another decision, or by opening the review
        again.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/appeal/ruling",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )


class AsyncReviewsCalls(AsyncSender):
    """Calls of the group reviews, without waiting."""

    def list_reviews(
        self,
        *,
        state: ReviewState | None = None,
        appeal: AppealState | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncIterator[ReviewPublic]:
        """List reviews by expected harm.

        List reviews: the highest score first, then the seller with most listings waiting.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/reviews",
                ReviewPage.model_validate_json,
                query={"state": state, "appeal": appeal, "limit": limit, "cursor": cursor},
            )
        )

    async def list_motif_records(self) -> MotifRecords:
        """Say how reviews went for each motif.

        Count the reviews in which each motif was seen; a motif that floods shows here.
        """
        return await self._send(Call("GET", "/v1/reviews/motifs", MotifRecords.model_validate_json))

    async def get_review(self, review_id: str) -> ReviewDetails:
        """Get a review.

        Return a review with everything that happened to it.
        """
        return await self._send(
            Call("GET", f"/v1/reviews/{step(review_id)}", ReviewDetails.model_validate_json)
        )

    async def claim_review(
        self, review_id: str, body: ReviewHold | None = None, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Claim a review.

        Hold a review for a while, so that nobody else works on it; again, for longer.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/claim",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def release_review(
        self, review_id: str, body: ReviewHold | None = None, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Let go of a review.

        Let others have a review.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/release",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def decide_review(
        self, review_id: str, body: ReviewDecide, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Decide a review.

        Decide a review, or decide it otherwise than before; every decision is kept.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/decision",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def appeal_against(
        self, review_id: str, body: AppealCreate, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Appeal against a decision.

        Lodge an appeal against a decision, for the seller or for the house; one at a time.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/appeal",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def rule_on_appeal(
        self, review_id: str, body: AppealRule, *, idempotency_key: str | None = None
    ) -> ReviewPublic:
        """Rule on an appeal.

        Uphold the decision, or overturn it: by another decision, or by opening the review
        again.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/reviews/{step(review_id)}/appeal/ruling",
                ReviewPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

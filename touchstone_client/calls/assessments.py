"""Calls of the group assessments.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, step
from touchstone_client.models import AssessmentPage, AssessmentPublic, RecheckPublic


class AssessmentsCalls(Sender):
    """Calls of the group assessments, one after the other."""

    def list_assessments(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[AssessmentPublic]:
        """List assessments, newest first."""
        return self._pages(
            Call(
                "GET",
                "/v1/assessments",
                AssessmentPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_assessment(self, assessment_id: str) -> AssessmentPublic:
        """Get an assessment.

        Return an assessment as it was given.
        """
        return self._send(
            Call(
                "GET",
                f"/v1/assessments/{step(assessment_id)}",
                AssessmentPublic.model_validate_json,
            )
        )

    def verify_assessment(self, assessment_id: str) -> RecheckPublic:
        """Say whether an assessment still holds.

        Assess the stored photos anew, remembering nothing, and compare; nothing is kept.

        It is judged under the registry, model and policy of now, and `versions` says which of
        them are others than then. Where photos were removed, `holds` is null.
        """
        return self._send(
            Call(
                "GET",
                f"/v1/assessments/{step(assessment_id)}/verify",
                RecheckPublic.model_validate_json,
            )
        )


class AsyncAssessmentsCalls(AsyncSender):
    """Calls of the group assessments, without waiting."""

    def list_assessments(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[AssessmentPublic]:
        """List assessments, newest first."""
        return self._pages(
            Call(
                "GET",
                "/v1/assessments",
                AssessmentPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_assessment(self, assessment_id: str) -> AssessmentPublic:
        """Get an assessment.

        Return an assessment as it was given.
        """
        return await self._send(
            Call(
                "GET",
                f"/v1/assessments/{step(assessment_id)}",
                AssessmentPublic.model_validate_json,
            )
        )

    async def verify_assessment(self, assessment_id: str) -> RecheckPublic:
        """Say whether an assessment still holds.

        Assess the stored photos anew, remembering nothing, and compare; nothing is kept.

        It is judged under the registry, model and policy of now, and `versions` says which of
        them are others than then. Where photos were removed, `holds` is null.
        """
        return await self._send(
            Call(
                "GET",
                f"/v1/assessments/{step(assessment_id)}/verify",
                RecheckPublic.model_validate_json,
            )
        )

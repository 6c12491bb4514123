"""`/v1/explain`: a photo, a motif and perhaps a box in, why it was not raised out."""

from fastapi import APIRouter

from app.api.dependencies import MetricsDep, TouchstoneDep
from app.api.errands import WaitingDep
from app.api.openapi import explain_body
from app.api.problems import BODY_REFUSALS, WAITING_REFUSALS, refusals
from app.api.routes.search import FETCH_REFUSALS, IMAGE_REFUSALS
from app.api.schemas.explain import ExplanationPublic
from app.api.uploads import ExplainUploadDep
from app.domain.errors import InvalidBoxError, ModelRefusedError, NotFoundError
from app.domain.explanation import Explanation
from app.domain.explanation_contract import explanation_document

router = APIRouter(prefix="/v1/explain", tags=["search"])


@router.post(
    "",
    summary="Say why a motif was not raised in an image",
    openapi_extra=explain_body(),
    responses=refusals(
        *BODY_REFUSALS,
        ModelRefusedError,
        NotFoundError,
        InvalidBoxError,
        *IMAGE_REFUSALS,
        *FETCH_REFUSALS,
        *WAITING_REFUSALS,
    ),
)
async def explain_image(
    upload: ExplainUploadDep, touchstone: TouchstoneDep, waiting: WaitingDep, metrics: MetricsDep
) -> ExplanationPublic:
    """Explain one motif in one image of a listing; nothing is kept."""
    (at_hand,) = await waiting.fetched(touchstone.collector, (upload.source,), metrics.stage)

    def explain() -> Explanation:
        return touchstone.explainer.explain(upload.listing, at_hand, upload.motif_id, upload.box)

    found = await waiting.worked(explain)
    return ExplanationPublic.model_validate(explanation_document(found))

"""`/v1/explain`: a photo, a motif and perhaps a box in, why it was not raised out."""

from fastapi import APIRouter

from app.api.dependencies import MetricsDep, TouchstoneDep
from app.api.openapi import explain_body
from app.api.problems import refusals
from app.api.routes.search import FETCH_REFUSALS, IMAGE_REFUSALS
from app.api.schemas.explain import ExplanationPublic
from app.api.uploads import ExplainUploadDep
from app.domain.errors import InvalidBoxError, ModelRefusedError, NotFoundError
from app.domain.explanation_contract import explanation_document

router = APIRouter(prefix="/v1/explain", tags=["search"])


@router.post(
    "",
    summary="Say why a motif was not raised in an image",
    openapi_extra=explain_body(),
    responses=refusals(
        400,
        413,
        415,
        ModelRefusedError,
        NotFoundError,
        InvalidBoxError,
        *IMAGE_REFUSALS,
        *FETCH_REFUSALS,
    ),
)
def explain_image(
    upload: ExplainUploadDep, touchstone: TouchstoneDep, metrics: MetricsDep
) -> ExplanationPublic:
    """Explain one motif in one image of a listing; nothing is kept."""
    (at_hand,) = touchstone.collector.collect((upload.source,), observe=metrics.stage)
    found = touchstone.explainer.explain(upload.listing, at_hand, upload.motif_id, upload.box)
    return ExplanationPublic.model_validate(explanation_document(found))

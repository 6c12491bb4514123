"""`/health/live`, `/health/ready` and `/metrics`: for those who keep the service running."""

from typing import Any

from fastapi import APIRouter, Response

from app.api.dependencies import MetricsDep, TouchstoneDep
from app.api.metrics import CONTENT_TYPE
from app.api.problems import refusals
from app.api.schemas.health import Alive, Ready
from app.domain.errors import ModelRefusedError, NotReadyError, TouchstoneError

router = APIRouter(tags=["operations"])
_METRICS_EXAMPLE = """\
# HELP touchstone_stage_seconds Seconds that one stage took for one photo (`judge`: for one listing).
# TYPE touchstone_stage_seconds histogram
touchstone_stage_seconds_bucket{le="0.1",stage="embed"} 41.0
touchstone_stage_seconds_count{stage="embed"} 42.0
touchstone_stage_seconds_sum{stage="embed"} 2.61
"""  # noqa: E501
_METRICS_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The figures in Prometheus's text format.",
        "content": {"text/plain": {"schema": {"type": "string"}, "example": _METRICS_EXAMPLE}},
    }
}


@router.get("/health/live", summary="Is the process alive?")
async def get_liveness() -> Alive:
    """Answer, whatever else may be wrong."""
    return Alive(status="ok")


@router.get(
    "/health/ready",
    summary="Can it assess?",
    responses=refusals(NotReadyError, ModelRefusedError, reads_input=False),
)
def get_readiness(touchstone: TouchstoneDep) -> Ready:
    """Get hold of a gallery that fits the model and the registry, as an assessment would."""
    try:
        gallery = touchstone.gallery.current().gallery
    except TouchstoneError as error:
        raise NotReadyError(error.message) from error
    return Ready(
        status="ready",
        model=touchstone.eyes.model,
        index=gallery.version,
        registry=gallery.registry_version,
        background=gallery.background,
    )


@router.get(
    "/metrics",
    summary="Get figures for Prometheus",
    response_class=Response,
    responses={**_METRICS_ANSWER, **refusals(NotReadyError, reads_input=False)},
)
def get_metrics(touchstone: TouchstoneDep, metrics: MetricsDep) -> Response:
    """Return every figure in Prometheus's text format."""
    metrics.look_at(touchstone)
    return Response(metrics.text(), 200, None, CONTENT_TYPE)

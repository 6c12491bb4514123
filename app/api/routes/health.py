"""`/health/live`, `/health/ready` and `/metrics`: for those who keep the service running."""

from typing import Any

from anyio import CapacityLimiter, fail_after, to_thread
from fastapi import APIRouter, Request, Response

from app.api.dependencies import MetricsDep, RoomsDep, TouchstoneDep
from app.api.metrics import CONTENT_TYPE
from app.api.problems import refusals
from app.api.schemas.health import Alive, Ready
from app.domain.errors import ModelRefusedError, NotReadyError, TouchstoneError

router = APIRouter(tags=["operations"])
_PATIENCE = 2.0  # seconds, of which a probe usually has one to five
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
async def get_readiness(request: Request, touchstone: TouchstoneDep) -> Ready:
    """Get hold of a gallery that fits the model and the registry, as an assessment would.

    While one is being made, or the process is about to end, the answer is that it is not ready.
    """
    if request.app.state.leaving:
        raise NotReadyError("the service is shutting down")
    try:
        with fail_after(_PATIENCE):
            matcher = await to_thread.run_sync(
                touchstone.gallery.current, abandon_on_cancel=True, limiter=_threads(request)
            )
    except TimeoutError:
        raise NotReadyError("the index is older than the registry and being renewed") from None
    except TouchstoneError as error:
        raise NotReadyError(error.message) from error
    gallery = matcher.gallery
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
def get_metrics(touchstone: TouchstoneDep, metrics: MetricsDep, rooms: RoomsDep) -> Response:
    """Return every figure in Prometheus's text format."""
    metrics.look_at(touchstone, rooms.all)
    return Response(metrics.text(), 200, None, CONTENT_TYPE)


def _threads(request: Request) -> CapacityLimiter:
    """Return places of its own, so that a full house neither delays a probe nor is delayed."""
    limiter: CapacityLimiter = request.app.state.probes
    return limiter

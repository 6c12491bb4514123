"""`/v1/search`: an image in, the nearest motifs out."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from app.api.dependencies import MetricsDep, TouchstoneDep
from app.api.errands import WaitingDep
from app.api.openapi import image_body
from app.api.problems import BODY_REFUSALS, WAITING_REFUSALS, refusals
from app.api.schemas.search import SearchPublic
from app.api.uploads import ImageUploadDep
from app.domain.errors import (
    AddressForbiddenError,
    CorruptImageError,
    EmptyImageError,
    FetchFailedError,
    FetchTimeoutError,
    ImageTooLargeError,
    ModelRefusedError,
    TooManyPixelsError,
    TruncatedImageError,
    UnsupportedImageError,
    UrlRefusedError,
)

router = APIRouter(prefix="/v1/search", tags=["search"])
FETCH_REFUSALS = (UrlRefusedError, AddressForbiddenError, FetchTimeoutError, FetchFailedError)
IMAGE_REFUSALS = (
    EmptyImageError,
    TruncatedImageError,
    CorruptImageError,
    ImageTooLargeError,
    TooManyPixelsError,
    UnsupportedImageError,
)


@router.post(
    "",
    summary="Find the nearest motifs of an image",
    openapi_extra=image_body(),
    responses=refusals(
        *BODY_REFUSALS, ModelRefusedError, *IMAGE_REFUSALS, *FETCH_REFUSALS, *WAITING_REFUSALS
    ),
)
async def search_image(
    image: ImageUploadDep,
    touchstone: TouchstoneDep,
    waiting: WaitingDep,
    metrics: MetricsDep,
    limit: Annotated[int, Query(ge=1, le=100, description="Most motifs returned.")] = 10,
) -> SearchPublic:
    """Match one image against the registry, with no listing and no verdict; nothing is kept."""
    (at_hand,) = await waiting.fetched(touchstone.collector, (image,), metrics.stage)
    search = partial(touchstone.assessor.search, at_hand, limit=limit, observe=metrics.stage)
    return SearchPublic.of(await waiting.worked(search))

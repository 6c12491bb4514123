"""What routes ask for, as named types; nothing is looked up in any other way.

Those that only look something up are coroutines, which saves a trip through a worker thread; the
one that asks the database is a plain function and gets that thread.
"""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request

from app.api.errands import RoomOptions, Rooms
from app.api.metrics import Metrics
from app.domain.errors import NotReadyError
from app.domain.ports import StoredAssessment
from app.domain.registry import IdPrefix, parse_id
from app.services.evidence import EvidenceRoom
from app.services.touchstone import Touchstone


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """The limits of requests, and who may make them, as values."""

    max_images_per_listing: int
    max_request_bytes: int
    max_catalog_bytes: int = 2**30
    rate_per_minute: int = 0
    anonymous: bool = False
    cors_origins: tuple[str, ...] = ()
    rooms: RoomOptions = field(default_factory=RoomOptions)
    uploads_at_once: int = 64
    upload_seconds: float = 60.0
    traces_url: str = ""


@dataclass(frozen=True, slots=True)
class Locator:
    """Makes the `Location` of what was created, also behind a proxy that adds a prefix."""

    request: Request

    def of(self, route: str, **ids: str) -> dict[str, str]:
        """Return the header that leads to `route`."""
        return {"Location": self.request.url_for(route, **ids).path}


async def get_touchstone(request: Request) -> Touchstone:
    """Return the application's service; `NotReadyError` before it has started."""
    touchstone = getattr(request.app.state, "touchstone", None)
    if not isinstance(touchstone, Touchstone):
        raise NotReadyError("the service has not started yet")
    return touchstone


async def get_metrics(request: Request) -> Metrics:
    """Return the application's figures."""
    metrics: Metrics = request.app.state.metrics
    return metrics


async def get_rooms(request: Request) -> Rooms:
    """Return where photos are looked at and fetched."""
    rooms: Rooms = request.app.state.rooms
    return rooms


async def get_locator(request: Request) -> Locator:
    """Return who makes `Location` headers."""
    return Locator(request)


async def get_options(request: Request) -> ApiOptions:
    """Return the application's limits."""
    options: ApiOptions = request.app.state.api_options
    return options


TouchstoneDep = Annotated[Touchstone, Depends(get_touchstone)]
MetricsDep = Annotated[Metrics, Depends(get_metrics)]
RoomsDep = Annotated[Rooms, Depends(get_rooms)]
OptionsDep = Annotated[ApiOptions, Depends(get_options)]
LocatorDep = Annotated[Locator, Depends(get_locator)]


async def get_evidence_room(touchstone: TouchstoneDep) -> EvidenceRoom:
    """Return who gathers evidence."""
    return touchstone.evidence


async def brand_number(brand_id: Annotated[str, Path(description="A brand's id.")]) -> int:
    """Return the brand in the path."""
    return parse_id(IdPrefix.BRAND, brand_id)


async def motif_number(motif_id: Annotated[str, Path(description="A motif's id.")]) -> int:
    """Return the motif in the path."""
    return parse_id(IdPrefix.MOTIF, motif_id)


async def reference_number(
    reference_id: Annotated[str, Path(description="A reference's id.")],
) -> int:
    """Return the reference in the path."""
    return parse_id(IdPrefix.REFERENCE, reference_id)


def stored_assessment(
    touchstone: TouchstoneDep,
    assessment_id: Annotated[str, Path(description="An assessment's id.")],
) -> StoredAssessment:
    """Return the assessment in the path."""
    return touchstone.assessments.get(parse_id(IdPrefix.ASSESSMENT, assessment_id))


EvidenceRoomDep = Annotated[EvidenceRoom, Depends(get_evidence_room)]
BrandNumberDep = Annotated[int, Depends(brand_number)]
MotifNumberDep = Annotated[int, Depends(motif_number)]
ReferenceNumberDep = Annotated[int, Depends(reference_number)]
StoredAssessmentDep = Annotated[StoredAssessment, Depends(stored_assessment)]

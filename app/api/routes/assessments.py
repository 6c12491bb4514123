"""`/v1/assessments`: judge a listing, look verdicts up again, take their evidence away."""

import tempfile
from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from app.api.accepting import preferred
from app.api.cursors import PagingDep
from app.api.dependencies import (
    EvidenceRoomDep,
    LocatorDep,
    MetricsDep,
    StoredAssessmentDep,
    TouchstoneDep,
)
from app.api.errands import WaitingDep
from app.api.openapi import assessment_body
from app.api.problems import BODY_REFUSALS, WAITING_REFUSALS, refusals
from app.api.schemas.assessments import AssessmentPage, AssessmentPublic
from app.api.schemas.evidence import EvidencePublic
from app.api.schemas.recheck import RecheckPublic
from app.api.uploads import AssessmentUploadDep
from app.domain.errors import ModelRefusedError, NotFoundError
from app.domain.ports import StoredAssessment
from app.domain.registry import IdPrefix, public_id
from app.services.evidence import EvidenceRoom

router = APIRouter(prefix="/v1/assessments", tags=["assessments"])
_IN_MEMORY = 8 * 2**20
_CHUNK = 256 * 2**10


class EvidenceFormat(StrEnum):
    """What evidence can be had as."""

    JSON = "json"
    PDF = "pdf"
    PNG = "png"
    ZIP = "zip"


MEDIA_TYPES = {
    "application/json": EvidenceFormat.JSON,
    "application/pdf": EvidenceFormat.PDF,
    "image/png": EvidenceFormat.PNG,
    "application/zip": EvidenceFormat.ZIP,
}
_EVIDENCE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The evidence, in the form that was asked for.",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/EvidencePublic"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "application/zip": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def wanted_format(
    request: Request,
    format: Annotated[  # noqa: A002  the name in the query
        EvidenceFormat | None,
        Query(description="Overrides the `Accept` header, for links and browsers."),
    ] = None,
) -> EvidenceFormat:
    """Return the format that the query, else the `Accept` header, asks for; JSON by default."""
    if format is not None:
        return format
    return preferred(request, MEDIA_TYPES, EvidenceFormat.JSON)


@router.post(
    "",
    status_code=201,
    summary="Assess a listing",
    openapi_extra=assessment_body(),
    responses=refusals(*BODY_REFUSALS, ModelRefusedError, *WAITING_REFUSALS),
)
async def create_assessment(
    upload: AssessmentUploadDep,
    touchstone: TouchstoneDep,
    waiting: WaitingDep,
    metrics: MetricsDep,
    locator: LocatorDep,
    response: Response,
) -> AssessmentPublic:
    """Judge a listing by its photos and its words, and keep the verdict with its evidence.

    A photo that cannot be read is reported on that photo; the others are judged all the same.
    A listing without a readable photo is never `clear`.
    """
    sources = await waiting.fetched(touchstone.collector, upload.sources, metrics.stage)
    assess = partial(touchstone.desk.assess, upload.listing, sources, observe=metrics.stage)
    stored = await waiting.worked(assess)
    metrics.verdict(stored.assessment.verdict)
    assessment = AssessmentPublic.of(stored)
    response.headers.update(locator.of("get_assessment", assessment_id=assessment.id))
    return assessment


@router.get("", summary="List assessments, newest first", responses=refusals())
def list_assessments(touchstone: TouchstoneDep, paging: PagingDep) -> AssessmentPage:
    """List assessments, newest first."""
    found = touchstone.assessments.list(before=paging.position, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return AssessmentPage(
        items=tuple(AssessmentPublic.of(stored) for stored in page), next_cursor=cursor
    )


@router.get("/{assessment_id}", summary="Get an assessment", responses=refusals(NotFoundError))
def get_assessment(stored: StoredAssessmentDep) -> AssessmentPublic:
    """Return an assessment as it was given."""
    return AssessmentPublic.of(stored)


@router.get(
    "/{assessment_id}/verify",
    summary="Say whether an assessment still holds",
    responses=refusals(NotFoundError, ModelRefusedError, *WAITING_REFUSALS),
)
async def verify_assessment(
    stored: StoredAssessmentDep,
    touchstone: TouchstoneDep,
    waiting: WaitingDep,
    metrics: MetricsDep,
) -> RecheckPublic:
    """Assess the stored photos anew, remembering nothing, and compare; nothing is kept.

    It is judged under the registry, model and policy of now, and `versions` says which of them are
    others than then. Where photos were removed, `holds` is null.
    """
    check = partial(touchstone.rechecker.check, stored, observe=metrics.stage)
    return RecheckPublic.of(await waiting.worked(check))


@router.get(
    "/{assessment_id}/evidence",
    summary="Get an assessment's evidence",
    response_class=Response,
    responses={**_EVIDENCE_ANSWER, **refusals(NotFoundError)},
)
def get_evidence(
    stored: StoredAssessmentDep,
    room: EvidenceRoomDep,
    wanted: Annotated[EvidenceFormat, Depends(wanted_format)],
    image: Annotated[int, Query(ge=1, description="Which photo the PNG shows, from 1.")] = 1,
) -> Response:
    """Return what a verdict rests on.

    PNG: one photo with its matches drawn in. JSON: the assessment, the listing and the matched
    references. PDF: the case file, for people. ZIP: all of it, with the photos, the overlays, each
    crop beside its reference, the references' images, and a manifest of every file's hash, signed
    where the operator has set a key.
    """
    headers = {"Vary": "Accept"}
    if wanted is EvidenceFormat.PNG:
        return Response(room.overlay(stored, image), 200, headers, "image/png")
    if wanted is EvidenceFormat.PDF:
        saved = _saved(stored, "case", "pdf")
        return Response(room.pdf(stored), 200, {**headers, **saved}, "application/pdf")
    if wanted is EvidenceFormat.ZIP:
        return _zipped(stored, room, headers)
    evidence = EvidencePublic.of(room.document(stored))
    return JSONResponse(evidence.model_dump(mode="json"), headers=headers)


def _zipped(
    stored: StoredAssessment, room: EvidenceRoom, headers: dict[str, str]
) -> StreamingResponse:
    # Written whole before the first byte is sent, so that a lost photo is still a clean problem.
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  _chunks closes it
    try:
        room.write_zip(stored, file)
    except BaseException:
        file.close()
        raise
    length = {"Content-Length": str(file.tell())}
    saved = _saved(stored, "evidence", "zip")
    return StreamingResponse(
        _chunks(file), headers={**headers, **length, **saved}, media_type="application/zip"
    )


def _saved(stored: StoredAssessment, name: str, extension: str) -> dict[str, str]:
    file = f"{name}-{public_id(IdPrefix.ASSESSMENT, stored.id)}.{extension}"
    return {"Content-Disposition": f'attachment; filename="{file}"'}


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk

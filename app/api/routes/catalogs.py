"""`/v1/catalogs`: catalogues that are scored in the background, and what came out."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from app.api.accepting import preferred
from app.api.catalog_uploads import CatalogUploadDep
from app.api.cursors import PagingDep
from app.api.dependencies import LocatorDep, TouchstoneDep
from app.api.openapi import catalog_body
from app.api.problems import refusals
from app.api.result_pages import read_page
from app.api.schemas.catalogs import CatalogPage, CatalogPublic
from app.domain.assessment import Verdict
from app.domain.errors import (
    ConflictError,
    InvalidCatalogError,
    NotFoundError,
    RateLimitedError,
    UnsupportedFileError,
)
from app.domain.registry import IdPrefix, parse_id
from app.services.catalogs import CatalogResult

router = APIRouter(prefix="/v1/catalogs", tags=["catalogs"])
_REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class ResultFormat(StrEnum):
    """What results can be had as."""

    PAGE = "page"
    JSONL = "jsonl"
    CSV = "csv"
    REPORT = "report"
    REJECTS = "rejects"
    ERRORS = "errors"


ACCEPTED = {
    "application/json": ResultFormat.PAGE,
    "application/x-ndjson": ResultFormat.JSONL,
    "text/csv": ResultFormat.CSV,
    "text/html": ResultFormat.REPORT,
}
_FILES = {
    ResultFormat.JSONL: (CatalogResult.JSONL, "application/x-ndjson"),
    ResultFormat.CSV: (CatalogResult.CSV, "text/csv"),
    ResultFormat.REPORT: (CatalogResult.REPORT, "text/html"),
    ResultFormat.REJECTS: (CatalogResult.REJECTS, "application/x-ndjson"),
    ResultFormat.ERRORS: (CatalogResult.ERRORS, "application/x-ndjson"),
}
_TEXT = {"type": "string"}
_RESULT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The results, in the form that was asked for.",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/CatalogResults"}},
            "application/x-ndjson": {"schema": _TEXT, "example": '{"listing_id": "B09X", …}\n'},
            "text/csv": {"schema": _TEXT, "example": "listing_id,verdict,score,…\n"},
            "text/html": {"schema": _TEXT, "example": "<!doctype html>…"},
        },
    }
}


async def catalog_number(catalog_id: Annotated[str, Path(description="A catalogue's id.")]) -> int:
    """Return the catalogue in the path."""
    return parse_id(IdPrefix.CATALOG, catalog_id)


async def wanted_format(
    request: Request,
    format: Annotated[  # noqa: A002  the name in the query
        ResultFormat | None,
        Query(description="Overrides the `Accept` header, for links and browsers."),
    ] = None,
) -> ResultFormat:
    """Return the format that the query, else the `Accept` header, asks for; pages by default."""
    return format or preferred(request, ACCEPTED, ResultFormat.PAGE)


CatalogNumberDep = Annotated[int, Depends(catalog_number)]


@router.post(
    "",
    status_code=202,
    summary="Score a catalogue",
    openapi_extra=catalog_body(),
    responses=refusals(
        400, 413, 415, NotFoundError, UnsupportedFileError, InvalidCatalogError, RateLimitedError
    ),
)
def create_catalog(
    upload: CatalogUploadDep, touchstone: TouchstoneDep, locator: LocatorDep, response: Response
) -> CatalogPublic:
    """Take a catalogue in, to be scored in the background.

    Sent as a file (JSONL, CSV or Parquet, compressed or not), its photos are URLs, base64, or bytes
    in Parquet. Named by a path below a folder that the operator allows, they may be files there as
    well. A bad row costs that row alone; a catalogue without a good one is refused with its rows.
    """
    if upload.file is None:
        job = touchstone.catalogs.take(upload.name, upload.encoding)
    else:
        job = touchstone.catalogs.upload(upload.name, upload.file, upload.encoding)
    catalog = CatalogPublic.of(job)
    response.headers.update(locator.of("get_catalog", catalog_id=catalog.id))
    return catalog


@router.get("", summary="List catalogues, newest first", responses=refusals())
def list_catalogs(touchstone: TouchstoneDep, paging: PagingDep) -> CatalogPage:
    """List catalogues, newest first."""
    found = touchstone.catalogs.store.list(before=paging.position, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return CatalogPage(items=tuple(CatalogPublic.of(each) for each in page), next_cursor=cursor)


@router.get("/{catalog_id}", summary="Get a catalogue", responses=refusals(NotFoundError))
def get_catalog(number: CatalogNumberDep, touchstone: TouchstoneDep) -> CatalogPublic:
    """Return a catalogue and how far it is."""
    return CatalogPublic.of(touchstone.catalogs.store.get(number))


@router.post(
    "/{catalog_id}/cancel",
    summary="Cancel a catalogue",
    responses=refusals(NotFoundError, ConflictError),
)
def cancel_catalog(number: CatalogNumberDep, touchstone: TouchstoneDep) -> CatalogPublic:
    """Cancel a catalogue; one that is being scored is let go of within seconds."""
    return CatalogPublic.of(touchstone.catalogs.cancel(number))


@router.delete(
    "/{catalog_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a catalogue",
    responses=refusals(NotFoundError, ConflictError),
)
def remove_catalog(number: CatalogNumberDep, touchstone: TouchstoneDep) -> None:
    """Remove a catalogue that is over, with its results and what was uploaded."""
    touchstone.catalogs.remove(number)


@router.get(
    "/{catalog_id}/results",
    summary="Get a catalogue's results",
    response_class=Response,
    responses={**_RESULT_ANSWER, **refusals(NotFoundError, ConflictError)},
)
def get_results(
    number: CatalogNumberDep,
    touchstone: TouchstoneDep,
    wanted: Annotated[ResultFormat, Depends(wanted_format)],
    paging: PagingDep,
    verdict: Annotated[
        Verdict | None, Query(description="On pages, only the listings with this verdict.")
    ] = None,
) -> Response:
    """Return the results of a catalogue that is done: in pages, as a file, or as the report.

    `rejects` are the rows that are no listing and `errors` the photos that could not be judged,
    each with the line it stands on.
    """
    headers = {"Vary": "Accept"}
    if wanted is ResultFormat.PAGE:
        path = touchstone.catalogs.result(number, CatalogResult.JSONL)
        page = read_page(path, start=paging.position or 0, limit=paging.limit, verdict=verdict)
        return JSONResponse(page.model_dump(mode="json"), headers=headers)
    result, media_type = _FILES[wanted]
    path = touchstone.catalogs.result(number, result)
    if wanted is ResultFormat.REPORT:
        headers |= {"Content-Security-Policy": _REPORT_POLICY}
        return FileResponse(path, headers=headers, media_type=media_type)
    name = f"{IdPrefix.CATALOG}_{number}.{result.value.removeprefix('out.')}"
    return FileResponse(path, headers=headers, media_type=media_type, filename=name)

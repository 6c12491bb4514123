"""`/v1/quarantine`: the references that were found wanting, whichever motif they belong to."""

from fastapi import APIRouter

from app.api.cursors import PagingDep
from app.api.dependencies import TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.references import ReferencePage, ReferencePublic

router = APIRouter(prefix="/v1/quarantine", tags=["references"])


@router.get("", summary="List the references in quarantine", responses=refusals())
def list_quarantined(touchstone: TouchstoneDep, paging: PagingDep) -> ReferencePage:
    """List the references that take no part in matching, with what was found, oldest first."""
    found = touchstone.registry.quarantined(after=paging.position or 0, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return ReferencePage(items=tuple(ReferencePublic.of(each) for each in page), next_cursor=cursor)

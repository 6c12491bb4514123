"""`/v1/quarantine`: references that were found wanting, and motifs that flooded the queue."""

from fastapi import APIRouter

from app.api.cursors import PagingDep
from app.api.dependencies import TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.quarantine import QuarantinePage, held_motifs
from app.api.schemas.references import ReferencePublic

router = APIRouter(prefix="/v1/quarantine", tags=["references"])


@router.get("", summary="List what is in quarantine", responses=refusals())
def list_quarantined(touchstone: TouchstoneDep, paging: PagingDep) -> QuarantinePage:
    """List the references that take no part in matching, and the motifs that count in no verdict.

    References come by page, oldest first, with what was found; motifs are few and on every page.
    """
    found = touchstone.registry.quarantined(after=paging.position or 0, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return QuarantinePage(
        items=tuple(ReferencePublic.of(each) for each in page),
        next_cursor=cursor,
        motifs=held_motifs(touchstone.registry.quarantined_motifs()),
    )

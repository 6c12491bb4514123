"""`/v1/audit`: who changed what in the registry and around it, newest first."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.api.cursors import PagingDep
from app.api.dependencies import TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.audit import AuditEventPublic, AuditPage
from app.api.schemas.base import Moment
from app.domain.audit import AuditAction, AuditFilter, AuditKind, Subject

router = APIRouter(prefix="/v1/audit", tags=["audit"])


def read_filter(
    subject: Annotated[
        str | None, Query(max_length=40, description="Only events about this id, such as `mot_12`.")
    ] = None,
    kind: Annotated[AuditKind | None, Query(description="Only about things of this kind.")] = None,
    action: Annotated[AuditAction | None, Query(description="Only what was done so.")] = None,
    actor: Annotated[
        str | None, Query(max_length=500, description="Only by this actor, such as `key_3`.")
    ] = None,
    since: Annotated[
        Moment | None, Query(description="Only from this moment on; with a time zone.")
    ] = None,
    until: Annotated[
        Moment | None, Query(description="Only before this moment; with a time zone.")
    ] = None,
) -> AuditFilter:
    """Return which events the query asks for."""
    about = None if subject is None else Subject.parse(subject)
    return AuditFilter(about, kind, action, actor, since, until)


@router.get("", summary="List events of the audit log, newest first", responses=refusals())
def list_audit_events(
    touchstone: TouchstoneDep,
    paging: PagingDep,
    wanted: Annotated[AuditFilter, Depends(read_filter)],
) -> AuditPage:
    """List who changed what: the registry, its background, keys and webhooks.

    An event is kept in the transaction of its change and is never altered.
    """
    found = touchstone.audit.list(wanted, before=paging.position, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return AuditPage(items=tuple(AuditEventPublic.of(event) for event in page), next_cursor=cursor)

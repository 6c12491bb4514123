"""`/v1/motifs`: upkeep of the registry's motifs. Every change counts from the very next photo."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.cursors import PagingDep
from app.api.dependencies import LocatorDep, MotifNumberDep, TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.motifs import (
    MotifCreate,
    MotifDisable,
    MotifPage,
    MotifPublic,
    MotifUpdate,
)
from app.domain.errors import ConflictError, NotFoundError
from app.domain.registry import IdPrefix, NewMotif, parse_id
from app.services.touchstone import Touchstone

router = APIRouter(prefix="/v1/motifs", tags=["motifs"])


@router.post(
    "",
    status_code=201,
    summary="Register a motif",
    responses={
        200: {"model": MotifPublic, "description": "It exists already; what it lacked was added."},
        **refusals(400, 413, NotFoundError, ConflictError),
    },
)
def create_motif(
    create: MotifCreate, touchstone: TouchstoneDep, locator: LocatorDep, response: Response
) -> MotifPublic:
    """Register a motif, and its brand where that is missing.

    A motif of that brand and name that exists already is returned with status 200; words,
    registrations and the expected place that it lacked are added to it.
    """
    stored, is_new = touchstone.registry.ensure_motif(_new_motif(create, touchstone))
    motif = MotifPublic.of(stored)
    response.status_code = 201 if is_new else 200
    response.headers.update(locator.of("get_motif", motif_id=motif.id))
    return motif


def _new_motif(create: MotifCreate, touchstone: Touchstone) -> NewMotif:
    name = create.brand
    if create.brand_id is not None:
        name = touchstone.registry.brand(parse_id(IdPrefix.BRAND, create.brand_id)).name
    registrations = tuple(each.to_registration() for each in create.registrations)
    place = None if create.expected_place is None else create.expected_place.to_place()
    return NewMotif(name or "", create.name, create.kind, create.words, registrations, place)


@router.get("", summary="List motifs", responses=refusals(NotFoundError))
def list_motifs(
    touchstone: TouchstoneDep,
    paging: PagingDep,
    brand_id: Annotated[str | None, Query(description="Only motifs of this brand.")] = None,
) -> MotifPage:
    """List motifs, oldest first."""
    brand = None if brand_id is None else parse_id(IdPrefix.BRAND, brand_id)
    found = touchstone.registry.motifs(
        brand_id=brand, after=paging.position or 0, limit=paging.ask_for
    )
    page, cursor = paging.cut(found)
    return MotifPage(items=tuple(MotifPublic.of(motif) for motif in page), next_cursor=cursor)


@router.get("/{motif_id}", summary="Get a motif", responses=refusals(NotFoundError))
def get_motif(number: MotifNumberDep, touchstone: TouchstoneDep) -> MotifPublic:
    """Return a motif."""
    return MotifPublic.of(touchstone.registry.motif(number))


@router.patch(
    "/{motif_id}",
    summary="Change a motif",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def change_motif(
    number: MotifNumberDep, update: MotifUpdate, touchstone: TouchstoneDep
) -> MotifPublic:
    """Rename a motif, or replace its words, its registrations or its expected place."""
    return MotifPublic.of(touchstone.registry.change_motif(number, update.to_change()))


@router.delete(
    "/{motif_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a motif",
    responses=refusals(NotFoundError),
)
def remove_motif(number: MotifNumberDep, touchstone: TouchstoneDep) -> None:
    """Remove a motif with its references; its id is never used again."""
    touchstone.registry.remove_motif(number)


@router.post(
    "/{motif_id}/disable",
    summary="Switch a motif off",
    responses=refusals(400, 413, NotFoundError),
)
def disable_motif(
    number: MotifNumberDep, touchstone: TouchstoneDep, disable: MotifDisable | None = None
) -> MotifPublic:
    """Take a motif out of matching, for good or until a moment; its references are kept."""
    until = None if disable is None else disable.until
    return MotifPublic.of(touchstone.registry.disable_motif(number, until=until))


@router.post("/{motif_id}/enable", summary="Switch a motif on", responses=refusals(NotFoundError))
def enable_motif(number: MotifNumberDep, touchstone: TouchstoneDep) -> MotifPublic:
    """Put a motif back into matching."""
    return MotifPublic.of(touchstone.registry.enable_motif(number))


@router.post(
    "/{motif_id}/release",
    summary="Let a motif out of quarantine",
    responses=refusals(NotFoundError, ConflictError),
)
def release_motif(number: MotifNumberDep, touchstone: TouchstoneDep) -> MotifPublic:
    """Let its matches count again; reviews from before never count against it again."""
    return MotifPublic.of(touchstone.flood.release(number))

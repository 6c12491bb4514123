"""`/v1/keys`: who may use the service."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from app.api.cursors import PagingDep
from app.api.dependencies import LocatorDep, TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.keys import KeyCreate, KeyMade, KeyPage, KeyPublic
from app.domain.errors import NotFoundError
from app.domain.registry import IdPrefix, parse_id

router = APIRouter(prefix="/v1/keys", tags=["keys"])


async def key_number(key_id: Annotated[str, Path(description="A key's id.")]) -> int:
    """Return the key in the path."""
    return parse_id(IdPrefix.KEY, key_id)


KeyNumberDep = Annotated[int, Depends(key_number)]


@router.post("", status_code=201, summary="Make a key", responses=refusals(400, 413))
def create_key(
    create: KeyCreate, touchstone: TouchstoneDep, locator: LocatorDep, response: Response
) -> KeyMade:
    """Make a key and show its token, this once.

    The first key closes the service: from then on every request needs one.
    """
    made = KeyMade.made(touchstone.keys.make(create.name, create.scopes, create.rate_per_minute))
    response.headers.update(locator.of("get_key", key_id=made.id))
    return made


@router.get("", summary="List keys", responses=refusals())
def list_keys(touchstone: TouchstoneDep, paging: PagingDep) -> KeyPage:
    """List keys, oldest first, revoked ones included."""
    found = touchstone.keys.store.list(after=paging.position or 0, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return KeyPage(items=tuple(KeyPublic.of(key) for key in page), next_cursor=cursor)


@router.get("/{key_id}", summary="Get a key", responses=refusals(NotFoundError))
def get_key(number: KeyNumberDep, touchstone: TouchstoneDep) -> KeyPublic:
    """Return a key."""
    return KeyPublic.of(touchstone.keys.store.get(number))


@router.delete("/{key_id}", summary="Revoke a key", responses=refusals(NotFoundError))
def revoke_key(number: KeyNumberDep, touchstone: TouchstoneDep) -> KeyPublic:
    """Revoke a key, for good; the very next request that it makes is refused."""
    return KeyPublic.of(touchstone.keys.store.revoke(number))

"""`/v1/brands`: upkeep of the registry's brands."""

from fastapi import APIRouter, Response

from app.api.cursors import PagingDep
from app.api.dependencies import BrandNumberDep, LocatorDep, TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.brands import BrandCreate, BrandPage, BrandPublic, BrandUpdate
from app.domain.errors import ConflictError, NotFoundError

router = APIRouter(prefix="/v1/brands", tags=["brands"])


@router.post(
    "",
    status_code=201,
    summary="Register a brand",
    responses=refusals(400, 413, ConflictError),
)
def create_brand(
    create: BrandCreate, touchstone: TouchstoneDep, locator: LocatorDep, response: Response
) -> BrandPublic:
    """Register a brand; its name must not be taken."""
    prices = tuple(each.to_range() for each in create.prices)
    brand = BrandPublic.of(touchstone.registry.add_brand(create.name, create.aliases, prices))
    response.headers.update(locator.of("get_brand", brand_id=brand.id))
    return brand


@router.get("", summary="List brands", responses=refusals())
def list_brands(touchstone: TouchstoneDep, paging: PagingDep) -> BrandPage:
    """List brands, oldest first."""
    found = touchstone.registry.brands(after=paging.position or 0, limit=paging.ask_for)
    page, cursor = paging.cut(found)
    return BrandPage(items=tuple(BrandPublic.of(brand) for brand in page), next_cursor=cursor)


@router.get("/{brand_id}", summary="Get a brand", responses=refusals(NotFoundError))
def get_brand(number: BrandNumberDep, touchstone: TouchstoneDep) -> BrandPublic:
    """Return a brand."""
    return BrandPublic.of(touchstone.registry.brand(number))


@router.patch(
    "/{brand_id}",
    summary="Change a brand",
    responses=refusals(400, 413, NotFoundError, ConflictError),
)
def change_brand(
    number: BrandNumberDep, update: BrandUpdate, touchstone: TouchstoneDep
) -> BrandPublic:
    """Rename a brand, or replace its other names or its known prices."""
    prices = None if update.prices is None else tuple(p.to_range() for p in update.prices)
    changed = touchstone.registry.change_brand(
        number, name=update.name, aliases=update.aliases, prices=prices
    )
    return BrandPublic.of(changed)


@router.delete(
    "/{brand_id}",
    status_code=204,
    response_class=Response,
    summary="Remove a brand",
    responses=refusals(NotFoundError, ConflictError),
)
def remove_brand(number: BrandNumberDep, touchstone: TouchstoneDep) -> None:
    """Remove a brand with its sellers; refused while it has motifs."""
    touchstone.registry.remove_brand(number)

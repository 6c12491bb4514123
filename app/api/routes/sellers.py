"""`/v1/brands/{brand_id}/sellers`: who may sell a brand's goods, where and how long."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from app.api.cursors import PagingDep
from app.api.dependencies import BrandNumberDep, LocatorDep, TouchstoneDep
from app.api.problems import refusals
from app.api.schemas.sellers import SellerCreate, SellerPage, SellerPublic
from app.domain.errors import NotFoundError
from app.domain.registry import IdPrefix, parse_id
from app.domain.sellers import Seller

router = APIRouter(prefix="/v1/brands/{brand_id}/sellers", tags=["brands"])


async def seller_number(
    authorisation_id: Annotated[str, Path(description="An authorisation's id.")],
) -> int:
    """Return the authorisation in the path."""
    return parse_id(IdPrefix.SELLER, authorisation_id)


SellerNumberDep = Annotated[int, Depends(seller_number)]


def stored_seller(
    brand: BrandNumberDep, number: SellerNumberDep, touchstone: TouchstoneDep
) -> Seller:
    """Return the authorisation in the path; one of another brand is not found under this one."""
    seller = touchstone.registry.seller(number)
    if seller.brand_id != brand:
        raise NotFoundError("the brand has no such seller")
    return seller


StoredSellerDep = Annotated[Seller, Depends(stored_seller)]


@router.post(
    "",
    status_code=201,
    summary="Authorise a seller",
    responses={
        200: {"model": SellerPublic, "description": "It existed and is now as it was sent."},
        **refusals(400, 413, NotFoundError),
    },
)
def create_seller(
    brand: BrandNumberDep,
    create: SellerCreate,
    touchstone: TouchstoneDep,
    locator: LocatorDep,
    response: Response,
) -> SellerPublic:
    """Say that a seller may sell the brand's goods, in one territory or everywhere.

    A brand, a seller and a territory have one authorisation: sent again with other dates, kind or
    note, it takes them over and is answered with status 200.
    """
    stored, is_new = touchstone.registry.ensure_seller(brand, create.to_seller())
    seller = SellerPublic.of(stored)
    response.status_code = 201 if is_new else 200
    ids = {"brand_id": seller.brand_id, "authorisation_id": seller.id}
    response.headers.update(locator.of("get_seller", **ids))
    return seller


@router.get("", summary="List a brand's sellers", responses=refusals(NotFoundError))
def list_sellers(
    brand: BrandNumberDep,
    touchstone: TouchstoneDep,
    paging: PagingDep,
    seller_id: Annotated[str | None, Query(max_length=500, description="Only this seller.")] = None,
) -> SellerPage:
    """List who may sell the brand's goods, or could once, oldest first."""
    found = touchstone.registry.sellers(
        brand_id=touchstone.registry.brand(brand).id,
        named=seller_id,
        after=paging.position or 0,
        limit=paging.ask_for,
    )
    page, cursor = paging.cut(found)
    return SellerPage(items=tuple(SellerPublic.of(each) for each in page), next_cursor=cursor)


@router.get("/{authorisation_id}", summary="Get a seller", responses=refusals(NotFoundError))
def get_seller(seller: StoredSellerDep) -> SellerPublic:
    """Return an authorisation."""
    return SellerPublic.of(seller)


@router.delete(
    "/{authorisation_id}",
    status_code=204,
    response_class=Response,
    summary="Withdraw a seller's authorisation",
    responses=refusals(NotFoundError),
)
def remove_seller(seller: StoredSellerDep, touchstone: TouchstoneDep) -> None:
    """Withdraw an authorisation; the very next listing is judged without it."""
    touchstone.registry.remove_seller(seller.id)

"""Calls of the group brands.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, step
from touchstone_client.models import (
    BrandCreate,
    BrandPage,
    BrandPublic,
    BrandUpdate,
    SellerCreate,
    SellerPage,
    SellerPublic,
)


class BrandsCalls(Sender):
    """Calls of the group brands, one after the other."""

    def create_brand(self, body: BrandCreate, *, idempotency_key: str | None = None) -> BrandPublic:
        """Register a brand.

        Register a brand; its name must not be taken.
        """
        return self._send(
            Call(
                "POST",
                "/v1/brands",
                BrandPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_brands(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[BrandPublic]:
        """List brands.

        List brands, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/brands",
                BrandPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_brand(self, brand_id: str) -> BrandPublic:
        """Get a brand.

        Return a brand.
        """
        return self._send(
            Call("GET", f"/v1/brands/{step(brand_id)}", BrandPublic.model_validate_json)
        )

    def change_brand(
        self, brand_id: str, body: BrandUpdate, *, idempotency_key: str | None = None
    ) -> BrandPublic:
        """Change a brand.

        Rename a brand, or replace its other names or its known prices.
        """
        return self._send(
            Call(
                "PATCH",
                f"/v1/brands/{step(brand_id)}",
                BrandPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def remove_brand(self, brand_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a brand.

        Remove a brand with its sellers; refused while it has motifs.
        """
        self._send(
            Call("DELETE", f"/v1/brands/{step(brand_id)}", nothing, keyed=True, key=idempotency_key)
        )

    def create_seller(
        self, brand_id: str, body: SellerCreate, *, idempotency_key: str | None = None
    ) -> SellerPublic:
        """Authorise a seller.

        Say that a seller may sell the brand's goods, in one territory or everywhere.

        A brand, a seller and a territory have one authorisation: sent again with other dates,
        kind or note, it takes them over and is answered with status 200.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/brands/{step(brand_id)}/sellers",
                SellerPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_sellers(
        self,
        brand_id: str,
        *,
        seller_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Iterator[SellerPublic]:
        """List a brand's sellers.

        List who may sell the brand's goods, or could once, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/brands/{step(brand_id)}/sellers",
                SellerPage.model_validate_json,
                query={"seller_id": seller_id, "limit": limit, "cursor": cursor},
            )
        )

    def get_seller(self, brand_id: str, authorisation_id: str) -> SellerPublic:
        """Get a seller.

        Return an authorisation.
        """
        return self._send(
            Call(
                "GET",
                f"/v1/brands/{step(brand_id)}/sellers/{step(authorisation_id)}",
                SellerPublic.model_validate_json,
            )
        )

    def remove_seller(
        self, brand_id: str, authorisation_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Withdraw a seller's authorisation.

        Withdraw an authorisation; the very next listing is judged without it.
        """
        self._send(
            Call(
                "DELETE",
                f"/v1/brands/{step(brand_id)}/sellers/{step(authorisation_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )


class AsyncBrandsCalls(AsyncSender):
    """Calls of the group brands, without waiting."""

    async def create_brand(
        self, body: BrandCreate, *, idempotency_key: str | None = None
    ) -> BrandPublic:
        """Register a brand.

        Register a brand; its name must not be taken.
        """
        return await self._send(
            Call(
                "POST",
                "/v1/brands",
                BrandPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_brands(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[BrandPublic]:
        """List brands.

        List brands, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/brands",
                BrandPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_brand(self, brand_id: str) -> BrandPublic:
        """Get a brand.

        Return a brand.
        """
        return await self._send(
            Call("GET", f"/v1/brands/{step(brand_id)}", BrandPublic.model_validate_json)
        )

    async def change_brand(
        self, brand_id: str, body: BrandUpdate, *, idempotency_key: str | None = None
    ) -> BrandPublic:
        """Change a brand.

        Rename a brand, or replace its other names or its known prices.
        """
        return await self._send(
            Call(
                "PATCH",
                f"/v1/brands/{step(brand_id)}",
                BrandPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def remove_brand(self, brand_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a brand.

        Remove a brand with its sellers; refused while it has motifs.
        """
        await self._send(
            Call("DELETE", f"/v1/brands/{step(brand_id)}", nothing, keyed=True, key=idempotency_key)
        )

    async def create_seller(
        self, brand_id: str, body: SellerCreate, *, idempotency_key: str | None = None
    ) -> SellerPublic:
        """Authorise a seller.

        Say that a seller may sell the brand's goods, in one territory or everywhere.

        A brand, a seller and a territory have one authorisation: sent again with other dates,
        kind or note, it takes them over and is answered with status 200.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/brands/{step(brand_id)}/sellers",
                SellerPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_sellers(
        self,
        brand_id: str,
        *,
        seller_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> AsyncIterator[SellerPublic]:
        """List a brand's sellers.

        List who may sell the brand's goods, or could once, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/brands/{step(brand_id)}/sellers",
                SellerPage.model_validate_json,
                query={"seller_id": seller_id, "limit": limit, "cursor": cursor},
            )
        )

    async def get_seller(self, brand_id: str, authorisation_id: str) -> SellerPublic:
        """Get a seller.

        Return an authorisation.
        """
        return await self._send(
            Call(
                "GET",
                f"/v1/brands/{step(brand_id)}/sellers/{step(authorisation_id)}",
                SellerPublic.model_validate_json,
            )
        )

    async def remove_seller(
        self, brand_id: str, authorisation_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Withdraw a seller's authorisation.

        Withdraw an authorisation; the very next listing is judged without it.
        """
        await self._send(
            Call(
                "DELETE",
                f"/v1/brands/{step(brand_id)}/sellers/{step(authorisation_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )

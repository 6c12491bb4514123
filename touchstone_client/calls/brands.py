"""Calls of the group brands.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, step
from touchstone_client.models import BrandCreate, BrandPage, BrandPublic, BrandUpdate


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

        Rename a brand or replace its other names.
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

        Remove a brand; refused while it has motifs.
        """
        self._send(
            Call("DELETE", f"/v1/brands/{step(brand_id)}", nothing, keyed=True, key=idempotency_key)
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

        Rename a brand or replace its other names.
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

        Remove a brand; refused while it has motifs.
        """
        await self._send(
            Call("DELETE", f"/v1/brands/{step(brand_id)}", nothing, keyed=True, key=idempotency_key)
        )

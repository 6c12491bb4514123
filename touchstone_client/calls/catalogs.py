"""Calls of the group catalogs.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, step
from touchstone_client.models import CatalogPage, CatalogPublic


class CatalogsCalls(Sender):
    """Calls of the group catalogs, one after the other."""

    def list_catalogs(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[CatalogPublic]:
        """List catalogues, newest first."""
        return self._pages(
            Call(
                "GET",
                "/v1/catalogs",
                CatalogPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_catalog(self, catalog_id: str) -> CatalogPublic:
        """Get a catalogue.

        Return a catalogue and how far it is.
        """
        return self._send(
            Call("GET", f"/v1/catalogs/{step(catalog_id)}", CatalogPublic.model_validate_json)
        )

    def remove_catalog(self, catalog_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a catalogue.

        Remove a catalogue that is over, with its results and what was uploaded.
        """
        self._send(
            Call(
                "DELETE",
                f"/v1/catalogs/{step(catalog_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )

    def cancel_catalog(
        self, catalog_id: str, *, idempotency_key: str | None = None
    ) -> CatalogPublic:
        """Cancel a catalogue.

        Cancel a catalogue; one that is being scored is let go of within seconds.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/catalogs/{step(catalog_id)}/cancel",
                CatalogPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )


class AsyncCatalogsCalls(AsyncSender):
    """Calls of the group catalogs, without waiting."""

    def list_catalogs(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[CatalogPublic]:
        """List catalogues, newest first."""
        return self._pages(
            Call(
                "GET",
                "/v1/catalogs",
                CatalogPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_catalog(self, catalog_id: str) -> CatalogPublic:
        """Get a catalogue.

        Return a catalogue and how far it is.
        """
        return await self._send(
            Call("GET", f"/v1/catalogs/{step(catalog_id)}", CatalogPublic.model_validate_json)
        )

    async def remove_catalog(self, catalog_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a catalogue.

        Remove a catalogue that is over, with its results and what was uploaded.
        """
        await self._send(
            Call(
                "DELETE",
                f"/v1/catalogs/{step(catalog_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def cancel_catalog(
        self, catalog_id: str, *, idempotency_key: str | None = None
    ) -> CatalogPublic:
        """Cancel a catalogue.

        Cancel a catalogue; one that is being scored is let go of within seconds.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/catalogs/{step(catalog_id)}/cancel",
                CatalogPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

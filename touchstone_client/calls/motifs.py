"""Calls of the group motifs.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, step
from touchstone_client.models import MotifCreate, MotifDisable, MotifPage, MotifPublic, MotifUpdate


class MotifsCalls(Sender):
    """Calls of the group motifs, one after the other."""

    def create_motif(self, body: MotifCreate, *, idempotency_key: str | None = None) -> MotifPublic:
        """Register a motif.

        Register a motif, and its brand where that is missing.

        A motif of that brand and name that exists already is returned with status 200; words,
        registrations and the expected place that it lacked are added to it.
        """
        return self._send(
            Call(
                "POST",
                "/v1/motifs",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_motifs(
        self, *, brand_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[MotifPublic]:
        """List motifs.

        List motifs, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/motifs",
                MotifPage.model_validate_json,
                query={"brand_id": brand_id, "limit": limit, "cursor": cursor},
            )
        )

    def get_motif(self, motif_id: str) -> MotifPublic:
        """Get a motif.

        Return a motif.
        """
        return self._send(
            Call("GET", f"/v1/motifs/{step(motif_id)}", MotifPublic.model_validate_json)
        )

    def change_motif(
        self, motif_id: str, body: MotifUpdate, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Change a motif.

        Rename a motif, or replace its words, its registrations or its expected place.
        """
        return self._send(
            Call(
                "PATCH",
                f"/v1/motifs/{step(motif_id)}",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def remove_motif(self, motif_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a motif.

        Remove a motif with its references; its id is never used again.
        """
        self._send(
            Call("DELETE", f"/v1/motifs/{step(motif_id)}", nothing, keyed=True, key=idempotency_key)
        )

    def disable_motif(
        self, motif_id: str, body: MotifDisable | None = None, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Switch a motif off.

        Take a motif out of matching, for good or until a moment; its references are kept.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/disable",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def enable_motif(self, motif_id: str, *, idempotency_key: str | None = None) -> MotifPublic:
        """Switch a motif on.

        Put a motif back into matching.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/enable",
                MotifPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

    def release_motif(self, motif_id: str, *, idempotency_key: str | None = None) -> MotifPublic:
        """Let a motif out of quarantine.

        Let its matches count again; reviews from before never count against it again.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/release",
                MotifPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )


class AsyncMotifsCalls(AsyncSender):
    """Calls of the group motifs, without waiting."""

    async def create_motif(
        self, body: MotifCreate, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Register a motif.

        Register a motif, and its brand where that is missing.

        A motif of that brand and name that exists already is returned with status 200; words,
        registrations and the expected place that it lacked are added to it.
        """
        return await self._send(
            Call(
                "POST",
                "/v1/motifs",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_motifs(
        self, *, brand_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[MotifPublic]:
        """List motifs.

        List motifs, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/motifs",
                MotifPage.model_validate_json,
                query={"brand_id": brand_id, "limit": limit, "cursor": cursor},
            )
        )

    async def get_motif(self, motif_id: str) -> MotifPublic:
        """Get a motif.

        Return a motif.
        """
        return await self._send(
            Call("GET", f"/v1/motifs/{step(motif_id)}", MotifPublic.model_validate_json)
        )

    async def change_motif(
        self, motif_id: str, body: MotifUpdate, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Change a motif.

        Rename a motif, or replace its words, its registrations or its expected place.
        """
        return await self._send(
            Call(
                "PATCH",
                f"/v1/motifs/{step(motif_id)}",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def remove_motif(self, motif_id: str, *, idempotency_key: str | None = None) -> None:
        """Remove a motif.

        Remove a motif with its references; its id is never used again.
        """
        await self._send(
            Call("DELETE", f"/v1/motifs/{step(motif_id)}", nothing, keyed=True, key=idempotency_key)
        )

    async def disable_motif(
        self, motif_id: str, body: MotifDisable | None = None, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Switch a motif off.

        Take a motif out of matching, for good or until a moment; its references are kept.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/disable",
                MotifPublic.model_validate_json,
                body=body,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def enable_motif(
        self, motif_id: str, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Switch a motif on.

        Put a motif back into matching.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/enable",
                MotifPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def release_motif(
        self, motif_id: str, *, idempotency_key: str | None = None
    ) -> MotifPublic:
        """Let a motif out of quarantine.

        Let its matches count again; reviews from before never count against it again.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/release",
                MotifPublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

"""Calls of the group references.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, nothing, raw, step
from touchstone_client.models import QuarantinePage, ReferencePage, ReferencePublic


class ReferencesCalls(Sender):
    """Calls of the group references, one after the other."""

    def list_references(
        self, motif_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[ReferencePublic]:
        """List a motif's references.

        List a motif's references, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/motifs/{step(motif_id)}/references",
                ReferencePage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_reference(self, motif_id: str, reference_id: str) -> ReferencePublic:
        """Get a reference.

        Return a reference.
        """
        return self._send(
            Call(
                "GET",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}",
                ReferencePublic.model_validate_json,
            )
        )

    def remove_reference(
        self, motif_id: str, reference_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Remove a reference.

        Remove a reference; the very next photo is judged without it.
        """
        self._send(
            Call(
                "DELETE",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )

    def get_reference_image(self, motif_id: str, reference_id: str) -> bytes:
        """Get a reference's image.

        Return the image file as it was enrolled.
        """
        return self._send(
            Call("GET", f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}/image", raw)
        )

    def release_reference(
        self, motif_id: str, reference_id: str, *, idempotency_key: str | None = None
    ) -> ReferencePublic:
        """Let a reference out of quarantine.

        Let photos be matched against it in spite of its findings, which are kept.
        """
        return self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}/release",
                ReferencePublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_quarantined(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[ReferencePublic]:
        """List what is in quarantine.

        List the references that take no part in matching, and the motifs that count in no
        verdict.

        References come by page, oldest first, with what was found; motifs are few and on
        every page.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/quarantine",
                QuarantinePage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )


class AsyncReferencesCalls(AsyncSender):
    """Calls of the group references, without waiting."""

    def list_references(
        self, motif_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[ReferencePublic]:
        """List a motif's references.

        List a motif's references, oldest first.
        """
        return self._pages(
            Call(
                "GET",
                f"/v1/motifs/{step(motif_id)}/references",
                ReferencePage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_reference(self, motif_id: str, reference_id: str) -> ReferencePublic:
        """Get a reference.

        Return a reference.
        """
        return await self._send(
            Call(
                "GET",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}",
                ReferencePublic.model_validate_json,
            )
        )

    async def remove_reference(
        self, motif_id: str, reference_id: str, *, idempotency_key: str | None = None
    ) -> None:
        """Remove a reference.

        Remove a reference; the very next photo is judged without it.
        """
        await self._send(
            Call(
                "DELETE",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}",
                nothing,
                keyed=True,
                key=idempotency_key,
            )
        )

    async def get_reference_image(self, motif_id: str, reference_id: str) -> bytes:
        """Get a reference's image.

        Return the image file as it was enrolled.
        """
        return await self._send(
            Call("GET", f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}/image", raw)
        )

    async def release_reference(
        self, motif_id: str, reference_id: str, *, idempotency_key: str | None = None
    ) -> ReferencePublic:
        """Let a reference out of quarantine.

        Let photos be matched against it in spite of its findings, which are kept.
        """
        return await self._send(
            Call(
                "POST",
                f"/v1/motifs/{step(motif_id)}/references/{step(reference_id)}/release",
                ReferencePublic.model_validate_json,
                keyed=True,
                key=idempotency_key,
            )
        )

    def list_quarantined(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[ReferencePublic]:
        """List what is in quarantine.

        List the references that take no part in matching, and the motifs that count in no
        verdict.

        References come by page, oldest first, with what was found; motifs are few and on
        every page.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/quarantine",
                QuarantinePage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

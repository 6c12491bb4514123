"""Calls of the group keys.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from collections.abc import AsyncIterator, Iterator

from touchstone_client.calling import AsyncSender, Call, Sender, step
from touchstone_client.models import KeyCreate, KeyMade, KeyPage, KeyPublic


class KeysCalls(Sender):
    """Calls of the group keys, one after the other."""

    def create_key(self, body: KeyCreate) -> KeyMade:
        """Make a key.

        Make a key and show its token, this once.

        The first key closes the service: from then on every request needs one.
        """
        return self._send(Call("POST", "/v1/keys", KeyMade.model_validate_json, body=body))

    def list_keys(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> Iterator[KeyPublic]:
        """List keys.

        List keys, oldest first, revoked ones included.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/keys",
                KeyPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    def get_key(self, key_id: str) -> KeyPublic:
        """Get a key.

        Return a key.
        """
        return self._send(Call("GET", f"/v1/keys/{step(key_id)}", KeyPublic.model_validate_json))

    def revoke_key(self, key_id: str) -> KeyPublic:
        """Revoke a key.

        Revoke a key, for good; the very next request that it makes is refused.
        """
        return self._send(Call("DELETE", f"/v1/keys/{step(key_id)}", KeyPublic.model_validate_json))


class AsyncKeysCalls(AsyncSender):
    """Calls of the group keys, without waiting."""

    async def create_key(self, body: KeyCreate) -> KeyMade:
        """Make a key.

        Make a key and show its token, this once.

        The first key closes the service: from then on every request needs one.
        """
        return await self._send(Call("POST", "/v1/keys", KeyMade.model_validate_json, body=body))

    def list_keys(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AsyncIterator[KeyPublic]:
        """List keys.

        List keys, oldest first, revoked ones included.
        """
        return self._pages(
            Call(
                "GET",
                "/v1/keys",
                KeyPage.model_validate_json,
                query={"limit": limit, "cursor": cursor},
            )
        )

    async def get_key(self, key_id: str) -> KeyPublic:
        """Get a key.

        Return a key.
        """
        return await self._send(
            Call("GET", f"/v1/keys/{step(key_id)}", KeyPublic.model_validate_json)
        )

    async def revoke_key(self, key_id: str) -> KeyPublic:
        """Revoke a key.

        Revoke a key, for good; the very next request that it makes is refused.
        """
        return await self._send(
            Call("DELETE", f"/v1/keys/{step(key_id)}", KeyPublic.model_validate_json)
        )

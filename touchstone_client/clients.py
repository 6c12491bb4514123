"""The two clients: one that waits, one that does not.

    with Client("https://touchstone.internal", key="ts_…") as client:
        assessment = client.create_assessment(ListingCreate(listing_id="B09X"), [Path("1.jpg")])

One client may be shared between threads (or tasks); it keeps its connections open until closed.
"""

import asyncio
import time
from types import TracebackType
from typing import Any, Self

import httpx2

from touchstone_client.calling import Answer, Call, Exchange
from touchstone_client.calls import AsyncCalls, Calls
from touchstone_client.catalogs import AsyncCatalogCalls, CatalogCalls
from touchstone_client.retrying import Retries
from touchstone_client.uploads import AsyncUploadCalls, UploadCalls

_TIMEOUT = 60.0  # seconds; a listing of many photos may take a few


def _options(url: str, key: str | None, timeout: float) -> dict[str, Any]:
    headers = {"User-Agent": "touchstone-client"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return {"base_url": url, "headers": headers, "timeout": timeout}


class Client(Calls, CatalogCalls, UploadCalls):
    """Calls the API and waits for its answers."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = _TIMEOUT,
        retries: Retries | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Set up without connecting.

        Args:
            url: where the service is, without `/v1`.
            key: the token of an API key; none for a service on this machine that has no keys.
            timeout: seconds for each step of one try: connecting, sending, waiting.
            retries: how patient to be.
            transport: how requests are sent, where the usual way will not do.
        """
        self._retries = Retries() if retries is None else retries
        self._http = httpx2.Client(**_options(url, key, timeout), transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, call: Call[Answer]) -> Answer:
        exchange = Exchange(call, self._retries)
        while True:
            try:
                answer = self._http.request(**exchange.request())
            except httpx2.TransportError as error:
                wait: float | None = exchange.lost(error)
            else:
                wait = exchange.answered(answer.status_code, answer.headers, answer.content)
                if wait is None:
                    return exchange.result(answer.content)
            time.sleep(wait or 0)


class AsyncClient(AsyncCalls, AsyncCatalogCalls, AsyncUploadCalls):
    """Calls the API without blocking."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = _TIMEOUT,
        retries: Retries | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Set up without connecting; the arguments are those of `Client`."""
        self._retries = Retries() if retries is None else retries
        self._http = httpx2.AsyncClient(**_options(url, key, timeout), transport=transport)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _send(self, call: Call[Answer]) -> Answer:
        exchange = Exchange(call, self._retries)
        while True:
            try:
                answer = await self._http.request(**exchange.request())
            except httpx2.TransportError as error:
                wait: float | None = exchange.lost(error)
            else:
                wait = exchange.answered(answer.status_code, answer.headers, answer.content)
                if wait is None:
                    return exchange.result(answer.content)
            await asyncio.sleep(wait or 0)

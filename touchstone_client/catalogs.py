"""The calls for catalogues that no rule makes: sending one, and its results in their forms."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from touchstone_client.calling import AsyncSender, Call, PageLike, Part, Sender, raw, step
from touchstone_client.models import (
    CatalogCreate,
    CatalogPublic,
    CatalogResults,
    ResultFormat,
    Verdict,
)


def sending(catalog: Path, encoding: str, key: str | None) -> Call[CatalogPublic]:
    """Return the call that sends a file, which is read whole."""
    part: Part = ("catalog", (catalog.name, catalog.read_bytes(), "application/octet-stream"))
    texts: list[Part] = [("encoding", (None, encoding.encode(), "text/plain"))] if encoding else []
    read = CatalogPublic.model_validate_json
    return Call("POST", "/v1/catalogs", read, form=[part, *texts], keyed=True, key=key)


def naming(body: CatalogCreate, key: str | None) -> Call[CatalogPublic]:
    """Return the call that names a catalogue on the service's own disks."""
    read = CatalogPublic.model_validate_json
    return Call("POST", "/v1/catalogs", read, body=body, keyed=True, key=key)


def paging(
    catalog_id: str, verdict: Verdict | None, limit: int | None
) -> Call[PageLike[dict[str, Any]]]:
    """Return the call for the first page of results."""
    query = {"format": "page", "verdict": verdict and verdict.value, "limit": limit}
    path = f"/v1/catalogs/{step(catalog_id)}/results"
    return Call("GET", path, CatalogResults.model_validate_json, query=query)


def fetching(catalog_id: str, wanted: ResultFormat) -> Call[bytes]:
    """Return the call for results as a file."""
    path = f"/v1/catalogs/{step(catalog_id)}/results"
    return Call("GET", path, raw, query={"format": wanted.value})


class CatalogCalls(Sender):
    """Catalogues, and what came out."""

    def create_catalog(
        self,
        catalog: Path | CatalogCreate,
        *,
        encoding: str = "",
        idempotency_key: str | None = None,
    ) -> CatalogPublic:
        """Have a catalogue scored in the background: a file, or one on the service's own disks."""
        if isinstance(catalog, CatalogCreate):
            return self._send(naming(catalog, idempotency_key))
        return self._send(sending(catalog, encoding, idempotency_key))

    def get_results(
        self, catalog_id: str, *, verdict: Verdict | None = None, limit: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Walk over a catalogue's assessments, in its order."""
        return self._pages(paging(catalog_id, verdict, limit))

    def get_results_file(self, catalog_id: str, wanted: ResultFormat = ResultFormat.JSONL) -> bytes:
        """Return a catalogue's results, or its report, as a file."""
        return self._send(fetching(catalog_id, wanted))


class AsyncCatalogCalls(AsyncSender):
    """The same without blocking."""

    async def create_catalog(
        self,
        catalog: Path | CatalogCreate,
        *,
        encoding: str = "",
        idempotency_key: str | None = None,
    ) -> CatalogPublic:
        """Have a catalogue scored in the background: a file, or one on the service's own disks."""
        if isinstance(catalog, CatalogCreate):
            return await self._send(naming(catalog, idempotency_key))
        return await self._send(sending(catalog, encoding, idempotency_key))

    def get_results(
        self, catalog_id: str, *, verdict: Verdict | None = None, limit: int | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """Walk over a catalogue's assessments, in its order."""
        return self._pages(paging(catalog_id, verdict, limit))

    async def get_results_file(
        self, catalog_id: str, wanted: ResultFormat = ResultFormat.JSONL
    ) -> bytes:
        """Return a catalogue's results, or its report, as a file."""
        return await self._send(fetching(catalog_id, wanted))

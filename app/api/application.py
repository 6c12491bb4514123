"""Puts the API onto a FastAPI application: routes, problems, middlewares, description."""

from collections.abc import Sequence

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api.access import Access
from app.api.dependencies import ApiOptions
from app.api.doorman import Doorman
from app.api.errands import RoomOptions, Rooms
from app.api.headers import SafeHeaders
from app.api.idempotency import HEADER, REPLAYED, Idempotency
from app.api.methods import Methods
from app.api.metrics import Metrics
from app.api.middleware import REQUEST_ID_HEADER, BodyLimit, RequestContext
from app.api.openapi import describe
from app.api.problems import Document, install_handlers
from app.api.routes import (
    assessments,
    audit,
    brands,
    catalogs,
    documentation,
    explain,
    health,
    keys,
    motifs,
    quarantine,
    references,
    reviews,
    search,
    sellers,
    webhooks,
)
from app.api.tracing import HEADER as TRACE_HEADER
from app.api.tracing import tracing

__all__ = ["ApiOptions", "RoomOptions", "close", "install", "leave"]


def install(app: FastAPI, options: ApiOptions) -> None:
    """Install everything; the service itself is put on `app.state.touchstone` when it starts."""
    app.state.tracing = spans = tracing(options.traces_url)
    app.state.metrics = metrics = Metrics(spans.stage)
    app.state.rooms = Rooms(options.rooms, metrics)
    app.state.leaving = False
    app.state.probes = CapacityLimiter(2)
    app.state.api_options = options
    rooms = (
        assessments,
        search,
        explain,
        catalogs,
        brands,
        sellers,
        motifs,
        references,
        reviews,
        quarantine,
        webhooks,
        keys,
        audit,
        health,
        documentation,
    )
    app.state.methods = Methods(route for room in rooms for route in room.router.routes)
    for room in rooms:
        app.include_router(room.router)
    documentation.mount_assets(app)
    install_handlers(app)
    app.add_middleware(Idempotency)
    # The one added last is outermost: even a refused body has an id and is counted.
    app.add_middleware(
        BodyLimit,
        max_bytes=options.max_request_bytes,
        larger={"/v1/catalogs": options.max_catalog_bytes},
        seconds=options.upload_seconds,
    )
    app.add_middleware(Doorman, rooms=app.state.rooms, at_once=options.uploads_at_once)
    app.add_middleware(Access, rate_per_minute=options.rate_per_minute, anonymous=options.anonymous)
    if options.cors_origins:
        _allow(app, options.cors_origins)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestContext, metrics=metrics, tracing=spans)

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    # The way that the library documents: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = openapi  # type: ignore[method-assign]


def _allow(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins call the API."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Prefer",
            HEADER,
            REQUEST_ID_HEADER,
            TRACE_HEADER,
        ],
        expose_headers=[
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            REPLAYED,
            REQUEST_ID_HEADER,
            TRACE_HEADER,
        ],
    )


def leave(app: FastAPI) -> None:
    """Say from now on that the service is not ready, while it still answers."""
    app.state.leaving = True


def close(app: FastAPI) -> None:
    """Wait for those at work, and send the spans that are left."""
    app.state.rooms.close()
    app.state.tracing.close()

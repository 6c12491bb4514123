"""Puts the API onto a FastAPI application: routes, problems, middlewares, description."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api.access import Access
from app.api.dependencies import ApiOptions
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

__all__ = ["ApiOptions", "install"]


def install(app: FastAPI, options: ApiOptions) -> None:
    """Install everything; the service itself is put on `app.state.touchstone` when it starts."""
    metrics = Metrics()
    app.state.metrics = metrics
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
    )
    app.add_middleware(Access, rate_per_minute=options.rate_per_minute, anonymous=options.anonymous)
    if options.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", HEADER, REQUEST_ID_HEADER],
            expose_headers=[
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                REPLAYED,
                REQUEST_ID_HEADER,
            ],
        )
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestContext, metrics=metrics)

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    # The way that the library documents: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = openapi  # type: ignore[method-assign]

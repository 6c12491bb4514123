"""The web application: `uvicorn --factory app.main:create_app`.

Every call makes a fresh application with a service of its own; importing this file makes nothing.
The service is built when the application starts, so a model or a database that is refused ends
the start with its reason, and it is closed when the application stops.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from anyio import to_thread
from fastapi import FastAPI

from app.api import ApiOptions, RoomOptions, close, install
from app.bootstrap import build
from app.logs import log_to_stderr
from app.services.touchstone import Touchstone
from app.settings import Settings


def create_app(settings: Settings | None = None, touchstone: Touchstone | None = None) -> FastAPI:
    """Return an application.

    Args:
        settings: read from the environment and the TOML file when absent.
        touchstone: a running service to use; whoever built it closes it.
    """
    chosen = Settings() if settings is None else settings
    if not structlog.is_configured():  # as it comes, the library shows local variables
        log_to_stderr(chosen.log_format)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = await to_thread.run_sync(build, chosen) if touchstone is None else touchstone
        app.state.touchstone = service
        service.deliverer.start()
        service.retention.start()
        service.refresher.start()
        try:
            yield
        finally:
            await to_thread.run_sync(close, app)
            app.state.touchstone = None
            await to_thread.run_sync(service.refresher.stop)
            await to_thread.run_sync(service.deliverer.stop)
            await to_thread.run_sync(service.retention.stop)
            if touchstone is None:
                await to_thread.run_sync(service.close)

    app = FastAPI(
        title="Touchstone",
        lifespan=lifespan,
        docs_url=None,  # app.api has its own
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    install(
        app,
        ApiOptions(
            max_images_per_listing=chosen.max_images_per_listing,
            max_request_bytes=chosen.max_request_bytes,
            max_catalog_bytes=chosen.max_catalog_bytes,
            rate_per_minute=chosen.rate_per_minute,
            anonymous=chosen.anonymous,
            cors_origins=chosen.cors_origins,
            rooms=RoomOptions(
                places=chosen.photos_at_once,
                waiting=chosen.queue_length,
                fetching=chosen.fetches_at_once,
                seconds=chosen.deadline_seconds,
            ),
            uploads_at_once=chosen.uploads_at_once,
            upload_seconds=chosen.upload_seconds,
            traces_url=chosen.traces_url,
        ),
    )
    return app

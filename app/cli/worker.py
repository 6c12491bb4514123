"""`touchstone worker`: scores the catalogues that came in over HTTP, one at a time.

The model is loaded with the first catalogue, so a worker that has nothing to do takes little.
"""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated

import structlog
import typer

from app.batch.jobs.runner import JobRunner, Means
from app.batch.jobs.worker import Worker, worker_name
from app.bootstrap import (
    build,
    build_catalogs,
    build_queue,
    open_database,
)
from app.cli.catalog_means import means_of, runner_options
from app.cli.run_figures import served
from app.cli.session import explained, read_settings
from app.logs import log_to_stderr
from app.services.touchstone import Touchstone
from app.settings import Settings

_NICE = 10


def worker(
    *,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Serve the run's figures on this port.")
    ] = None,
    attached: Annotated[
        bool,
        typer.Option("--attached", help="End with standard input, and give way to others."),
    ] = False,
) -> None:
    """Score the catalogues that wait, until it is told to stop."""
    with explained():
        settings = read_settings()
        log_to_stderr(settings.log_format)
        database = open_database(settings)
        model = _Model(settings)
        try:
            store = build_catalogs(settings, database).store
            loop = Worker(build_queue(settings), store)
            if attached:
                _end_with_stdin(loop)
            with served(metrics_port) as figures:
                runner = JobRunner(
                    store,
                    model.means,
                    runner_options(settings),
                    worker=worker_name(),
                    stopping=loop.stopping,
                    progress=figures,
                )
                loop.serve(runner.run, ready=lambda: _ready(loop))
        finally:
            model.close()
            database.dispose()


class _Model:
    """The service, built when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._touchstone: Touchstone | None = None

    def means(self) -> Means:
        if self._touchstone is None:
            self._touchstone = build(self._settings)
        return means_of(self._settings, self._touchstone)

    def close(self) -> None:
        if self._touchstone is not None:
            self._touchstone.close()


def _ready(loop: Worker) -> None:
    """Say so, and let signals put the work down; the queue has its own ways until now."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        loop.stop()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    structlog.get_logger(__name__).info("worker_ready", pid=os.getpid())


def _end_with_stdin(loop: Worker) -> None:
    """Stop when whoever started this process ends, however it ends."""
    if hasattr(os, "nice"):
        os.nice(_NICE)  # requests that somebody waits for come first

    def watch() -> None:
        # The descriptor itself: a buffer's lock, held here for ever, would hang the end.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        loop.stop()

    threading.Thread(target=watch, name="parent", daemon=True).start()

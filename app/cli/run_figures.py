"""Figures of a catalogue run for Prometheus, on a port of their own while the run lasts.

`touchstone catalog score --metrics-port` and `touchstone worker --metrics-port` serve them;
those of `touchstone serve` are in `app.api.metrics`.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    ProcessCollector,
    generate_latest,
    start_http_server,
)

from app.batch.tally import Progress, ProgressReport, silent
from app.domain.errors import InvalidInputError

_GAUGES = {
    "touchstone_run_rows": "Rows of the run that are done.",
    "touchstone_run_rows_total": "Rows of the run's catalogue.",
    "touchstone_run_photos": "Photos of the rows that are done.",
    "touchstone_run_photos_per_second": "Photos a second since the run began or was resumed.",
    "touchstone_run_suspects": "Listings found suspect so far.",
    "touchstone_run_seconds_left": "Seconds that the rest takes at the pace so far; -1 if unknown.",
}


class RunFigures:
    """The figures of the run at hand; a `Progress`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        self._gauges = {
            name: Gauge(name, text, registry=self.registry) for name, text in _GAUGES.items()
        }
        self._errors = Gauge(
            "touchstone_run_errors",
            "Bad rows and bad photos so far, by cause.",
            ["cause"],
            registry=self.registry,
        )

    def __call__(self, report: ProgressReport) -> None:
        """Take a report's figures."""
        left = report.seconds_left
        values = (
            report.rows,
            report.total_rows,
            report.photos,
            report.photos_per_second,
            report.suspects,
            -1 if left is None else left,
        )
        for gauge, value in zip(self._gauges.values(), values, strict=True):
            gauge.set(value)
        if report.new_rows == 0:  # another run: what the last one met is not this one's
            self._errors.clear()
        for cause, count in report.causes.items():
            self._errors.labels(cause).set(count)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self.registry)


@contextmanager
def served(port: int | None) -> Iterator[Progress]:
    """Serve figures on the loopback address, and yield what takes them; nothing without a port.

    Raises:
        InvalidInputError: when the port cannot be had.
    """
    if port is None:
        with nullcontext():
            yield silent
        return
    figures = RunFigures()
    try:
        server, thread = start_http_server(port, "127.0.0.1", figures.registry)
    except OSError as error:
        raise InvalidInputError(
            f"figures cannot be served on port {port}: {error.strerror}"
        ) from error
    try:
        yield figures
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def both(first: Progress, second: Progress) -> Progress:
    """Return a function that tells two."""

    def tell(report: ProgressReport) -> None:
        first(report)
        second(report)

    return tell

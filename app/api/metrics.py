"""Figures for Prometheus, in a registry of their own: two applications in one process never mix.

Stages and requests are observed as they happen; what describes a state (the queue, the index, the
model, all in `figures.py`) is looked up when the figures are asked for.
"""

from collections.abc import Iterable
from http import HTTPMethod

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from app.api.figures import BatchFigures, IndexFigures, RoomFigures
from app.domain.assessment import Verdict
from app.domain.catalog_job import JobState
from app.domain.errors import BusyError, DeadlineError, RateLimitedError, StorageError
from app.domain.webhook import DeliveryState
from app.services.admission import WorkRoom
from app.services.stages import STAGES, Observe, unobserved
from app.services.touchstone import Touchstone

CONTENT_TYPE = CONTENT_TYPE_LATEST
UNMATCHED = "unmatched"
GONE = "client_gone"
ROOMS = (ASSESS, FETCH) = ("assess", "fetch")
REFUSALS = (BusyError.code, DeadlineError.code, RateLimitedError.code, GONE)
_STAGE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one application; safe to share between threads."""

    def __init__(self, also: Observe = unobserved) -> None:
        """Set up; `also` is told of every stage as well."""
        self._also = also
        self._registry = registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=registry)
        self._stages = Histogram(
            "touchstone_stage_seconds",
            "Seconds that one stage took for one photo (`judge`: for one listing).",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "touchstone_requests",
            "Requests answered.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._latency = Histogram(
            "touchstone_request_seconds",
            "Seconds from a request's first byte to its answer's last.",
            ["route", "method"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._verdicts = Counter(
            "touchstone_verdicts", "Listings assessed, by verdict.", ["verdict"], registry=registry
        )
        self._rooms = RoomFigures(registry)
        self._batches = BatchFigures(registry)
        self._refused = Counter(
            "touchstone_refused",
            "Requests sent away or given up, by reason.",
            ["reason"],
            registry=registry,
        )
        self._index = IndexFigures(registry)
        self._deliveries = Gauge(
            "touchstone_webhook_deliveries",
            "Messages to webhooks, by state.",
            ["state"],
            registry=registry,
        )
        self._catalogs = Gauge(
            "touchstone_catalogs", "Catalogues, by state.", ["state"], registry=registry
        )
        self._rows_left = Gauge(
            "touchstone_catalog_rows_left",
            "Rows still to be done of catalogues that are not over.",
            registry=registry,
        )
        self._quarantined = Gauge(
            "touchstone_quarantined_motifs", "Motifs that count in no verdict.", registry=registry
        )
        self._start_at_zero()

    def stage(self, stage: str, seconds: float) -> None:
        """Observe one stage; an `Observe` of `app.services.stages`."""
        self._stages.labels(stage).observe(seconds)
        self._also(stage, seconds)

    def waited(self, room: str, seconds: float) -> None:
        """Observe how long somebody waited for a place."""
        self._rooms.seconds.labels(room).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count a request that was sent away or given up."""
        self._refused.labels(reason).inc()

    def verdict(self, verdict: Verdict) -> None:
        """Count a verdict."""
        self._verdicts.labels(verdict).inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, never a path, so that labels stay few."""
        known = method if method in HTTPMethod.__members__ else "OTHER"
        self._requests.labels(route, known, str(status)).inc()
        self._latency.labels(route, known).observe(seconds)

    def model(self, model: str, background: str, runtime: str) -> None:
        """Say with what photos are looked at; what was in use before is no longer shown."""
        self._index.model(model, background, runtime)

    def look_at(self, touchstone: Touchstone, rooms: Iterable[WorkRoom]) -> None:
        """Take the gauges' values; while the database is away the last ones stand."""
        self._rooms.look_at(rooms)
        self._batches.look_at(touchstone.eyes.embedder)
        self._index.look_at(touchstone)
        try:
            self._index.look_at_registry(touchstone)
            self._quarantined.set(len(touchstone.registry.quarantined_motifs()))
            for state, count in touchstone.webhooks.store.counts().items():
                self._deliveries.labels(state).set(count)
            for job_state, count in touchstone.catalogs.store.counts().items():
                self._catalogs.labels(job_state).set(count)
            self._rows_left.set(touchstone.catalogs.store.rows_left())
        except StorageError:
            return

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)

    def _start_at_zero(self) -> None:
        # A rate over a counter that appears with its first event misses that event.
        for stage in STAGES:
            self._stages.labels(stage)
        for verdict in Verdict:
            self._verdicts.labels(verdict)
        for state in DeliveryState:
            self._deliveries.labels(state)
        for job_state in JobState:
            self._catalogs.labels(job_state)
        for reason in REFUSALS:
            self._refused.labels(reason)
        for room in ROOMS:
            self._rooms.start_at_zero(room)

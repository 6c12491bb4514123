"""Figures that describe a state: who waits, what is in the index, what the network gets at a time.

Each group is looked up when the figures are asked for, and shown as it was last seen until then.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from app.services.admission import WorkRoom
from app.services.batch_sizes import BOUNDS, Sizes
from app.services.touchstone import Touchstone
from models.protocols import Embedder

_WAIT_SECONDS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class BatchFigures(Collector):
    """How many regions were embedded at a time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._sizes = Sizes()
        registry.register(self)

    def look_at(self, embedder: Embedder) -> None:
        """Take what the embedder has counted, where it counts."""
        self._sizes = getattr(embedder, "sizes", self._sizes)

    def collect(self) -> Iterable[Metric]:
        """Return the histogram."""
        name, meaning = "touchstone_batch_size", "Regions embedded at a time."
        bounds = [*(str(float(bound)) for bound in BOUNDS), "+Inf"]
        buckets = list(zip(bounds, map(float, self._sizes.counts), strict=True))
        yield HistogramMetricFamily(name, meaning, buckets, float(self._sizes.regions))


class RoomFigures:
    """The figures of every queue and of the places behind it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "touchstone_queue_seconds",
            "Seconds that a request waited for a place.",
            ["room"],
            buckets=_WAIT_SECONDS,
            registry=registry,
        )
        self._depth = Gauge(
            "touchstone_queue_depth", "Requests waiting for a place.", ["room"], registry=registry
        )
        self._limit = Gauge(
            "touchstone_queue_limit", "Requests that may wait.", ["room"], registry=registry
        )
        self._working = Gauge(
            "touchstone_working", "Requests being worked on.", ["room"], registry=registry
        )
        self._places = Gauge(
            "touchstone_places", "Requests worked on at a time.", ["room"], registry=registry
        )

    def start_at_zero(self, room: str) -> None:
        """Show a room before anybody was in it."""
        self.seconds.labels(room)
        for gauge in (self._depth, self._limit, self._working, self._places):
            gauge.labels(room)

    def look_at(self, rooms: Iterable[WorkRoom]) -> None:
        """Take who is in which room."""
        for room in rooms:
            now = room.occupancy
            self._depth.labels(room.name).set(now.waiting)
            self._working.labels(room.name).set(now.working)
            self._limit.labels(room.name).set(room.size.waiting)
            self._places.labels(room.name).set(room.size.places)


class IndexFigures:
    """The figures of the index in use, of the registry behind it, and of the model."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._version = Gauge(
            "touchstone_registry_version", "The registry's version.", registry=registry
        )
        self._made_of = Gauge(
            "touchstone_gallery_version",
            "The registry's version that the index in use was made of.",
            registry=registry,
        )
        self._size = Gauge(
            "touchstone_index_size", "References in the index in use.", registry=registry
        )
        self._age = Gauge(
            "touchstone_index_age_seconds",
            "Seconds since the index in use was made from the registry.",
            registry=registry,
        )
        self._behind = Gauge(
            "touchstone_index_behind",
            "Changes of the registry that the index in use does not have yet.",
            registry=registry,
        )
        self._model = Gauge(
            "touchstone_model_info",
            "1 for the model, the background and the runtime in use.",
            ["model", "background", "runtime"],
            registry=registry,
        )

    def model(self, model: str, background: str, runtime: str) -> None:
        """Say with what photos are looked at; what was in use before is no longer shown."""
        self._model.clear()
        self._model.labels(model, background, runtime).set(1)

    def look_at(self, touchstone: Touchstone) -> None:
        """Take what is in hand."""
        matcher, eyes = touchstone.gallery.loaded, touchstone.eyes
        background = "" if matcher is None else matcher.gallery.background or ""
        self.model(eyes.model, background, str(getattr(eyes.embedder, "runtime", "")))
        self._size.set(0 if matcher is None else len(matcher.gallery.index))
        self._made_of.set(-1 if matcher is None else matcher.gallery.registry_version)
        self._age.set(touchstone.gallery.age)

    def look_at_registry(self, touchstone: Touchstone) -> None:
        """Take the registry's version, and how far the index in hand is behind it."""
        version, matcher = touchstone.registry.version(), touchstone.gallery.loaded
        self._version.set(version)
        known = 0 if matcher is None else matcher.gallery.registry_version
        self._behind.set(max(0, version - known))

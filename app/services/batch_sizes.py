"""How many regions are embedded at a time: counted around any embedder, read when asked for.

On two cores a network gains nothing from more crops than one photo has (docs/performance.md), so
the regions of a photo are its batch and those of two photos never wait for one another.
"""

import threading
from dataclasses import dataclass

from models.protocols import Embedder
from models.regions import Embeddings, Regions

BOUNDS = (1, 4, 9, 18, 36, 72, 144)  # regions; the last bucket has no end


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many batches had at most so many regions, for every bound and without one."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    regions: int = 0


class CountedEmbedder:
    """An `Embedder` around another one; as thread-safe as that."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._sizes = Sizes()

    @property
    def name(self) -> str:
        """The inner one's."""
        return self._inner.name

    @property
    def dim(self) -> int:
        """The inner one's."""
        return self._inner.dim

    @property
    def weights_sha256(self) -> str:
        """The inner one's."""
        return self._inner.weights_sha256

    @property
    def runtime(self) -> str:
        """What runs the network, empty where the inner one does not say."""
        return str(getattr(self._inner, "runtime", ""))

    @property
    def sizes(self) -> Sizes:
        """What has been embedded so far."""
        return self._sizes

    def embed(self, regions: Regions) -> Embeddings:
        """Return what the inner one does, and count."""
        embeddings = self._inner.embed(regions)
        with self._lock:
            reached = (len(regions) <= bound for bound in (*BOUNDS, float("inf")))
            counts = zip(self._sizes.counts, reached, strict=True)
            self._sizes = Sizes(
                tuple(count + within for count, within in counts),
                self._sizes.regions + len(regions),
            )
        return embeddings

"""Times the stages of an assessment and hands each figure to whoever asked for it.

Stages are named after the rooms: `decode`, `propose`, `embed`, `search`, `verify`, `read`,
`inspect`, `judge`.
An observer gets one call per stage and photo; the API turns them into Prometheus histograms, the
evaluation into seconds per photo.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.services.errand import checkpoint

Observe = Callable[[str, float], None]
STAGES = ("decode", "propose", "embed", "search", "verify", "read", "inspect", "judge")


def unobserved(stage: str, seconds: float) -> None:
    """Ignore a figure: the observer for those who do not care."""


@contextmanager
def timed(observe: Observe, stage: str) -> Iterator[None]:
    """Report how long the block took, whether or not it succeeded.

    Whoever works for somebody who no longer waits stops here, before the block: see `errand`.
    """
    checkpoint()
    start = time.perf_counter()
    try:
        yield
    finally:
        observe(stage, time.perf_counter() - start)


class StageTotals:
    """Adds up seconds and calls per stage; an `Observe` for one thread."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: defaultdict[str, int] = defaultdict(int)

    def __call__(self, stage: str, seconds: float) -> None:
        """Add one figure."""
        self.seconds[stage] += seconds
        self.calls[stage] += 1


def and_reading(reading: float, observe: Observe) -> Observe:
    """Count the time that reading the bytes took as part of decoding them."""

    def observed(stage: str, seconds: float) -> None:
        observe(stage, seconds + reading if stage == "decode" else seconds)

    return observed

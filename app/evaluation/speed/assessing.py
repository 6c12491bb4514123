"""The product as a contestant: whole assessments, one after the other and several at once.

Both call `Assessor.assess`, as the API and the batch executor do, with a listing that says what
the listings in question say.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice

from app.domain.listing import Listing
from app.evaluation.speed.rounds import Contestant, Figures
from app.services.assessment import Assessor
from app.services.sources import BytesSource
from app.services.stages import STAGES, StageTotals

OTHER = "other"  # what passes between the stages: the registry's version, building the answer
PARTS = (*STAGES, OTHER)
_LEAST_EACH = 4  # photos of each thread, so that its idle end weighs little

LISTING = Listing(
    "B09X",
    title="Women's Fashion Classic Screw Love Titanium Steel Bracelet",
    description="Polished steel, never fades. Comes in a velvet bag, a gift for any occasion.",
    brand_field="Unbranded",
    category="Jewellery",
)


def one_at_a_time(assessor: Assessor, photos: Sequence[bytes]) -> Contestant:
    """Return a contestant that tells the seconds that a photo spends in each of `PARTS`."""

    def run() -> Figures:
        totals = StageTotals()
        start = time.perf_counter()
        for data in photos:
            assessor.assess(LISTING, [BytesSource("photo.jpg", data)], observe=totals)
        passed = (time.perf_counter() - start) / len(photos)
        stages = {stage: totals.seconds[stage] / len(photos) for stage in STAGES}
        return stages | {OTHER: max(0.0, passed - sum(stages.values()))}

    return run


def several_at_once(assessor: Assessor, photos: Sequence[bytes], threads: int) -> Contestant:
    """Return a contestant that tells the `rate` in photos a second of so many threads."""
    count = max(len(photos), threads * _LEAST_EACH)

    def run() -> Figures:
        sources = [[BytesSource("photo.jpg", data)] for data in islice(cycle(photos), count)]
        assess = partial(assessor.assess, LISTING)
        start = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(assess, sources))
        return {"rate": count / (time.perf_counter() - start)}

    return run

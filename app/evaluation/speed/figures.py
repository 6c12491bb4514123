"""The figures of one profile: stages that add up, the floor of each, and photos a second.

Times are medians over the rounds of a stage's mean over the photos, so their sum is near the time
of a photo and not quite its median; shares are of that sum.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from app.evaluation.speed.floors import Rates, Work
from app.evaluation.speed.rounds import Figures, medians


@dataclass(frozen=True, slots=True)
class StageFigure:
    """One stage of one profile. `work` is `None` where there is nothing to count."""

    name: str
    seconds: float
    share: float
    work: Work | None

    def document(self, rates: Rates) -> dict[str, Any]:
        """Return the stage as JSON values; times in milliseconds."""
        values: dict[str, Any] = {"ms": 1000 * self.seconds, "share": self.share}
        if self.work is None:
            return values
        floor, uncached = self.work.floor(rates), self.work.uncached(rates)
        return values | {
            "multiply_adds": self.work.multiply_adds,
            "precision": self.work.precision,
            "bytes": self.work.moved,
            "floor_ms": 1000 * floor,
            "floor_set_by": self.work.bound(rates),
            "times_floor": self.seconds / floor,
            "uncached_ms": None if uncached is None else 1000 * uncached,
        }


@dataclass(frozen=True, slots=True)
class Pace:
    """Photos a second of so many threads: the median round, the slowest and the fastest."""

    threads: int
    median: float
    slowest: float
    fastest: float

    def __post_init__(self) -> None:
        if not 0 < self.slowest <= self.median <= self.fastest:
            raise ValueError("a pace lies between its slowest and its fastest round")

    @classmethod
    def of(cls, threads: int, rates: Sequence[float]) -> "Pace":
        """Sum up the rounds."""
        return cls(threads, median(rates), min(rates), max(rates))


@dataclass(frozen=True, slots=True)
class ProfileFigures:
    """A profile's stages, which add up, and its pace."""

    name: str
    model: str
    runtime: str
    regions: float
    stages: tuple[StageFigure, ...]
    paces: tuple[Pace, ...]

    def __post_init__(self) -> None:
        if not math.isclose(sum(stage.share for stage in self.stages), 1.0, abs_tol=1e-9):
            raise ValueError("the shares of the stages do not add up to one")

    @property
    def seconds(self) -> float:
        """The time of a photo: all of its stages."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def looking(self) -> float:
        """The time of what rivals replace: finding regions and embedding them."""
        return sum(s.seconds for s in self.stages if s.name in {"propose", "embed"})

    def document(self, rates: Rates) -> dict[str, Any]:
        """Return the profile as JSON values."""
        floors = [stage.work.floor(rates) for stage in self.stages if stage.work is not None]
        return {
            "model": self.model,
            "runtime": self.runtime,
            "regions": self.regions,
            "stages": {stage.name: stage.document(rates) for stage in self.stages},
            "total": {
                "ms": 1000 * self.seconds,
                "share": sum(stage.share for stage in self.stages),
                "floor_ms": 1000 * sum(floors),
                "times_floor": self.seconds / sum(floors),
            },
            "photos_per_second": {
                str(pace.threads): {
                    "median": pace.median,
                    "slowest": pace.slowest,
                    "fastest": pace.fastest,
                }
                for pace in self.paces
            },
        }


def stage_figures(laps: Sequence[Figures], works: Mapping[str, Work]) -> tuple[StageFigure, ...]:
    """Return the stages of rounds that tell the seconds of each."""
    seconds = medians(laps)
    total = sum(seconds.values())
    return tuple(
        StageFigure(name, value, value / total, works.get(name)) for name, value in seconds.items()
    )

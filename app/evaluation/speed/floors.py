"""Floors: the least time that a stage's work can take on this machine.

    multiply-adds / measured rate of a matrix product      bytes / measured rate of a copy
    the larger of the two is the floor

The bytes of a floor are those that no program can avoid: the photo, the weights and the result,
once each. No network reaches it, since its layers are smaller and odder than a matrix product; it
says how far there is to go, not how far one can. Beside it stands the time that a network's maps
alone would take if each layer fetched them from memory and put them back, without any cache.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Rates:
    """What the machine does in a second: multiply-adds by precision, and bytes moved."""

    multiply_adds: Mapping[str, float]
    moved: float

    def __post_init__(self) -> None:
        if min((self.moved, *self.multiply_adds.values())) <= 0:
            raise ValueError("rates are above 0")


@dataclass(frozen=True, slots=True)
class Work:
    """What one photo asks of a stage: multiply-adds in `precision`, and bytes.

    `layered` are the bytes of a network that runs layer by layer without a cache; 0 for no network.
    """

    multiply_adds: float
    moved: float
    layered: float = 0.0
    precision: str = "f32"

    def __post_init__(self) -> None:
        if min(self.multiply_adds, self.moved, self.layered) < 0:
            raise ValueError("work is never negative")

    def arithmetic(self, rates: Rates) -> float:
        """Return the seconds that the multiply-adds take."""
        return self.multiply_adds / rates.multiply_adds[self.precision]

    def floor(self, rates: Rates) -> float:
        """Return the least seconds.

        >>> rates = Rates({"f32": 1e11}, moved=1e10)
        >>> Work(2e9, moved=1e8).floor(rates), Work(2e9, moved=3e8).floor(rates)
        (0.02, 0.03)
        """
        return max(self.arithmetic(rates), self.moved / rates.moved)

    def bound(self, rates: Rates) -> str:
        """Return what sets the floor."""
        return "arithmetic" if self.arithmetic(rates) > self.moved / rates.moved else "memory"

    def uncached(self, rates: Rates) -> float | None:
        """Return the seconds that the layers' bytes take by themselves, `None` for no network."""
        return self.layered / rates.moved if self.layered else None

    def plus(self, other: "Work") -> "Work":
        """Return both together."""
        return Work(
            self.multiply_adds + other.multiply_adds,
            self.moved + other.moved,
            self.layered + other.layered,
            self.precision,
        )


def mean_work(photos: Sequence[Work]) -> Work:
    """Return the work of the average photo."""
    whole, share = reduce(Work.plus, photos), 1 / len(photos)
    return Work(
        whole.multiply_adds * share, whole.moved * share, whole.layered * share, whole.precision
    )

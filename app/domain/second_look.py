"""What a second look is worth: how much rarer, or less rare, a match becomes by it.

A look finds a number of places in photo and reference that agree on one transform. How often true
matches reach that number, over how often the best matches of ordinary photos do, is a likelihood
ratio, and the chance of a false alarm is divided by it. The figure keeps its meaning by that: over
ordinary photos the ratio has mean one, so that dividing moves chances about and makes no more of
them small than there were. For the same reason a look that finds nothing *raises* the chance, by
the share of true matches that are found.

    >>> odds = LookOdds((0, 4), (0.5, 100.0))
    >>> odds.weighed(2e-4, places=9, floor=2.5e-6), odds.weighed(2e-4, places=0, floor=2.5e-6)
    (2.5e-06, 0.0004)

Nothing falls below the floor of the background: a second look is no more photos. The shipped ratios
and what they were fitted on are in `docs/decisions/0009-second-look.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import CalibrationError

_COUNTED = 100  # places beyond the least; more would overflow nothing but sense


@dataclass(frozen=True, slots=True)
class LookOdds:
    """Likelihood ratios by the number of agreeing places.

    `places` are the lower edges of the steps, from 0 up; `ratios` has one for each step.
    """

    places: tuple[int, ...]
    ratios: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.places) != len(self.ratios) or not self.places or self.places[0] != 0:
            raise ValueError("one ratio for each step, the first from 0 places")
        if list(self.places) != sorted(set(self.places)):
            raise ValueError("steps ascend")
        if min(self.ratios) <= 0 or list(self.ratios) != sorted(self.ratios):
            raise ValueError("more places never speak against a match")

    def ratio(self, places: int) -> float:
        """Return the likelihood ratio of so many agreeing places."""
        step = sum(edge <= places for edge in self.places) - 1
        return self.ratios[step]

    def weighed(self, chance: float, places: int, floor: float) -> float:
        """Return the chance of a false alarm after a look, between `floor` and 1."""
        return min(max(chance / self.ratio(places), floor), 1.0)


@dataclass(frozen=True, slots=True)
class PhotoOdds:
    """What it is worth that places of the *whole photo* agree with a reference.

    At `least` places the chance of a false alarm is divided by `ratio`, and by `growth` once more
    for each place beyond: no ordinary photo came near them, so that steps cannot be counted, but
    accidental agreement falls off by a half and more with each place. Where fewer agree nothing
    changes, since most goods do not fill their photo.

    >>> odds = PhotoOdds(6, 2000.0, 1.5)
    >>> odds.weighed(0.02, places=6, floor=2.5e-6), odds.weighed(0.02, places=9, floor=2.5e-6)
    (1e-05, 2.962962962962963e-06)
    """

    least: int = 6
    ratio: float = 2000.0
    growth: float = 1.5

    def __post_init__(self) -> None:
        if self.least < 1 or self.ratio < 1 or self.growth < 1:
            raise ValueError("places that agree never speak against a match")

    def weighed(self, chance: float, places: int, floor: float) -> float:
        """Return the chance of a false alarm after a look, between `floor` and 1."""
        if places < self.least:
            return min(max(chance, floor), 1.0)
        beyond = min(places - self.least, _COUNTED)
        return min(max(chance / (self.ratio * self.growth**beyond), floor), 1.0)


def fit_odds(edges: Sequence[int], true: Sequence[int], ordinary: Sequence[int]) -> LookOdds:
    """Fit the ratios from looks at true matches and at best matches of ordinary photos.

    Half a look is added to every step of both, so that a step which no ordinary photo reached does
    not make certainty out of a small sample; ratios that do not ascend are pooled with the step
    below.

    Args:
        edges: lower edges of the steps, the first 0.
        true: agreeing places of each look at a true match.
        ordinary: those of each look at a best match of a photo that shows no motif.

    Raises:
        CalibrationError: with fewer than 50 looks on either side.

    Forty of a hundred true matches reach four places, one in five hundred of the others:

    >>> odds = fit_odds((0, 4), [0] * 60 + [9] * 40, [0] * 499 + [5])
    >>> [round(ratio, 2) for ratio in odds.ratios]
    [0.6, 133.93]
    """
    if min(len(true), len(ordinary)) < 50:
        raise CalibrationError("a second look is weighed on at least 50 looks of either kind")
    steps = [
        (low, _share(true, low, high), _share(ordinary, low, high)) for low, high in _between(edges)
    ]
    pooled: list[tuple[int, float, float]] = []
    for low, hits, alarms in steps:
        pooled.append((low, hits, alarms))
        while len(pooled) > 1 and pooled[-1][1] / pooled[-1][2] < pooled[-2][1] / pooled[-2][2]:
            _, more_hits, more_alarms = pooled.pop()
            start, some_hits, some_alarms = pooled.pop()
            pooled.append((start, some_hits + more_hits, some_alarms + more_alarms))
    return LookOdds(
        tuple(low for low, _, _ in pooled), tuple(hits / alarms for _, hits, alarms in pooled)
    )


def _between(edges: Sequence[int]) -> list[tuple[int, float]]:
    return list(zip(edges, [*edges[1:], float("inf")], strict=True))


def _share(places: Sequence[int], low: int, high: float) -> float:
    inside = sum(low <= one < high for one in places)
    return (inside + 0.5) / (len(places) + 1)

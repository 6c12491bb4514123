"""Figures from predictions: pure functions over numpy arrays, pessimistic where there is a choice.

Ties count against us, as in the scoring of the image similarity challenge (Papakipos et al. 2022):
a system that gives every photo the same score must not look good by luck. Every share comes with a
95 % bootstrap interval over photos (Efron 1979), from a fixed seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """A share between 0 and 1 with its interval and the number of cases behind it."""

    value: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def document(self) -> dict[str, float]:
        """Return JSON values."""
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "cases": self.cases,
        }


def hit_share(hits: NDArray[np.bool_], *, seed: int = 0) -> Share:
    """Return the share of hits with its bootstrap interval."""
    return _interval(len(hits), lambda chosen: float(hits[chosen].mean()), seed)


def recall_at_false_positives(
    positives: Floats, negatives: Floats, rate: float, *, seed: int = 0
) -> Share:
    """Return the recall when at most `rate` of the negatives raise an alarm.

    Lower values are stronger alarms (false alarms per million). The threshold is set so that the
    allowed number of negatives lies strictly below it; a positive counts only when it lies
    strictly below the first negative that is not allowed. With 100 negatives and a rate of 0.01,
    one may alarm, and the second strongest sets the bar:

    >>> negatives = np.array([3.0, 5.0, *[900.0] * 98])
    >>> recall_at_false_positives(np.array([1.0, 4.0, 5.0, 7.0]), negatives, 0.01).value
    0.5

    The interval resamples positives and negatives alike.
    """

    def recall(positive: Floats, negative: Floats) -> float:
        allowed = int(rate * len(negative) + 1e-9)
        bar = np.sort(negative)[allowed] if allowed < len(negative) else np.inf
        return float((positive < bar).mean())

    if not len(positives) or not len(negatives):
        return Share(float("nan"), float("nan"), float("nan"), 0)
    draw = np.random.default_rng(seed)
    samples = [
        recall(
            positives[draw.integers(0, len(positives), len(positives))],
            negatives[draw.integers(0, len(negatives), len(negatives))],
        )
        for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(samples, [0.025, 0.975])
    return Share(recall(positives, negatives), float(low), float(high), len(positives))


def _interval(cases: int, figure: Callable[[NDArray[np.intp]], float], seed: int) -> Share:
    if not cases:
        return Share(float("nan"), float("nan"), float("nan"), 0)
    draw = np.random.default_rng(seed)
    samples = [figure(draw.integers(0, cases, cases)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(samples, [0.025, 0.975])
    return Share(figure(np.arange(cases)), float(low), float(high), cases)

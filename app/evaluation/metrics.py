"""Figures from predictions: pure functions over numpy arrays, pessimistic where there is a choice.

Ties count against us, as in the scoring of the image similarity challenge (Papakipos et al. 2022):
a system that gives every photo the same score must not look good by luck. Every share comes with a
95 % bootstrap interval (Efron 1979) from a fixed seed. What is drawn again is the photo and never
the box: boxes of one photo are right or wrong together, and counting them as independent would
make the interval narrower than it is (Field and Welsh 2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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

    def document(self) -> dict[str, Any]:
        """Return JSON values; a figure of no cases is null."""
        figures = {"value": self.value, "low": self.low, "high": self.high}
        known = {name: round(value, 4) if self.cases else None for name, value in figures.items()}
        return known | {"cases": self.cases}


def hit_share(
    hits: NDArray[np.bool_], clusters: Sequence[str] | None = None, *, seed: int = 0
) -> Share:
    """Return the share of hits with its bootstrap interval.

    Args:
        hits: `(cases,)`.
        clusters: the photo of each case; each case is its own by default.
        seed: of the resampling.
    """
    if not len(hits):
        return _nothing()
    which = _cluster_of(len(hits), clusters)
    size, found = np.bincount(which), np.bincount(which, weights=hits)
    draw = np.random.default_rng(seed)
    drawn = (draw.integers(0, len(size), len(size)) for _ in range(_RESAMPLES))
    samples = [float(found[chosen].sum() / size[chosen].sum()) for chosen in drawn]
    low, high = np.quantile(samples, [0.025, 0.975])
    return Share(float(hits.mean()), float(low), float(high), len(hits))


def recall_at_false_positives(
    positives: Floats,
    negatives: Floats,
    rate: float,
    clusters: Sequence[str] | None = None,
    *,
    seed: int = 0,
) -> Share:
    """Return the recall when at most `rate` of the negatives raise an alarm.

    Lower values are stronger alarms (false alarms per million). The threshold is set so that the
    allowed number of negatives lies strictly below it; a positive counts only when it lies
    strictly below the first negative that is not allowed. With 100 negatives and a rate of 0.01,
    one may alarm, and the second strongest sets the bar:

    >>> negatives = np.array([3.0, 5.0, *[900.0] * 98])
    >>> recall_at_false_positives(np.array([1.0, 4.0, 5.0, 7.0]), negatives, 0.01).value
    0.5

    The interval resamples positives, by their clusters where given, and negatives alike.
    """
    if not len(positives) or not len(negatives):
        return _nothing()
    draw = np.random.default_rng(seed)
    which = _cluster_of(len(positives), clusters)
    members = [np.flatnonzero(which == number) for number in range(int(which.max()) + 1)]
    samples = []
    for _ in range(_RESAMPLES):
        chosen = [members[one] for one in draw.integers(0, len(members), len(members))]
        drawn = negatives[draw.integers(0, len(negatives), len(negatives))]
        samples.append(float((positives[np.concatenate(chosen)] < _bar(drawn, rate)).mean()))
    low, high = np.quantile(samples, [0.025, 0.975])
    value = float((positives < _bar(negatives, rate)).mean())
    # The bar of drawn negatives is biased; the interval is never to leave the figure out.
    return Share(value, min(float(low), value), max(float(high), value), len(positives))


def average_precision(
    scores: Floats, wanted: NDArray[np.bool_], clusters: Sequence[str], *, seed: int = 0
) -> Share:
    """Return the area under the precision-recall curve, ties counted against us.

    Of equal scores the unwanted come first. The interval draws clusters again.

    >>> wanted = np.array([True, False])
    >>> average_precision(np.array([0.9, 0.9]), wanted, ["a", "b"]).value
    0.5
    """
    if not wanted.any():
        return _nothing()
    which = _cluster_of(len(scores), clusters)
    order = np.lexsort((wanted, -scores))
    hits, places = wanted[order].astype(float), which[order]
    draw, count = np.random.default_rng(seed), int(which.max()) + 1

    def area(weights: Floats) -> float:
        right, seen = np.cumsum(weights * hits), np.cumsum(weights)
        precision = np.divide(right, seen, out=np.zeros_like(right), where=seen > 0)
        return float((precision * weights * hits).sum() / max(right[-1], 1e-12))

    value = area(np.ones(len(scores)))
    drawn = (
        np.bincount(draw.integers(0, count, count), minlength=count) for _ in range(_RESAMPLES)
    )
    low, high = np.quantile([area(one[places].astype(float)) for one in drawn], [0.025, 0.975])
    return Share(value, float(low), float(high), int(wanted.sum()))


def _bar(negatives: Floats, rate: float) -> float:
    allowed = int(rate * len(negatives) + 1e-9)
    return float(np.sort(negatives)[allowed]) if allowed < len(negatives) else np.inf


def _cluster_of(cases: int, clusters: Sequence[str] | None) -> NDArray[np.intp]:
    """Return `(cases,)`, the number of each case's cluster from 0; its own where none are given."""
    if clusters is None:
        return np.arange(cases)
    if len(clusters) != cases:
        raise ValueError(f"{cases} cases but {len(clusters)} clusters")
    return np.unique(np.asarray(clusters), return_inverse=True)[1]


def _nothing() -> Share:
    return Share(float("nan"), float("nan"), float("nan"), 0)

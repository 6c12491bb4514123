"""Turns a cosine into a count: how many of a million ordinary photos would match this well.

A cosine of 0.7 is rare for one motif and daily bread for another, a plain ring say. So every motif
gets a *null distribution*: its best similarity inside each of B background photos, photos that are
known not to show it. From these B maxima comes the chance that an ordinary photo reaches a
similarity s:

* **Inside the data** (s at most the threshold u, the motif's 90 % quantile): the share of
  background photos that reach s, counted with one added to both sides so that it is never zero
  (North, Curtis, Sham, AJHG 2002).
* **Beyond u**: a power law in the distance that is left to a perfect match,
  `share(u) * (d(s) / d(u)) ** (1 / scale)` with `d(s) = 1 - s + SLACK`. A cosine cannot exceed
  one, and near such an end the tail of a maximum is a power of the distance to it (the Weibull
  domain; Pickands 1975); `1 / scale` is Hill's estimate, the inverse of the mean excess of
  `-log d` over u. An exponential tail in the cosine itself was tried first: it calls 0.99 after a
  background of 0.8 barely rarer than 0.9, and strong matches of marks with a wide background lost
  against weak ones of others. The slack keeps float noise at s = 1 from making miracles.
* **Never rarer than for one of the registry's loud motifs.** Some motifs, clean icons above all,
  resemble photos so little that any photo with structure looks like a one-in-a-million match. The
  chance is therefore at least the one that a tenth of all motifs exceed at the same s; a
  quantile and not the mean, so that a few that match everything do not drown the others.
* **Floor.** A tail is trusted for three decades beyond what B photos can show and no further:
  the smallest chance ever reported is `1 / (1000 B)`.

With fewer than `MIN_PHOTOS` photos there is no fit at all: the caller gets a `CalibrationError`,
and matches carry no figure.

How well the figures hold on photos that had no part in the fit is measured in `docs/evaluation.md`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import CalibrationError

MIN_PHOTOS = 100
TAIL_SHARE = 0.1
TRUSTED_DECADES = 3
_LOUD = 0.9  # the motif that a tenth of all exceed
_SAMPLED_MOTIFS = 4096  # enough for that quantile
SLACK = 0.02  # distance that a perfect match still has
_MIN_SCALE = 2e-2  # a background of near-identical photos must not make every match a miracle
_GRID = np.linspace(-1.0, 1.0, 401)  # similarities at which the loud motif is tabulated

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NullDistributions:
    """The null distributions of a registry's motifs, one row each; made by `fit_nulls`.

    `maxima` is `(motifs, photos)`, every row ascending; `thresholds` and `scales` are `(motifs,)`,
    in nearness (see `nearness`);
    `common` is the log chance of the loud motif at each similarity of a fixed grid.
    `effective_motifs` says how many independent motifs the registry amounts to: look-alike
    motifs raise false alarms on the same photos, so it is smaller than their number.
    """

    maxima: NDArray[np.float32]
    thresholds: FloatArray
    scales: FloatArray
    common: FloatArray
    effective_motifs: float

    def __post_init__(self) -> None:
        motifs = len(self.maxima)
        if not len(self.thresholds) == len(self.scales) == motifs:
            raise ValueError("one threshold and one scale for each motif")
        for values in (self.maxima, self.thresholds, self.scales, self.common):
            if not np.isfinite(values).all():
                raise ValueError("a null distribution is finite")

    @property
    def photos(self) -> int:
        """How many background photos stand behind every figure."""
        return int(self.maxima.shape[1])

    @property
    def floor(self) -> float:
        """The smallest chance that this background supports."""
        return 10.0**-TRUSTED_DECADES / self.photos

    def chances(self, rows: NDArray[np.intp], similarities: NDArray[np.float32]) -> FloatArray:
        """Return the chance that an ordinary photo matches motif `rows[i]` at least this well.

        Args:
            rows: `(n,)` motif rows.
            similarities: `(n,)` cosines.

        Returns:
            `(n,)` chances between `floor` and 1.

        A motif whose best similarity on 1,000 photos has its 90 % quantile at 0.50, and 0.60 in
        the tenth beyond it, is 0.52 and 0.42 from a perfect match there, slack included. So the
        exponent is 1 / log(0.52 / 0.42) = 4.68, and 0.80, with 0.22 left to go, is reached by
        0.1 * (0.22 / 0.52) ** 4.68 = 1,782 in a million:

        >>> maxima = np.concatenate([np.full(899, 0.4), np.full(1, 0.5), np.full(100, 0.6)])
        >>> nulls = fit_nulls(maxima[np.newaxis].astype(np.float32))
        >>> round(1e6 * float(nulls.chances(np.array([0]), np.array([0.8], np.float32))[0]))
        1782
        """
        common = np.exp(np.interp(similarities, _GRID, self.common))
        return np.clip(np.maximum(self._own(rows, similarities), common), self.floor, 1.0)

    def _own(self, rows: NDArray[np.intp], values: NDArray[np.float32]) -> FloatArray:
        """Return the chances by each motif's own background alone, unfloored."""
        reached = self.photos - self._below(rows, values)
        inside = (reached + 1) / (self.photos + 1)
        excess = nearness(values) - self.thresholds[rows]
        share = _tail_count(self.photos) / self.photos
        beyond = share * np.exp(-np.maximum(excess, 0) / self.scales[rows])
        return np.where(excess > 0, beyond, inside)

    def _below(self, rows: NDArray[np.intp], values: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return how many maxima of motif `rows[i]` lie below `values[i]`, by bisection.

        Different motifs are bisected together: one `searchsorted` for each of a thousand takes
        longer than everything else that is done to a photo's matches.
        """
        if len(rows) and (rows == rows[0]).all():
            return np.searchsorted(self.maxima[rows[0]], values)
        low = np.zeros(len(rows), np.intp)
        high = np.full(len(rows), self.photos, np.intp)
        for _ in range(self.photos.bit_length()):
            middle = (low + high) // 2
            less = self.maxima[rows, np.minimum(middle, self.photos - 1)] < values
            searching = low < high
            low = np.where(searching & less, middle + 1, low)
            high = np.where(searching & ~less, middle, high)
        return low

    def loud(self) -> FloatArray:
        """Return the log of the chance that a tenth of the motifs exceed, along the grid."""
        if not len(self.maxima):
            return self.common
        grid = _GRID.astype(np.float32)
        rows = np.unique(np.linspace(0, len(self.maxima) - 1, _SAMPLED_MOTIFS).astype(int))
        chances = np.stack([self._own(np.full(len(grid), row), grid) for row in rows])
        quantile: FloatArray = np.quantile(np.log(np.maximum(chances, 1e-300)), _LOUD, axis=0)
        return quantile

    def only(self, *rows: int) -> "NullDistributions":
        """Return some motifs' rows, counted among as many motifs as before."""
        some = list(rows)
        return replace(
            self,
            maxima=self.maxima[some],
            thresholds=self.thresholds[some],
            scales=self.scales[some],
        )

    def registry_chance(self, chance: float, photos: int = 1) -> float:
        """Return the chance that *some* motif reaches `chance` on any of `photos` ordinary photos.

        `1 - (1 - chance) ** (effective_motifs * photos)`: the more motifs are watched, the rarer
        each single match has to be.
        """
        if chance >= 1:
            return 1.0
        return float(-np.expm1(self.effective_motifs * photos * np.log1p(-chance)))


def fit_nulls(maxima: NDArray[np.float32]) -> NullDistributions:
    """Fit every motif's null distribution.

    Args:
        maxima: `(motifs, photos)`, the best similarity of each motif inside each background photo.

    Raises:
        CalibrationError: when there are fewer than `MIN_PHOTOS` photos.
    """
    photos = maxima.shape[1]
    if photos < MIN_PHOTOS:
        raise CalibrationError(
            f"{photos} background photos cannot carry a tail; at least {MIN_PHOTOS} are needed"
        )
    ordered = np.sort(maxima, axis=1)
    tail = _tail_count(photos)
    thresholds = nearness(ordered[:, -tail - 1])
    excesses = nearness(ordered[:, -tail:]) - thresholds[:, np.newaxis]  # (motifs, tail)
    scales = np.maximum(excesses.mean(axis=1), _MIN_SCALE)
    nothing = np.full(_GRID.shape, np.log(1e-300))
    draft = NullDistributions(ordered, thresholds, scales, nothing, 1.0)
    nulls = replace(draft, common=draft.loud())
    return replace(nulls, effective_motifs=_effective_motifs(nulls, maxima))


def nearness(similarities: NDArray[np.float32] | np.float32) -> FloatArray:
    """Return `-log(1 - s + SLACK)`, in which a tail that ends at one falls exponentially.

    >>> nearness(np.array([0.02, 1.0], np.float32)).round(3).tolist()
    [-0.0, 3.912]
    """
    distance = np.maximum(1 + SLACK - np.asarray(similarities, np.float64), SLACK / 2)
    return -np.log(distance)


def _tail_count(photos: int) -> int:
    return max(round(photos * TAIL_SHARE), 1)


def _effective_motifs(nulls: NullDistributions, maxima: NDArray[np.float32]) -> float:
    """Estimate how many independent motifs would alarm as often as this registry does.

    The smallest chance t over m independent motifs has P(T <= t) = 1 - (1 - t) ** m, so each
    quantile of the photos' smallest chances gives an m. Motifs depend on each other more in the
    bulk than in the tail; the largest m over four low quantiles is taken, to be on the safe side.
    """
    if not len(maxima):
        return 1.0
    smallest = np.ones(nulls.photos)
    for row, values in enumerate(maxima):
        own = nulls.chances(np.full(len(values), row), values)
        smallest = np.minimum(smallest, own)
    shares = np.array([0.02, 0.05, 0.1, 0.2])
    chances = np.clip(np.quantile(smallest, shares), nulls.floor, 1 - 1e-9)
    estimates = np.log1p(-shares) / np.log1p(-chances)
    return float(np.clip(estimates.max(), 1.0, len(maxima)))

"""From a budget over listings to the similarity that each motif needs, by sight alone.

    budget ─▶ chance that any one motif may have ─▶ similarity at which it has that chance

It is the verdict rule read backwards, for a listing of one photo that denies its brand. A budget
that asks for rarer matches than the background can tell apart is refused.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.calibration import NullDistributions
from app.domain.errors import CalibrationError

_STEPS = 24  # halvings of the range of a cosine: to a ten-millionth
_Z = 1.96  # 95 %

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """What a budget asks of each motif.

    `similarities` is `(motifs,)`, 1 where nothing suffices. `interval` holds what a motif's chance
    may truly be, 95 %, per million photos; `None` where less than one background photo is expected
    to reach the threshold, so that it rests on the fitted tail alone.
    """

    chance: float
    similarities: FloatArray
    interval: tuple[float, float] | None


def thresholds(nulls: NullDistributions, per_million: float) -> Thresholds:
    """Return the similarities that follow from a budget of listings in a million.

    Raises:
        CalibrationError: when the background is too small for a budget as tight as that.
    """
    chance = -math.expm1(math.log1p(-per_million / 1e6) / nulls.effective_motifs)
    if chance < nulls.floor:
        needed = math.ceil(nulls.photos * nulls.floor / chance)
        raise CalibrationError(
            f"{per_million:g} in a million over {nulls.effective_motifs:.0f} independent motifs is "
            f"rarer than {nulls.photos} background photos can show; {needed:,} are needed"
        )
    rows = np.arange(len(nulls.maxima))
    low, high = np.full(len(rows), -1.0), np.ones(len(rows))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        rare = nulls.chances(rows, middle.astype(np.float32)) <= chance
        low, high = np.where(rare, low, middle), np.where(rare, middle, high)
    expected = chance * nulls.photos
    interval = _wilson(chance, nulls.photos) if expected >= 1 else None
    return Thresholds(chance, high, interval)


def _wilson(share: float, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, JASA 1927), per million."""
    centre = (share + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    spread = math.sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    half = _Z * spread / (1 + _Z**2 / trials)
    return (1e6 * max(centre - half, 0.0), 1e6 * (centre + half))

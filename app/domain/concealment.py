"""A patch that looks as if somebody hid something there, and how rare that is on ordinary photos.

A detector's log-odds are turned into a chance the way similarities are: counted among ordinary
photos inside the data, with an exponential tail beyond the upper tenth, and trusted for one decade
more than the photos show. A concealment names no brand and is never a match.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.box import Box
from app.domain.calibration import MIN_PHOTOS
from app.domain.errors import CalibrationError

STRIKING_PER_MILLION = 5_000.0
_TAIL = 0.1
_TRUSTED = 10  # times rarer than the background's photos can show
_LEAST_SCALE = 0.05


class ConcealmentKind(StrEnum):
    """What a patch was hidden with."""

    COVER = "cover"
    MOSAIC = "mosaic"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Concealment:
    """A patch: its box in pixels of the photo, and the chance of one like it on ordinary photos."""

    kind: ConcealmentKind
    box: Box
    chance: float

    def __post_init__(self) -> None:
        if not 0 < self.chance <= 1:
            raise ValueError(f"{self.chance} is not a chance")

    @property
    def striking(self) -> bool:
        """Whether fewer than one in two hundred ordinary photos show as much."""
        return self.per_million <= STRIKING_PER_MILLION

    @property
    def per_million(self) -> float:
        """How many of a million ordinary photos show a patch as striking, of any kind."""
        return 1e6 * self.chance


@dataclass(frozen=True, slots=True, eq=False)
class ConcealmentBackground:
    """The highest log-odds of each kind on ordinary photos, `(photos,)` each, highest first."""

    detector: str
    photos: int
    scores: Mapping[str, NDArray[np.float64]]

    def __post_init__(self) -> None:
        if self.photos < MIN_PHOTOS:
            raise CalibrationError(
                f"{self.photos} photos say too little of hidden patches; {MIN_PHOTOS} are needed"
            )
        if any(len(scores) != self.photos for scores in self.scores.values()):
            raise ValueError("a background of hidden patches has one figure for each photo")

    @property
    def floor(self) -> float:
        """The smallest chance that this background supports."""
        return 1 / (_TRUSTED * self.photos)

    def chance(self, kind: str, log_odds: float) -> float:
        """Return the chance that an ordinary photo shows a patch of any kind as striking.

        As many looks are taken as there are kinds, and each is paid for (Bonferroni). With 100
        photos, ten of which lie a log-odd or so above the rest, and one kind:

        >>> scores = np.array([2.0] * 10 + [1.0] * 90)
        >>> background = ConcealmentBackground("made up", 100, {"blur": scores})
        >>> round(background.chance("blur", 3.0), 4)
        0.0135
        """
        return min(1.0, max(self.rarity(kind, log_odds), self.floor))

    def rarity(self, kind: str, log_odds: float) -> float:
        """Return the same without its floor and not cut at 1: for ordering alone."""
        scores = self.scores[kind]
        tail = max(1, round(self.photos * _TAIL))
        edge = float(scores[min(tail, self.photos - 1)])
        if log_odds <= edge:
            own = (float(np.count_nonzero(scores >= log_odds)) + 1) / (self.photos + 1)
        else:
            scale = max(float(scores[:tail].mean()) - edge, _LEAST_SCALE)
            own = tail / self.photos * math.exp(-(log_odds - edge) / scale)
        return own * len(self.scores)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ConcealmentBackground":
        """Read the form that is kept."""
        scores: Mapping[str, Sequence[float]] = document["scores"]
        return cls(
            detector=str(document["detector"]),
            photos=int(document["photos"]),
            scores={kind: np.array(values, np.float64) for kind, values in scores.items()},
        )

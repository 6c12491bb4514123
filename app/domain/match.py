"""A match: one region of a photo against one reference of a motif, and how rare that would be.

`similarity` is a cosine and says nothing by itself. `false_alarms_per_million` is what carries
meaning: how many of a million ordinary photos would match this motif at least this well.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from app.domain.alignment import Alignment
from app.domain.box import Box

NOTABLE_PER_MILLION = 1_000.0


class Evidence(StrEnum):
    """Which look at the photo supports a match."""

    VISUAL = "visual"
    GEOMETRIC = "geometric"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one kind of evidence says by itself; `detail` is what was read, empty for a look."""

    evidence: Evidence
    false_alarms_per_million: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Region x reference. `tail` is the unrounded chance per photo, used for ordering alone.

    `false_alarms_per_million` is `None` where no background large enough is loaded, and never
    below the calibration's floor. `verified` tells whether a second look confirmed the match, and
    `alignment` how the reference then lies on the photo.

    Text that was read is held against references like any other region: `box` is its line,
    `similarity` the cosine between that piece of the photo and the motif's most similar reference.
    `contributions` are the figures that `false_alarms_per_million` was made of; none where there
    was only the look. A match of a motif that is `quarantined` is shown and counts for nothing.
    """

    brand: str
    motif: str
    motif_id: int
    reference_id: int
    box: Box
    similarity: float
    false_alarms_per_million: float | None
    tail: float
    verified: bool = False
    evidence: tuple[Evidence, ...] = (Evidence.VISUAL,)
    alignment: Alignment | None = None
    contributions: tuple[Contribution, ...] = ()
    quarantined: bool = False

    def __post_init__(self) -> None:
        if not -1.0001 <= self.similarity <= 1.0001:
            raise ValueError(f"similarity {self.similarity} is not a cosine")
        alarms = self.false_alarms_per_million
        if alarms is not None and not (math.isfinite(alarms) and 0 < alarms <= 1_000_000):
            raise ValueError(f"{alarms} false alarms in a million photos cannot be")

    @property
    def notable(self) -> bool:
        """Whether fewer than one in a thousand ordinary photos would match as well."""
        alarms = self.false_alarms_per_million
        return alarms is not None and alarms <= NOTABLE_PER_MILLION

    @property
    def read(self) -> str:
        """What was read of the motif in the photo; empty where nothing was."""
        return next((c.detail for c in self.contributions if c.evidence is Evidence.TEXT), "")

    @property
    def rank_key(self) -> tuple[float, int, float, int]:
        """Best first when sorted ascending: rarest, most places that agree, then most similar."""
        return (self.tail, -self.places, -self.similarity, self.reference_id)

    @property
    def places(self) -> int:
        """How many places of photo and reference a second look found to agree; 0 without one."""
        return 0 if self.alignment is None else self.alignment.inliers

"""When a motif floods the people who review, and what happens to it then.

A motif that takes most of the queue, or nearly all of whose reviews are dismissed, costs people
more than it finds. It goes into quarantine: its matches are shown and count in no verdict, until a
person lets it out. What was counted before that release never counts again.

Both limits have a least number, so that no small sample triggers them. A share of the queue says
little in a small registry: it has to be more than twice an even share as well, which no share is of
one motif or of two. And a motif whose reviews are mostly confirmed does not flood: there is much to
find.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.errors import InvalidInputError

_EVEN_SHARES = 2.0
_MOSTLY = 0.5  # of decisions


class FloodCode(StrEnum):
    """Why a motif is in quarantine; none is ever renamed."""

    FLOODS_QUEUE = "floods_queue"
    OFTEN_DISMISSED = "often_dismissed"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Since when a motif counts in no verdict, and why."""

    code: FloodCode
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MotifFlow:
    """How reviews of one motif flow, beside the whole queue.

    `open` of the `queue`'s reviews are of the motif, `confirmed` and `dismissed` were decided
    lately; `motifs` take part in matching.
    """

    open: int
    queue: int
    confirmed: int
    dismissed: int
    motifs: int

    @property
    def decided(self) -> int:
        """How many were decided either way."""
        return self.confirmed + self.dismissed


@dataclass(frozen=True, slots=True)
class FloodPolicy:
    """The limits; a share or a rate of 1 is never beyond, which switches that limit off."""

    queue_share: float = 0.5
    min_open: int = 100
    dismissals: float = 0.95
    min_decided: int = 50
    window: timedelta = timedelta(days=30)
    on: bool = True

    def __post_init__(self) -> None:
        if not (0 < self.queue_share <= 1 and 0 < self.dismissals <= 1):
            raise InvalidInputError("limits of a flood lie above 0 and up to 1")
        if self.min_open < 1 or self.min_decided < 1:
            raise InvalidInputError("the least numbers of a flood are at least 1")

    def flooding(self, flow: MotifFlow) -> tuple[FloodCode, str] | None:
        """Return why a motif floods, in a code and a sentence; `None` when it does not.

        >>> FloodPolicy().flooding(MotifFlow(open=0, queue=9, confirmed=1, dismissed=60, motifs=8))
        (<FloodCode.OFTEN_DISMISSED: 'often_dismissed'>, '60 of 61 decided reviews were dismissed')
        >>> FloodPolicy().flooding(MotifFlow(open=0, queue=9, confirmed=0, dismissed=49, motifs=8))
        """
        if not self.on:
            return None
        enough = flow.decided >= self.min_decided
        if enough and flow.dismissed > self.dismissals * flow.decided:
            told = f"{flow.dismissed} of {flow.decided} decided reviews were dismissed"
            return FloodCode.OFTEN_DISMISSED, told
        if enough and flow.confirmed > _MOSTLY * flow.decided:
            return None
        limit = max(self.queue_share, _EVEN_SHARES / max(flow.motifs, 1))
        if flow.open >= self.min_open and flow.open > limit * flow.queue:
            return FloodCode.FLOODS_QUEUE, f"{flow.open} of {flow.queue} open reviews are of it"
        return None

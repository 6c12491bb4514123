"""The look at a whole photo: references full of structure are laid over all of it.

    matches, far down the list ─▶ those whose reference is a pack, a label, a print
            ─▶ key points of the photo, found once ─▶ how each of them lies on it, if it does

Packs of one maker look alike as a whole and differ in what is printed on them, so the right one is
often twentieth by similarity. A mark of few strokes gains nothing here and is left to the look at
regions: how much structure a reference has is remembered, so that passing it over costs nothing.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.domain.match import Match
from app.domain.registry import Reference
from app.domain.second_look import PhotoOdds
from app.services.gallery import MotifGallery
from app.services.reference_looks import ReferenceLooks
from models.geometry import Agreement, ReferenceLook, WholePhoto

_REMEMBERED = 100_000  # references known to be too plain, or lost
_Key = tuple[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class PhotoLookOptions:
    """Which matches take part: `candidates` at most, none commoner than `at_most` of all photos.

    References with fewer than `least_points` key points are too plain. `odds` say from how many
    agreeing places on a match counts as confirmed, and what that is worth.
    docs/decisions/0009-second-look.md has what was measured.
    """

    candidates: int = 30
    at_most: float = 0.7
    least_points: int = 300
    odds: PhotoOdds = field(default_factory=PhotoOdds)


class PhotoLook:
    """Compares photos with references; safe to share between threads."""

    def __init__(self, looks: ReferenceLooks, options: PhotoLookOptions | None = None) -> None:
        """Take references that are prepared with the detail of photos."""
        self._looks = looks
        self._options = options or PhotoLookOptions()
        self._lock = threading.Lock()
        self._plain: set[_Key] = set()

    @property
    def candidates(self) -> int:
        """How many matches of a photo may take part."""
        return self._options.candidates

    @property
    def odds(self) -> PhotoOdds:
        """What agreeing places are worth."""
        return self._options.odds

    def agreements(
        self, photo: NDArray[np.uint8], matches: Sequence[Match], gallery: MotifGallery
    ) -> dict[int, Agreement]:
        """Return how references lie on a photo, by motif; most photos get an empty answer."""
        options = self._options
        found: dict[int, Agreement] = {}
        whole: WholePhoto | None = None
        for match in matches[: options.candidates]:
            common = match.false_alarms_per_million is not None and match.tail > options.at_most
            look = None if common else self._rich(match, gallery)
            if look is None:
                continue
            whole = whole or WholePhoto(photo)
            agreement = whole.agreement(look, options.odds.least)
            if agreement is not None:
                found[match.motif_id] = agreement
        return found

    def _rich(self, match: Match, gallery: MotifGallery) -> ReferenceLook | None:
        reference = gallery.reference(match.reference_id)
        key = _key(reference)
        with self._lock:
            if key in self._plain:
                return None
        look = self._looks.of(reference)
        if look is not None and look.points >= self._options.least_points:
            return look
        # One whose picture is lost as well: thirty warnings a photo would help nobody.
        with self._lock:
            if len(self._plain) >= _REMEMBERED:
                self._plain.clear()
            self._plain.add(key)
        return None


def _key(reference: Reference) -> _Key:
    return (reference.blob, reference.region.as_tuple())

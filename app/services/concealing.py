"""Looks for hidden patches in a photo and says how rare each would be on ordinary ones."""

import json
from collections.abc import Sequence
from importlib.resources import files

from app.domain.assessment import ImageFinding
from app.domain.box import Box
from app.domain.concealment import Concealment, ConcealmentBackground, ConcealmentKind
from app.domain.errors import ModelRefusedError
from app.domain.expected_place import ExpectedPlace
from app.domain.listing import Listing
from app.domain.registry import Motif
from models.protocols import PatchFinder
from models.regions import Photo

KEPT = 0.05  # chance above which a patch is not worth keeping
_FILE = "concealment_background.json"


class PatchEvidence:
    """A detector with the background that its figures are counted on; safe to share."""

    def __init__(self, finder: PatchFinder, background: ConcealmentBackground) -> None:
        """Put the two together.

        Raises:
            ModelRefusedError: when the background belongs to another detector.
        """
        if background.detector != finder.name:
            raise ModelRefusedError(
                f"the background of hidden patches is of {background.detector}, not {finder.name}"
            )
        self._finder = finder
        self._background = background

    @property
    def name(self) -> str:
        """The detector's name, which assessments carry."""
        return self._finder.name

    def find(self, frames: Sequence[Photo]) -> tuple[Concealment, ...]:
        """Return the rare patches of a photo, rarest first, one of each kind at most."""
        best: dict[str, Concealment] = {}
        for frame in frames:
            for patch in self._finder.find(frame):
                chance = self._background.chance(patch.kind, patch.log_odds)
                if chance < min(KEPT, best[patch.kind].chance if patch.kind in best else 1.0):
                    kind = ConcealmentKind(patch.kind)
                    best[patch.kind] = Concealment(kind, Box(*patch.box), chance)
        return tuple(sorted(best.values(), key=lambda patch: (patch.chance, patch.kind)))


def shipped_concealment_background() -> ConcealmentBackground:
    """Return the background that ships."""
    text = (files("app.domain.data") / _FILE).read_text(encoding="utf-8")
    return ConcealmentBackground.from_document(json.loads(text))


def expected_places(
    images: Sequence[ImageFinding], listing: Listing, motifs: Sequence[Motif]
) -> tuple[ExpectedPlace, ...]:
    """Return where motifs are to be expected on the listing's goods, if anything is hidden."""
    if not any(finding.concealed for finding in images):
        return ()
    texts = (listing.title, listing.description, listing.category)
    expected = {motif.expected_place for motif in motifs}
    return tuple(place for place in expected if place is not None and place.holds_for(texts))

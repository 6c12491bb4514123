"""Reads photos and adds what their text says to what was seen.

    matches by look ─▶ is reading worth it? ─▶ lines ─▶ registered wordings among them
        ─▶ chance of each on ordinary photos ─▶ combined with the look's ─▶ matches, best first

A wording counts for the motif that registered it, a brand's name for whichever of the brand's
motifs was seen, or looks most like the line. A motif without a reference takes no part: what was
read is always held against a picture as well.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.domain.as_read import words_as_read
from app.domain.assessment import ImageFinding, Verdict
from app.domain.box import Box
from app.domain.claim import Claim
from app.domain.combining import combined_chance
from app.domain.match import Contribution, Evidence, Match
from app.domain.rationing import ReadingMode, Unread, why_unread
from app.domain.registry import Motif, Polarity, Reference
from app.domain.text_background import TextBackground
from app.services.gallery import MotifGallery
from app.services.ordinary_words import Vocabulary
from app.services.reference_vectors import ReferenceVectors
from app.services.wording_book import ReadWording, WordingBook
from app.services.wording_rates import WordingRates
from models.protocols import TextReader
from models.regions import Regions

READ_CHANCE = 0.01  # a wording that more photos than this read by chance is no match
_Photo = NDArray[np.uint8]


class TextEvidence:
    """What reads, when it reads, and what is made of it; safe to share between threads."""

    def __init__(
        self,
        reader: TextReader,
        vectors: ReferenceVectors,
        background: Callable[[], TextBackground],
        mode: ReadingMode,
        *,
        vocabulary: Callable[[], Vocabulary] = Vocabulary.load,
    ) -> None:
        self._reader = reader
        self._vectors = vectors
        self._mode = mode
        self._rates = _LazyRates(background, vocabulary)
        self._book: tuple[MotifGallery, WordingBook] | None = None

    @property
    def name(self) -> str:
        """The reader's."""
        return self._reader.name

    def why_unread(
        self,
        frames: Sequence[_Photo],
        gallery: MotifGallery,
        claim: Claim,
        verdict: Callable[[], Verdict],
    ) -> Unread | None:
        """Return why a photo is not read, `None` when it is worth reading.

        Args:
            frames: of the photo.
            gallery: the registry as it is.
            claim: what the listing says of its brand.
            verdict: what the listing is by what was seen so far.
        """
        return why_unread(
            self._mode,
            wordings=len(self._wordings(gallery)),
            claim=claim,
            registered=lambda name: name.casefold() in _brands(gallery),
            verdict=verdict,
            has_text=lambda: any(self._reader.has_text(frame) for frame in frames),
        )

    def added(
        self, finding: ImageFinding, frames: Iterable[_Photo], gallery: MotifGallery
    ) -> ImageFinding:
        """Return a finding with what its frames say; matches are not cut to any number here."""
        matches = {match.motif_id: match for match in finding.matches}
        for frame in frames:
            lines = self._reader.read(frame)
            words = sum(len(words_as_read(line.text)) for line in lines)
            for found in self._wordings(gallery).find(lines):
                chance = self._rates.value.chance(found, words)
                if chance <= READ_CHANCE:
                    match = self._match(found, chance, frame, gallery, matches)
                    matches[match.motif_id] = match
        best_first = sorted(matches.values(), key=lambda match: match.rank_key)
        return replace(finding, matches=tuple(best_first))

    def _wordings(self, gallery: MotifGallery) -> WordingBook:
        book = self._book
        if book is None or book[0] is not gallery:
            self._book = book = (gallery, WordingBook(gallery.motifs))
        return book[1]

    def _match(
        self,
        found: ReadWording,
        chance: float,
        frame: _Photo,
        gallery: MotifGallery,
        matches: dict[int, Match],
    ) -> Match:
        owners = found.wording.motif_ids
        seen = [matches[owner] for owner in owners if owner in matches]
        look = min(seen, key=lambda match: match.rank_key, default=None)
        if look is not None and look.read and _text_alarms(look) <= 1e6 * chance:
            return look  # another wording of the same motif, or another line, said more
        here = Box(*found.line.box)
        if look is None or (chance < look.tail and look.box.overlap(here) == 0):
            look = self._held_against(owners, here, frame, gallery, look)
        return _with_text(look, found.line.text, chance)

    def _held_against(
        self,
        owners: Sequence[int],
        box: Box,
        frame: _Photo,
        gallery: MotifGallery,
        look: Match | None,
    ) -> Match:
        """Return a match of the line's piece of the photo and the reference that is nearest to it.

        Where a look was found elsewhere in the photo, only its own motif is asked.
        """
        motifs = {m.id: m for m in gallery.motifs if m.id in owners}
        if look is not None:
            motifs = {look.motif_id: motifs[look.motif_id]}
        references = [
            reference
            for reference in gallery.references
            if reference.motif_id in motifs and reference.polarity is Polarity.POSITIVE
        ]
        regions = Regions.of(frame, [box.as_tuple()])
        similarities = self._vectors.of(references) @ self._vectors.embedder.embed(regions)[0]
        nearest = int(np.argmax(similarities))
        reference = references[nearest]
        similarity = float(np.clip(similarities[nearest], -1.0, 1.0))
        return _unseen(motifs[reference.motif_id], reference, box, similarity, look)


def _brands(gallery: MotifGallery) -> set[str]:
    return {motif.brand.name.casefold() for motif in gallery.motifs}


@dataclass
class _LazyRates:
    """The rates, made when the first wording is read: the vocabulary takes a second."""

    background: Callable[[], TextBackground]
    vocabulary: Callable[[], Vocabulary]

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def value(self) -> WordingRates:
        """The rates."""
        with self._lock:
            return self._made

    @cached_property
    def _made(self) -> WordingRates:
        return WordingRates(self.background(), self.vocabulary())


def _unseen(
    motif: Motif, reference: Reference, box: Box, similarity: float, look: Match | None
) -> Match:
    """Return a match that no look supports, or the one elsewhere in the photo; text comes next."""
    return Match(
        brand=motif.brand.name,
        motif=motif.name,
        motif_id=motif.id,
        reference_id=reference.id,
        box=box,
        similarity=similarity,
        false_alarms_per_million=None if look is None else look.false_alarms_per_million,
        tail=1.0 if look is None else look.tail,
        evidence=() if look is None else look.evidence,
        contributions=() if look is None else look.contributions,
        quarantined=motif.quarantine is not None,
    )


def _with_text(look: Match, read: str, chance: float) -> Match:
    """Return a match with what was read added to it."""
    parts = tuple(c for c in look.contributions if c.evidence is not Evidence.TEXT)
    visual = Contribution(Evidence.VISUAL, look.false_alarms_per_million)
    if not parts and Evidence.VISUAL in look.evidence:
        parts = (visual,)
    own = next((c.false_alarms_per_million for c in parts), None)
    combined = combined_chance(1.0 if own is None else own / 1e6, chance)
    kinds = tuple(kind for kind in look.evidence if kind is not Evidence.TEXT)
    return replace(
        look,
        tail=combined,
        false_alarms_per_million=1e6 * combined,
        evidence=(*kinds, Evidence.TEXT),
        contributions=(*parts, Contribution(Evidence.TEXT, 1e6 * chance, read)),
    )


def _text_alarms(match: Match) -> float:
    alarms = [
        part.false_alarms_per_million
        for part in match.contributions
        if part.evidence is Evidence.TEXT and part.false_alarms_per_million is not None
    ]
    return min(alarms, default=1e6)

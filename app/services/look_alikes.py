"""Which stored references a new one is nearly the same as, by vector and by eye.

    vectors ─▶ the few that are close ─▶ pictures ─▶ whose are they?

Both have to agree: close vectors alone also join two different roundels, equal outlines alone two
different colours. Stored pictures are decoded only where vectors are close.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ImageRefusedError, NotFoundError
from app.domain.lint import LintCode, LintFinding, LintPolicy
from app.domain.ports import BlobStore
from app.domain.registry import IdPrefix, Motif, NewReference, Polarity, Reference, public_id
from app.media.appearance import Appearance, appearance
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.reference_shelf import ReferenceShelf, ShelfView
from models.regions import Embeddings

_COMPARED = 4  # the closest of each kind whose pictures are looked at

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A reference that is not stored yet: what it looks like, and its vector `(dim,)`."""

    motif: Motif
    new: NewReference
    look: Appearance
    vector: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """Something close to a candidate: a stored reference, or an earlier one of its batch."""

    similarity: float
    motif: Motif
    polarity: Polarity
    stored: Reference | None
    look: Appearance | None

    @property
    def name(self) -> str:
        """What people call it."""
        title = f"{self.motif.brand.name} / {self.motif.name}"
        if self.stored is None:
            return f"another row of {title}"
        return f"{public_id(IdPrefix.REFERENCE, self.stored.id)} of {title}"


class LookAlikes:
    """Compares candidates with the registry."""

    def __init__(
        self, policy: LintPolicy, shelf: ReferenceShelf, blobs: BlobStore, limits: DecodeLimits
    ) -> None:
        self._policy = policy
        self._shelf = shelf
        self._blobs = blobs
        self._limits = limits

    def compare(self, candidates: Sequence[Candidate], vectors: Embeddings) -> "Comparison":
        """Compare a batch, `(candidates, dim)`, with all references and with itself."""
        view = self._shelf.view()
        return Comparison(
            self,
            candidates,
            view,
            vectors @ view.vectors.T,  # (candidates, references)
            vectors @ vectors.T,
            self._policy,
        )

    def look_at(self, reference: Reference) -> Appearance | None:
        """Return what a stored reference looks like; `None` where its image is lost."""
        try:
            image = decode_image(self._blobs.get(reference.blob), self._limits)
        except (ImageRefusedError, NotFoundError):
            return None
        return appearance(image.frames[0], reference.region)


class Comparison:
    """One batch against the registry as it was when the batch began."""

    def __init__(
        self,
        look_alikes: LookAlikes,
        candidates: Sequence[Candidate],
        view: ShelfView,
        to_stored: FloatArray,
        to_batch: FloatArray,
        policy: LintPolicy,
    ) -> None:
        self._look_alikes = look_alikes
        self._candidates = candidates
        self._view = view
        self._to_stored = to_stored
        self._to_batch = to_batch
        self._policy = policy
        self._looks: dict[int, Appearance | None] = {}

    def findings(self, place: int, playing: Sequence[int]) -> list[LintFinding]:
        """Return what candidate `place` is nearly the same as.

        Args:
            place: which candidate.
            playing: earlier candidates that will take part in matching.
        """
        candidate = self._candidates[place]
        left = dict.fromkeys(LintCode, _COMPARED)
        found: dict[LintCode, LintFinding] = {}
        near = sorted(self._near(place, playing), key=lambda each: -each.similarity)
        for each in near:
            code = _concern(candidate, each)
            if code is None or code in found or not left[code]:
                continue
            opposed = code is LintCode.CONTRADICTS_MOTIF
            if opposed and each.similarity < self._policy.same:
                continue
            left[code] -= 1
            look = each.look or self._stored_look(each)
            agreement = 0.0 if look is None else candidate.look.agreement(look)
            if agreement >= (self._policy.same if opposed else self._policy.twin_agreement):
                found[code] = LintFinding(code, _detail(each, agreement))
        return [found[code] for code in LintCode if code in found]

    def _near(self, place: int, playing: Sequence[int]) -> Iterator[_Near]:
        bar = self._policy.twin_similarity
        for column in np.flatnonzero(self._to_stored[place] >= bar):
            reference = self._view.references[column]
            motif = self._view.motifs[reference.motif_id]
            similarity = float(self._to_stored[place, column])
            yield _Near(similarity, motif, reference.polarity, reference, None)
        for other in playing:
            if self._to_batch[place, other] >= bar:
                each = self._candidates[other]
                similarity = float(self._to_batch[place, other])
                yield _Near(similarity, each.motif, each.new.polarity, None, each.look)

    def _stored_look(self, near: _Near) -> Appearance | None:
        if near.stored is None:
            return None
        if near.stored.id not in self._looks:
            self._looks[near.stored.id] = self._look_alikes.look_at(near.stored)
        return self._looks[near.stored.id]


def _concern(candidate: Candidate, near: _Near) -> LintCode | None:
    """Return what it would mean for a candidate to be the same picture as `near`.

    A known look-alike may well be another brand's motif: that is no concern.
    """
    same_polarity = candidate.new.polarity is near.polarity
    if candidate.motif.brand.id == near.motif.brand.id and same_polarity:
        return LintCode.DUPLICATES_OWN
    if candidate.motif.id == near.motif.id:
        return LintCode.CONTRADICTS_MOTIF
    if same_polarity and near.polarity is Polarity.POSITIVE:
        return LintCode.RESEMBLES_OTHER_BRAND
    return None


def _detail(near: _Near, agreement: float) -> str:
    kind = "known look-alike " if near.polarity is Polarity.NEGATIVE else ""
    return f"similarity {near.similarity:.2f} and outline {agreement:.2f} to {kind}{near.name}"

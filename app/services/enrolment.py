"""Enrolment: an image of a motif becomes a reference that photos are matched against.

    bytes ─▶ decode ─▶ box inside? large enough? ─▶ blob ─▶ vector ─▶ lint ─▶ row, vector

The blob is kept before the row that names it, so a crash leaves nothing that points to nothing: an
unnamed blob is harmless. Row and vector are kept together. What the lint finds is kept with the
row, and a grave finding puts the reference into quarantine before any photo could match it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.box import Box
from app.domain.errors import InvalidBoxError
from app.domain.lint import LintFinding, ReferenceStatus
from app.domain.ports import BlobStore, RegistryStore
from app.domain.registry import Motif, NewReference, Polarity, Reference
from app.media.appearance import appearance
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.linting import Linter
from app.services.look_alikes import Candidate
from app.services.reference_vectors import ReferenceVectors
from models.regions import Regions

MIN_REFERENCE_SIDE = 12  # pixels; below this a mark is a smudge that resembles every other smudge


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A reference whose image is kept, with its photo `(H, W, 3)` still in hand."""

    new: NewReference
    photo: NDArray[np.uint8]


class Enroller:
    """Adds references to motifs; safe to share between threads."""

    def __init__(
        self,
        registry: RegistryStore,
        blobs: BlobStore,
        vectors: ReferenceVectors,
        linter: Linter,
        limits: DecodeLimits,
    ) -> None:
        self._registry = registry
        self._blobs = blobs
        self.vectors = vectors
        self._linter = linter
        self._limits = limits
        # Two that arrive together would not see each other, and both be let in.
        self._one_at_a_time = threading.Lock()

    def add(
        self,
        motif_id: int,
        data: bytes,
        *,
        polarity: Polarity = Polarity.POSITIVE,
        box: Box | None = None,
        source: str = "",
    ) -> tuple[Reference, bool]:
        """Add an image to a motif; the flag tells whether it was new.

        Args:
            motif_id: an existing motif.
            data: the image file.
            polarity: whether it shows the motif or a known look-alike.
            box: the part that shows it, in pixels of the upright image; the whole by default.
            source: where it came from, for people.

        Raises:
            ImageRefusedError: when the image cannot be read.
            InvalidBoxError: when the box lies outside or is too small.
            NotFoundError: when there is no such motif.
        """
        prepared = self.prepare(data, polarity=polarity, box=box, source=source)
        known = self._registry.known_reference(motif_id, prepared.new)
        if known is not None:
            return known, False
        return self.enrol([self.look(self._registry.motif(motif_id), prepared)])[0]

    def enrol(self, candidates: Sequence[Candidate]) -> list[tuple[Reference, bool]]:
        """Examine and add references, all or none; each flag tells whether it was new.

        Raises:
            NotFoundError: when one of the motifs is gone.
            StorageError: when the database fails.
        """
        with self._one_at_a_time:
            findings = self._linter.examine(candidates)
            with self._registry.batch():
                stored = [
                    self._registry.add_reference(
                        candidate.motif.id,
                        replace(
                            candidate.new, findings=found, status=self._linter.policy.status(found)
                        ),
                    )
                    for candidate, found in zip(candidates, findings, strict=True)
                ]
                self.vectors.keep(
                    [
                        (reference, candidate.vector)
                        for (reference, created), candidate in zip(stored, candidates, strict=True)
                        if created
                    ]
                )
        return stored

    def examine(self, candidate: Candidate) -> tuple[LintFinding, ...]:
        """Return what would be said of a reference at its enrolment; nothing is kept."""
        with self._one_at_a_time:
            return self._linter.examine([candidate])[0]

    def status(self, findings: Sequence[LintFinding]) -> ReferenceStatus:
        """Return how a reference with these findings would be enrolled."""
        return self._linter.policy.status(findings)

    def prepare(self, data: bytes, *, polarity: Polarity, box: Box | None, source: str) -> Prepared:
        """Check an image and keep its bytes; nothing is in the registry yet."""
        image = decode_image(data, self._limits)
        region = (box or Box.whole(image.width, image.height)).within(image.width, image.height)
        if min(region.width, region.height) < MIN_REFERENCE_SIDE:
            raise InvalidBoxError(
                f"a reference of {region.width} x {region.height} pixels is too small; "
                f"both sides need at least {MIN_REFERENCE_SIDE}"
            )
        blob = self._blobs.put(data)
        new = NewReference(polarity, blob, image.width, image.height, box, source)
        return Prepared(new, image.frames[0])

    def look(self, motif: Motif, prepared: Prepared) -> Candidate:
        """Look at a prepared reference, which is what takes time, and let go of its photo."""
        region = prepared.new.region
        regions = Regions.of(prepared.photo, [region.as_tuple()])
        vector = self.vectors.embedder.embed(regions)[0]
        return Candidate(motif, prepared.new, appearance(prepared.photo, region), vector)

"""Enrolment: an image of a motif becomes a reference that photos are matched against.

    bytes ─▶ decode ─▶ box inside? large enough? ─▶ blob ─▶ registry row ─▶ vector

The blob is kept before the row that names it, and the row before its vector, so a crash leaves
nothing that points to nothing: an unnamed blob is harmless, a missing vector is made on next use.
"""

from app.domain.box import Box
from app.domain.errors import InvalidBoxError
from app.domain.ports import BlobStore, RegistryStore
from app.domain.registry import NewReference, Polarity, Reference
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.reference_vectors import ReferenceVectors

MIN_REFERENCE_SIDE = 12  # pixels; below this a mark is a smudge that resembles every other smudge


class Enroller:
    """Adds references to motifs."""

    def __init__(
        self,
        registry: RegistryStore,
        blobs: BlobStore,
        vectors: ReferenceVectors,
        limits: DecodeLimits,
    ) -> None:
        self._registry = registry
        self._blobs = blobs
        self._vectors = vectors
        self._limits = limits

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
        return self.enrol(motif_id, self.prepare(data, polarity=polarity, box=box, source=source))

    def enrol(self, motif_id: int, new: NewReference) -> tuple[Reference, bool]:
        """Add a prepared reference; the flag tells whether it was new."""
        reference, created = self._registry.add_reference(motif_id, new)
        if created:
            self._vectors.of([reference])
        return reference, created

    def prepare(
        self, data: bytes, *, polarity: Polarity, box: Box | None, source: str
    ) -> NewReference:
        """Check an image and keep its bytes; nothing is in the registry yet."""
        image = decode_image(data, self._limits)
        region = (box or Box.whole(image.width, image.height)).within(image.width, image.height)
        if min(region.width, region.height) < MIN_REFERENCE_SIDE:
            raise InvalidBoxError(
                f"a reference of {region.width} x {region.height} pixels is too small; "
                f"both sides need at least {MIN_REFERENCE_SIDE}"
            )
        return NewReference(polarity, self._blobs.put(data), image.width, image.height, box, source)

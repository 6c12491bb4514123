"""The pictures of a case: each photo with its boxes, each crop beside its reference.

    stored assessment ─▶ photo by photo: decode once ─▶ overlay, comparisons ─▶ exhibits

One photo is in memory at a time; a reference is decoded again for each match that names it, which a
case has few of.
"""

from dataclasses import dataclass

from app.domain.assessment import ImageFinding
from app.domain.box import Box
from app.domain.errors import NotFoundError, TouchstoneError
from app.domain.match import Match
from app.domain.ports import BlobStore, RegistryStore, StoredAssessment
from app.domain.registry import Motif, Reference
from app.media.aligned import Picture, aligned_png, beside_png
from app.media.case_file.content import MatchExhibit, PhotoExhibit
from app.media.case_file.pictures import page_jpeg
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.media.overlay import overlay_png

Known = tuple[Motif, Reference]


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """One readable photo as the pack holds it."""

    photo: bytes
    overlay: bytes
    exhibit: PhotoExhibit


class CasePictures:
    """Draws the pictures of one service's cases."""

    def __init__(self, registry: RegistryStore, blobs: BlobStore, limits: DecodeLimits) -> None:
        self._registry = registry
        self._blobs = blobs
        self._limits = limits

    def known(self, reference_id: int) -> Known | None:
        """Return a matched reference and its motif, or `None` when it was removed since."""
        try:
            reference = self._registry.reference(reference_id)
            return self._registry.motif(reference.motif_id), reference
        except NotFoundError:
            return None

    def reference(self, reference_id: int) -> tuple[Picture, Box] | None:
        """Return a reference's picture and the part that shows the motif, or `None` if gone."""
        known = self.known(reference_id)
        if known is None:
            return None
        try:
            return self._decoded(self._blobs.get(known[1].blob)), known[1].region
        except TouchstoneError:
            return None

    def overlay(self, stored: StoredAssessment, number: int) -> bytes:
        """Return image `number` (from 1) with the matches that count as seen drawn in, as PNG.

        Raises:
            NotFoundError: when there is no such image, or it could not be read.
        """
        images = stored.assessment.images
        if not 1 <= number <= len(images) or images[number - 1].error is not None:
            raise NotFoundError(f"the assessment has no readable image {number}")
        finding = images[number - 1]
        photo = self._decoded(self._blobs.get(finding.sha256 or ""))
        return overlay_png(
            photo, stored.assessment.seen(finding), stored.assessment.hidden(finding)
        )

    def of(self, stored: StoredAssessment, number: int, finding: ImageFinding) -> PhotoFiles:
        """Return the pictures of one readable photo, `number` in its listing.

        Raises:
            NotFoundError: when the photo or a reference's image is not kept any more.
            StorageError: when one is damaged.
        """
        data = self._blobs.get(finding.sha256 or "")
        photo = self._decoded(data)
        seen = stored.assessment.seen(finding)
        overlay = overlay_png(photo, seen, stored.assessment.hidden(finding))
        exhibits = tuple(
            self._exhibit(f"{number}-{place}", photo, match)
            for place, match in enumerate(seen, start=1)
        )
        exhibit = PhotoExhibit(number, finding, page_jpeg(overlay), exhibits)
        return PhotoFiles(data, overlay, exhibit)

    def _exhibit(self, label: str, photo: Picture, match: Match) -> MatchExhibit:
        known = self.known(match.reference_id)
        if known is None:
            return MatchExhibit(label, match, None, None)
        motif, reference = known
        picture = self._decoded(self._blobs.get(reference.blob))
        comparison = beside_png(photo, match, picture, reference.region)
        aligned = None
        if match.alignment is not None:
            aligned = aligned_png(photo, match, picture, reference.region)
        return MatchExhibit(label, match, motif, reference, comparison, aligned)

    def _decoded(self, data: bytes) -> Picture:
        return decode_image(data, self._limits).frames[0]

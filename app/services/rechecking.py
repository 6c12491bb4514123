"""Computes an assessment anew from what was kept, and says whether it still holds.

    stored photos ─▶ the assessor, remembering nothing ─▶ assessment ─▶ compared with the stored one

It is judged under the registry, model and policy of now; which of them are others than then is part
of the answer. Photos that retention removed are named, and nothing is claimed of what rests on
them. Nothing is kept.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from app.domain.assessment import ImageFinding
from app.domain.contract import assessment_document
from app.domain.errors import NotFoundError
from app.domain.ports import BlobStore, PhotoStore, StoredAssessment
from app.domain.recheck import LostPhoto, Recheck, differences
from app.services.assessment import Assessor
from app.services.sources import BytesSource, ImageSource, RecordedSource
from app.services.stages import Observe, unobserved


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rechecker:
    """Rechecks assessments; safe to share between threads."""

    def __init__(
        self,
        assessor: Assessor,
        blobs: BlobStore,
        photos: PhotoStore,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._assessor = assessor
        self._blobs = blobs
        self._photos = photos
        self._clock = clock

    def check(self, stored: StoredAssessment, *, observe: Observe = unobserved) -> Recheck:
        """Return whether an assessment still holds.

        Raises:
            StorageError: when the blob store fails, or a photo in it is damaged.
        """
        then = stored.assessment
        sources = [self._source(finding) for finding in then.images]
        missing = self._missing(then.images, sources)
        now = self._assessor.assess(stored.listing, sources, observe=observe)
        looked_at = then.photos - {lost.sha256 for lost in missing}
        return Recheck(
            assessment_id=stored.id,
            assessed_at=stored.created_at,
            checked_at=self._clock(),
            then=assessment_document(then),
            now=assessment_document(now),
            differences=differences(then, now, photos=looked_at if missing else None),
            missing=missing,
            unread=tuple(finding.image for finding in then.images if finding.error is not None),
        )

    def _source(self, finding: ImageFinding) -> ImageSource:
        if finding.sha256 is None or finding.error is not None:
            return RecordedSource(finding.image, finding)
        try:
            return BytesSource(finding.image, self._blobs.get(finding.sha256))
        except NotFoundError:
            return RecordedSource(finding.image, finding)

    def _missing(
        self, findings: tuple[ImageFinding, ...], sources: list[ImageSource]
    ) -> tuple[LostPhoto, ...]:
        lost = [
            (finding.image, finding.sha256)
            for finding, source in zip(findings, sources, strict=True)
            if finding.error is None and finding.sha256 and isinstance(source, RecordedSource)
        ]
        removed = self._photos.removed([sha256 for _, sha256 in lost])
        return tuple(LostPhoto(image, sha256, removed.get(sha256)) for image, sha256 in lost)

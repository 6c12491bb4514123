"""Assesses listings and keeps what was judged: the photos by content, the assessment by id.

The batch executor does not pass by here: its output file is its record.
"""

import hashlib
from collections.abc import Sequence

from app.domain.errors import NotFoundError
from app.domain.listing import Listing
from app.domain.ports import AssessmentStore, BlobStore, StoredAssessment
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.media.overlay import overlay_png
from app.services.assessment import Assessor
from app.services.collecting import ImageCollector
from app.services.sources import BytesSource, ImageSource
from app.services.stages import Observe, unobserved


class AssessmentDesk:
    """Assess, keep, and show the evidence again."""

    def __init__(
        self,
        assessor: Assessor,
        assessments: AssessmentStore,
        blobs: BlobStore,
        limits: DecodeLimits,
        collector: ImageCollector,
    ) -> None:
        self._assessor = assessor
        self._collector = collector
        self._assessments = assessments
        self._blobs = blobs
        self._limits = limits

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,
    ) -> StoredAssessment:
        """Fetch what has to be fetched, assess, keep the readable photos, then the assessment.

        Raises:
            StorageError: when either cannot be kept; no assessment exists then.
        """
        at_hand = self._collector.collect(sources, observe=observe)
        assessment = self._assessor.assess(listing, at_hand, observe=observe)
        readable = {finding.sha256 for finding in assessment.images if finding.error is None}
        for source in at_hand:
            if not isinstance(source, BytesSource):
                continue
            if hashlib.sha256(source.data).hexdigest() in readable:
                self._blobs.put(source.data)
        return self._assessments.add(listing, assessment)

    def overlay(self, stored: StoredAssessment, number: int) -> bytes:
        """Return image `number` (from 1) with the matches that count as seen drawn in, as PNG.

        Raises:
            NotFoundError: when there is no such image, or it could not be read.
        """
        images = stored.assessment.images
        if not 1 <= number <= len(images) or images[number - 1].error is not None:
            raise NotFoundError(f"the assessment has no readable image {number}")
        finding = images[number - 1]
        photo = decode_image(self._blobs.get(finding.sha256 or ""), self._limits).frames[0]
        return overlay_png(photo, stored.assessment.seen(finding))

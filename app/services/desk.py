"""Assesses listings and keeps what was judged: the photos by content, the assessment by id.

The batch executor does not pass by here: its output file is its record.
"""

import hashlib
from collections.abc import Sequence

from app.domain.assessment import Verdict
from app.domain.listing import Listing
from app.domain.ports import AssessmentStore, BlobStore, StoredAssessment
from app.services.assessment import Assessor
from app.services.collecting import ImageCollector
from app.services.errand import begin_keeping
from app.services.flooding import FloodGuard
from app.services.region_memory import RegionMemories
from app.services.sources import BytesSource, ImageSource
from app.services.stages import Observe, unobserved


class AssessmentDesk:
    """Assess and keep."""

    def __init__(
        self,
        assessor: Assessor,
        assessments: AssessmentStore,
        blobs: BlobStore,
        collector: ImageCollector,
        flood: FloodGuard,
        memories: RegionMemories | None = None,
    ) -> None:
        self._assessor = assessor
        self._flood = flood
        self._collector = collector
        self._assessments = assessments
        self._blobs = blobs
        self._memories = memories

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
        memory = None if self._memories is None else self._memories.open()
        assessment = self._assessor.assess(listing, at_hand, observe=observe, regions=memory)
        begin_keeping()
        photos = [source.data for source in at_hand if isinstance(source, BytesSource)]
        photos = [data for data in photos if _sha256(data) in assessment.photos]
        self._keep(photos)
        stored = self._assessments.add(listing, assessment)
        # Retention may have removed a photo that was there already; from here on it spares it.
        self._keep(photos)
        if memory is not None:
            memory.keep()
        if assessment.verdict is not Verdict.CLEAR:  # it opened a review
            self._flood.look(assessment)
        return stored

    def _keep(self, photos: Sequence[bytes]) -> None:
        for data in photos:
            self._blobs.put(data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""Assesses listings and keeps what was judged: the photos by content, the assessment by id.

The batch executor does not pass by here: its output file is its record.
"""

import hashlib
from collections.abc import Sequence

from app.domain.listing import Listing
from app.domain.ports import AssessmentStore, BlobStore, StoredAssessment
from app.services.assessment import Assessor
from app.services.collecting import ImageCollector
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
    ) -> None:
        self._assessor = assessor
        self._collector = collector
        self._assessments = assessments
        self._blobs = blobs

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

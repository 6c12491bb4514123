"""One row to its outcome: the work that an executor spreads over workers.

A photo that cannot be read is part of its assessment. An unexpected exception costs its listing
alone: it is logged under an id, and the row carries that id. A `TouchstoneError` that is not about
the listing (the database is gone, the model refused) stops the run instead, because every later
listing would fail in the same way and a run that stopped can be resumed.
"""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from app.batch.image_folders import UrlSource
from app.batch.kept_regions import KeptFrame, kept_frames
from app.batch.rows import BadRow, CatalogRow, Place, Row
from app.domain.assessment import Assessment
from app.domain.contract import Document, assessment_document
from app.domain.errors import InvalidInputError, TouchstoneError
from app.domain.listing import Listing
from app.services.collecting import ImageCollector
from app.services.photo_memory import PhotoMemory
from app.services.region_memory import NotedRegions, PhotoRegions, RegionMemory
from app.services.sources import FetchedSource, ImageSource
from app.services.stages import Observe, StageTotals, unobserved

_log = structlog.get_logger(__name__)


class ListingAssessor(Protocol):
    """What the stage needs of `app.services.assessment.Assessor`."""

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = ...,
        memory: PhotoMemory | None = ...,
        regions: RegionMemory | None = ...,
    ) -> Assessment:
        """Return the verdict on a listing; safe to call from several threads."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An assessed row: the assessment as the contract shows it."""

    place: Place
    digest: str
    document: Document


Outcome = Scored | BadRow
KeepFrames = Callable[[Sequence[KeptFrame]], None]


class AssessStage:
    """Assesses rows; safe to share between threads."""

    def __init__(
        self,
        assessor: ListingAssessor,
        observe: Observe = unobserved,
        memory: PhotoMemory | None = None,
        collector: ImageCollector | None = None,
    ) -> None:
        self._assessor = assessor
        self._observe = observe
        self._memory = memory
        self._collector = collector

    def versions(self) -> Document:
        """Return what verdicts depend on at this moment, as assessments carry it."""
        # Every assessment names its versions, so one of a listing without photos is asked.
        nothing = self._assessor.assess(Listing("no listing"), ())
        versions: Document = assessment_document(nothing)["versions"]
        return versions

    def run(self, row: Row, keep: KeepFrames | None = None) -> Outcome:
        """Return the row's assessment, or the row as one that has none.

        Args:
            row: the row.
            keep: is handed what each photo was embedded as that is looked at for the row.

        Raises:
            TouchstoneError: when assessing failed for a reason that is not this listing's.
        """
        if isinstance(row, BadRow):
            return row
        if keep is None:
            return self._assess(row, None)

        def note(photo: PhotoRegions) -> None:
            keep(kept_frames(photo))

        return self._assess(row, NotedRegions(note))

    def assess(self, row: CatalogRow) -> Assessment:
        """Return the row's assessment as it is, with figures that are not rounded."""
        return self._assessor.assess(
            row.listing, self._at_hand(row.sources), observe=self._observe, memory=self._memory
        )

    def _at_hand(self, sources: Sequence[ImageSource]) -> Sequence[ImageSource]:
        """Fetch what is behind an address, as far as the policy lets."""
        if self._collector is None:
            return sources
        named = [_fetched(source, self._collector) for source in sources]
        return self._collector.collect(named, observe=self._observe)

    def _assess(self, row: CatalogRow, regions: RegionMemory | None) -> Outcome:
        refused = BadRow(row.place, row.digest, row.text, reason="")
        try:
            sources = self._at_hand(row.sources)
            assessment = self._assessor.assess(
                row.listing,
                sources,
                observe=self._observe,
                memory=self._memory,
                regions=regions,
            )
            return Scored(row.place, row.digest, assessment_document(assessment))
        except InvalidInputError as error:
            return replace(refused, reason=error.message)
        except TouchstoneError:
            raise
        except Exception:  # noqa: BLE001  one listing's bug must not cost the others
            failure = uuid.uuid4().hex[:12]
            _log.exception(
                "listing_failed",
                failure=failure,
                row=row.place.number,
                listing_id=row.listing.listing_id,
            )
            reason = f"assessing failed unexpectedly; the log has it under {failure}"
            return replace(refused, reason=reason, failure=failure)


def _fetched(source: ImageSource, collector: ImageCollector) -> ImageSource:
    if not isinstance(source, UrlSource):
        return source
    return FetchedSource(source.name, source.name, collector.fetcher)


class SharedStageTotals:
    """Seconds per stage, added up over all threads; an `Observe`."""

    def __init__(self) -> None:
        self._totals = StageTotals()
        self._adding = threading.Lock()

    def __call__(self, stage: str, seconds: float) -> None:
        """Add one figure."""
        with self._adding:
            self._totals(stage, seconds)

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add sums of another process."""
        for stage, value in seconds.items():
            self(stage, value)

    def seconds(self) -> Mapping[str, float]:
        """Return the sums; with several workers they may exceed the time that passed."""
        with self._adding:
            return dict(self._totals.seconds)

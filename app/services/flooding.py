"""Watches how reviews of motifs flow, and puts one that floods into quarantine.

    a review opened or was decided ─▶ count those of its motifs ─▶ beyond a limit ─▶ quarantine

The registry keeps the quarantine and tells webhooks of it in one transaction, so of several
processes that notice a flood one acts. Watching is no part of what is watched: when it fails, the
assessment or the decision stands, and the next one looks again.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog

from app.domain.assessment import Assessment
from app.domain.audit import SYSTEM, acting_as
from app.domain.errors import NotFoundError, StorageError
from app.domain.flood import FloodPolicy, Quarantine
from app.domain.ports import RegistryStore
from app.domain.registry import IdPrefix, Motif, public_id
from app.domain.review_store import ReviewStore


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FloodGuard:
    """Looks at motifs; safe to share between threads."""

    def __init__(
        self,
        reviews: ReviewStore,
        registry: RegistryStore,
        policy: FloodPolicy,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._reviews = reviews
        self._registry = registry
        self._policy = policy
        self._clock = clock
        self._log = structlog.get_logger()

    def look(self, assessment: Assessment) -> list[Motif]:
        """Put those of the motifs seen in an assessment that flood into quarantine; return them."""
        if not self._policy.on:
            return []
        seen = {match.motif_id for image in assessment.images for match in assessment.seen(image)}
        try:
            return self._held(sorted(seen))
        except StorageError as error:  # what led here is kept; the next review looks again
            self._log.warning("flood_not_watched", error=error.message)
            return []

    def release(self, motif_id: int) -> Motif:
        """Let a motif out of quarantine; `NotFoundError`, `ConflictError`."""
        motif = self._registry.release_motif(motif_id, self._clock())
        self._log.warning("motif_released", motif=public_id(IdPrefix.MOTIF, motif_id))
        return motif

    def _held(self, motif_ids: Iterable[int]) -> list[Motif]:
        held = []
        for motif_id in motif_ids:
            try:
                motif = self._quarantined(motif_id)
            except NotFoundError:  # removed meanwhile
                continue
            if motif is not None:
                held.append(motif)
        return held

    def _quarantined(self, motif_id: int) -> Motif | None:
        motif, now = self._registry.motif(motif_id), self._clock()
        if motif.quarantine is not None:
            return None
        decided_since = now - self._policy.window
        if motif.released_at is not None:
            decided_since = max(decided_since, motif.released_at)
        flow = self._reviews.flow(motif_id, opened=motif.released_at, decided=decided_since)
        found = self._policy.flooding(flow)
        if found is None:
            return None
        code, detail = found
        with acting_as(SYSTEM):  # and not as whoever sent the listing that led here
            held, is_new = self._registry.quarantine_motif(motif_id, Quarantine(code, detail, now))
        if not is_new:
            return None
        name = f"{held.brand.name} / {held.name}"
        number = public_id(IdPrefix.MOTIF, motif_id)
        self._log.warning("motif_quarantined", motif=number, name=name, code=code, detail=detail)
        return held

"""Keeps the motif gallery in step with the registry, whoever changed it.

Before every photo the registry's version is read, one row. While it stands still, the gallery in
hand is right. When it has moved, by this process or by another on the same database, the difference
is applied: vectors of new references are added, those of removed and disabled ones dropped, and one
new gallery takes the place of the old. So an addition is seen, and a removal is gone, by the very
next photo. A timed disable ends the same way: the gallery knows until when it is right.

Callers that arrive during a change wait for it rather than judge by a registry that is gone; those
already matching go on with the gallery they hold.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from app.domain.brand_names import BrandNames
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.errors import CalibrationError
from app.domain.ports import RegistryReader, RegistryState
from app.domain.prices import PriceBook
from app.domain.registry import Motif, Polarity, Reference
from app.domain.sellers import SellerBook
from app.services.background import Background
from app.services.background_files import BackgroundLibrary
from app.services.gallery import Matcher, MotifGallery
from app.services.reference_vectors import ReferenceVectors
from index import (
    IndexOptions,
    LiveIndex,
    SnapshotRefusedError,
    VectorIndex,
    build_index,
    load_snapshot,
)

_log = structlog.get_logger(__name__)
_TWINS = 16  # entries that may share one picture
_SAMPLE = 256  # references compared between a snapshot and SQL
_BACKGROUND_CHECK_S = 1.0  # how soon a calibration by another process is noticed


@dataclass(frozen=True, slots=True)
class GalleryOptions:
    """How the gallery is built and searched."""

    index: IndexOptions
    snapshots: Path
    neighbours: int = 100


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LiveGallery:
    """Hands out the gallery of the registry as it is now."""

    def __init__(
        self,
        registry: RegistryReader,
        vectors: ReferenceVectors,
        backgrounds: BackgroundLibrary,
        options: GalleryOptions,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._registry = registry
        self._vectors = vectors
        self._backgrounds = backgrounds
        self._options = options
        self._clock = clock
        self._changing = threading.Lock()
        self._index: LiveIndex | None = None
        self._matcher: Matcher | None = None
        self._right_until: datetime | None = None
        self._made = 0.0
        self._background_blob: str | None = None
        self._background: Background | None = None
        self._background_read: str | None = ""  # the blob behind _background; "" before any
        self._background_checked = 0.0
        self._maxima: dict[int, NDArray[np.float32]] = {}  # reference id: (photos,)

    @property
    def loaded(self) -> Matcher | None:
        """The gallery in hand, right or not; `None` before the first use."""
        return self._matcher

    @property
    def age(self) -> float:
        """Seconds since the gallery in hand was made, 0 before the first use."""
        return time.monotonic() - self._made if self._matcher is not None else 0.0

    @property
    def background_blob(self) -> str | None:
        """The blob of the operator's own background in hand; `None` for the shipped one."""
        return self._background_blob

    def current(self) -> Matcher:
        """Return a matcher over the registry as it is now."""
        matcher = self._matcher
        if matcher is not None and self._is_right(matcher):
            return matcher
        with self._changing:
            matcher = self._matcher
            if matcher is None or not self._is_right(matcher):
                matcher = self._renewed()
            return matcher

    def maxima_over(self, photos: Background) -> NDArray[np.float32]:
        """Return `(motifs, photos)`: each motif's best similarity inside photos of any kind.

        With photos that had no part in the calibration it shows how far the figures hold.
        """
        gallery = self.current().gallery
        positive = _positive(gallery.references)
        maxima = photos.maxima(self._vectors.of(positive))
        return _best_of_motifs(gallery.motifs, positive, list(maxima))

    def supposed(self, vectors: NDArray[np.float32]) -> NullDistributions | None:
        """Return the null distribution, one row, that a motif with these references would have.

        The registry's loud motifs count as they do for a motif that is in it.

        Args:
            vectors: `(references, dim)`, at least one.
        """
        nulls, background = self.current().gallery.nulls, self._background
        if background is None:
            return None
        try:
            own = fit_nulls(background.maxima(vectors).max(axis=0, keepdims=True))
        except CalibrationError:
            return None
        if nulls is None:
            return own
        return replace(own, common=nulls.common, effective_motifs=nulls.effective_motifs)

    def _is_right(self, matcher: Matcher) -> bool:
        if matcher.gallery.registry_version != self._registry.version():
            return False
        if self._right_until is not None and self._clock() >= self._right_until:
            return False
        return not self._background_moved()

    def _background_moved(self) -> bool:
        now = time.monotonic()
        if now - self._background_checked < _BACKGROUND_CHECK_S:
            return False
        if self._backgrounds.newest() != self._background_blob:
            return True  # and stays true for whoever asks next, until the gallery is renewed
        self._background_checked = now
        return False

    def _renewed(self) -> Matcher:
        state = self._registry.state()
        now = self._clock()
        motifs, references = _taking_part(state, now)
        index = self._changed_index(references)
        background = self._current_background()
        nulls = self._nulls(background, motifs, references)
        gallery = MotifGallery(
            registry_version=state.version,
            index=index,
            motifs=motifs,
            references=references,
            nulls=nulls,
            background=None if background is None or nulls is None else background.version,
            brand_names=BrandNames(state.brands),
            sellers=_sellers(state),
            prices=PriceBook((brand.name, brand.prices) for brand in state.brands),
        )
        self._made = time.monotonic()
        # In this order: a reader between two lines sees a gallery that is not right, and waits.
        self._matcher = matcher = Matcher(gallery, neighbours=self._options.neighbours)
        self._background_blob = self._background_read
        self._right_until = _next_return(state, now)
        return matcher

    def _changed_index(self, references: Sequence[Reference]) -> VectorIndex:
        live = self._index or LiveIndex(self._first_index(references))
        self._index = live
        held = set(live.view()[1].ids.tolist())
        wanted = {reference.id for reference in references}
        added = [reference for reference in references if reference.id not in held]
        removed = sorted(held - wanted)
        if added or removed:
            live.apply([ref.id for ref in added], self._vectors.of(added), removed)
        return live.view()[1]

    def _agrees(self, index: VectorIndex, references: Sequence[Reference]) -> bool:
        """Tell whether a snapshot's vectors are those that SQL has under the same ids.

        Ids alone prove nothing: a new or restored database hands them out again.
        """
        held = set(index.ids.tolist())
        shared = [reference for reference in references if reference.id in held][:_SAMPLE]
        if not shared:
            return not held
        found = index.search(self._vectors.of(shared), _TWINS)
        own = found.ids == np.array([[reference.id] for reference in shared])
        return bool((own & (found.similarities > 0.999)).any(axis=1).all())

    def _first_index(self, references: Sequence[Reference]) -> VectorIndex:
        embedder = self._vectors.embedder
        try:
            index, _ = load_snapshot(
                self._options.snapshots,
                model=embedder.name,
                weights_sha256=embedder.weights_sha256,
                dim=embedder.dim,
            )
            if index.options == self._options.index and self._agrees(index, references):
                return index
            _log.warning("snapshot_not_used", reason="made with other options or another registry")
        except (SnapshotRefusedError, OSError) as error:
            # A snapshot is a cache: whatever is wrong with it, SQL has the truth.
            if getattr(error, "reason", "") != "no_snapshot":
                _log.warning("snapshot_not_used", reason=str(error))
        return build_index(self._options.index, embedder.dim)

    def _current_background(self) -> Background | None:
        blob = self._backgrounds.newest()
        if self._background_read == "" or blob != self._background_read:
            self._background = self._backgrounds.load(blob)
            self._background_read = blob
            self._maxima.clear()
        return self._background

    def _nulls(
        self,
        background: Background | None,
        motifs: Sequence[Motif],
        references: Sequence[Reference],
    ) -> NullDistributions | None:
        if background is None or not motifs:
            return None
        positive = _positive(references)
        new = [ref for ref in positive if ref.id not in self._maxima]
        maxima = background.maxima(self._vectors.of(new))
        self._maxima.update(zip((ref.id for ref in new), maxima, strict=True))
        self._maxima = {ref.id: self._maxima[ref.id] for ref in positive}  # removed ones go
        best = _best_of_motifs(motifs, positive, [self._maxima[ref.id] for ref in positive])
        try:
            return fit_nulls(best)
        except CalibrationError:
            return None


def _taking_part(
    state: RegistryState, now: datetime
) -> tuple[tuple[Motif, ...], tuple[Reference, ...]]:
    """Return the enabled motifs with a positive reference, and all references that take part."""
    active = [ref for ref in state.references if ref.takes_part]
    shown = {ref.motif_id for ref in active if ref.polarity is Polarity.POSITIVE}
    motifs = tuple(m for m in state.motifs if m.id in shown and m.enabled_at(now))
    enabled = {motif.id for motif in motifs}
    return motifs, tuple(ref for ref in active if ref.motif_id in enabled)


def _sellers(state: RegistryState) -> SellerBook:
    names = {brand.id: brand.name for brand in state.brands}
    return SellerBook((names[seller.brand_id], seller) for seller in state.sellers)


def _positive(references: Sequence[Reference]) -> list[Reference]:
    return [ref for ref in references if ref.polarity is Polarity.POSITIVE]


def _best_of_motifs(
    motifs: Sequence[Motif],
    references: Sequence[Reference],
    maxima: Sequence[NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Return `(motifs, photos)` from one `(photos,)` row for each reference."""
    rows = {motif.id: row for row, motif in enumerate(motifs)}
    best = np.full((len(motifs), len(maxima[0]) if maxima else 0), -1.0, np.float32)
    for reference, values in zip(references, maxima, strict=True):
        row = best[rows[reference.motif_id]]
        np.maximum(row, values, out=row)
    return best


def _next_return(state: RegistryState, now: datetime) -> datetime | None:
    """Return when the next timed disable ends, `None` where none is running."""
    returns = [m.disabled_until for m in state.motifs if m.disabled and m.disabled_until]
    return min((moment for moment in returns if moment > now), default=None)

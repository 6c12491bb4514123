"""References prepared for a second look, made on first use and kept for a while.

A reference is remembered under the content of its image and its box, not under its id: a database
that was made anew hands ids out again, and what is prepared here must never be another picture. So
nothing can be stale; a reference that leaves the registry is not asked for any more and drops out
when its place is needed.
"""

import threading
from collections import OrderedDict

import structlog

from app.domain.errors import ImageRefusedError, NotFoundError, StorageError
from app.domain.ports import BlobStore
from app.domain.registry import IdPrefix, Reference, public_id
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from models.geometry import OF_REGIONS, Detail, ReferenceLook

_log = structlog.get_logger(__name__)
_Key = tuple[str, tuple[int, int, int, int]]


class ReferenceLooks:
    """Prepares references; safe to share between threads."""

    def __init__(
        self,
        blobs: BlobStore,
        limits: DecodeLimits,
        *,
        remembered: int = 512,
        detail: Detail = OF_REGIONS,
    ) -> None:
        if remembered < 1:
            raise ValueError("at least one reference is remembered")
        self._detail = detail
        self._blobs = blobs
        self._limits = limits
        self._remembered = remembered
        self._lock = threading.Lock()
        self._looks: OrderedDict[_Key, ReferenceLook] = OrderedDict()

    def __len__(self) -> int:
        return len(self._looks)

    def of(self, reference: Reference) -> ReferenceLook | None:
        """Return a prepared reference; `None`, with a warning, when its image is lost.

        A lost image is asked for again the next time, because it may have been put back.
        """
        key = (reference.blob, reference.region.as_tuple())
        with self._lock:
            known = self._looks.get(key)
            if known is not None:
                self._looks.move_to_end(key)
                return known
        made = self._made(reference)
        if made is not None:
            with self._lock:
                self._looks[key] = made
                while len(self._looks) > self._remembered:
                    self._looks.popitem(last=False)
        return made

    def _made(self, reference: Reference) -> ReferenceLook | None:
        try:
            image = decode_image(self._blobs.get(reference.blob), self._limits)
        except (ImageRefusedError, NotFoundError, StorageError) as error:
            name = public_id(IdPrefix.REFERENCE, reference.id)
            _log.warning("second_look_impossible", reference=name, reason=error.message)
            return None
        return ReferenceLook.of(image.frames[0], reference.region.as_tuple(), self._detail)

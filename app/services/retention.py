"""Removes photos whose time is over and keeps their hashes.

    last named by an assessment before … ─▶ row locked ─▶ blob and embedded regions removed ─▶ noted

Two ages are told apart: photos of ordinary listings, and those of listings that were sent to
review, which somebody may have to show to a court. A photo that became a reference belongs to
the registry and is spared. Several processes may run it at once.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from app.domain.errors import StorageError
from app.domain.ports import BlobStore, PhotoStore

_EVERY = 3_600.0  # seconds
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """How long photos are kept after the last assessment that named them; `None` for ever."""

    photos: timedelta | None
    case_photos: timedelta | None

    @property
    def keeps_everything(self) -> bool:
        """Whether nothing is ever removed."""
        return self.photos is None and self.case_photos is None

    @classmethod
    def of_days(cls, photos: float, case_photos: float | None) -> "RetentionPlan":
        """Return the plan that settings describe: 0 is for ever, `None` is as the others.

        >>> RetentionPlan.of_days(30, None).case_photos
        datetime.timedelta(days=30)
        >>> RetentionPlan.of_days(30, 0).case_photos is None
        True
        """
        days = photos if case_photos is None else case_photos
        return cls(
            timedelta(days=photos) if photos else None, timedelta(days=days) if days else None
        )


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Retention:
    """Carries a plan out: once when asked, or about every hour between `start` and `stop`."""

    def __init__(
        self,
        plan: RetentionPlan,
        photos: PhotoStore,
        blobs: BlobStore,
        *,
        clock: Callable[[], datetime] = _utc_now,
        every: float = _EVERY,
    ) -> None:
        self.plan = plan
        self._photos = photos
        self._blobs = blobs
        self._clock = clock
        self._every = every
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, *, stopped: Callable[[], bool] = lambda: False) -> int:
        """Remove every photo whose time is over and return how many; `StorageError`."""
        if self.plan.keeps_everything:
            return 0
        moments, removed = self._moments(), 0
        while not stopped():
            count = self._photos.remove_due(*moments, self._blobs.remove)
            removed += count
            if not count:
                break
        return removed

    def due(self) -> int:
        """Return how many photos `run` would remove."""
        return 0 if self.plan.keeps_everything else self._photos.count_due(*self._moments())

    def start(self) -> None:
        """Begin to run now and then, where the plan removes anything at all."""
        if self._thread is None and not self.plan.keeps_everything:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="retention", daemon=True)
            self._thread.start()

    def stop(self, wait: float = 5.0) -> None:
        """Stop after the photos in hand; waits that many seconds for it."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(wait)

    def _run(self) -> None:
        wait = 0.0
        while not self._stopping.wait(wait):
            # Not all processes of a service at the same moment.
            wait = self._every * (0.5 + random.random())  # noqa: S311
            try:
                removed = self.run(stopped=self._stopping.is_set)
                if removed:
                    _log.info("photos_removed", photos=removed)
            except StorageError as error:
                _log.warning("retention_waiting", error=error.message)
            except Exception:  # noqa: BLE001  a bug must not end retention for good; it is logged
                _log.exception("retention_failed")

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        now, plan = self._clock(), self.plan
        return (
            None if plan.photos is None else now - plan.photos,
            None if plan.case_photos is None else now - plan.case_photos,
        )

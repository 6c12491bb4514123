"""Keeps a process's gallery up with the registry, also while nobody asks for anything.

Every assessment asks for the registry's version by itself, so no answer is ever older than that.
What this adds is that a process which has been idle has applied other processes' changes before its
next request has to wait for it. The looks of several processes are spread by chance: after a large
import they do not all fetch the same vectors and images at the same moment.
"""

import random
import threading
from collections.abc import Callable

import structlog

from app.domain.errors import TouchstoneError
from app.services.live_gallery import LiveGallery

_log = structlog.get_logger(__name__)


class GalleryRefresher:
    """Looks again and again between `start` and `stop`."""

    def __init__(
        self,
        gallery: LiveGallery,
        seconds: float,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Set up; `seconds` is the longest time between two looks."""
        self._gallery = gallery
        self._seconds = seconds
        self._chance = chance
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look; nothing happens when it has begun already."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="refreshing", daemon=True)
            self._thread.start()

    def stop(self, wait: float = 5.0) -> None:
        """Stop, and wait so many seconds for a look under way."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(wait)

    def next_wait(self) -> float:
        """Return the seconds until the next look: between half of the longest and all of it."""
        return self._seconds * (1 + self._chance()) / 2

    def look(self) -> bool:
        """Apply what has changed; tell whether that could be done."""
        try:
            self._gallery.current()
        except TouchstoneError as error:
            # The gallery in hand stays; whoever asks for an assessment is told the same.
            _log.warning("gallery_not_refreshed", code=error.code, reason=error.message)
            return False
        return True

    def _run(self) -> None:
        while not self._stopping.wait(self.next_wait()):
            try:
                self.look()
            except Exception:  # noqa: BLE001  a thread that ended would be missed by nobody
                _log.exception("refreshing_failed")  # the next look may do better

"""What was seen in the photos of one run, so that a repeated photo is embedded once.

Two workers that meet the same photo at the same moment look once as well: the second waits for the
first. Findings are kept on disk, so memory does not grow with the catalogue, and come back with
every digit they had: a verdict does not depend on which listing showed a photo first.
"""

import threading
from concurrent.futures import Future
from pathlib import Path

from pydantic import TypeAdapter

from app.batch.lookup import Lookup
from app.domain.assessment import ImageFinding
from app.services.photo_memory import Look

FINDING: TypeAdapter[ImageFinding] = TypeAdapter(ImageFinding)


class SeenPhotos:
    """A `PhotoMemory` on disk."""

    def __init__(self, path: Path) -> None:
        self._kept = Lookup(path)
        self._looking: dict[str, Future[ImageFinding]] = {}
        self._lock = threading.Lock()
        self._repeated = 0

    @property
    def repeated(self) -> int:
        """How many photos were not looked at, because they had been before."""
        return self._repeated

    def once(self, key: str, look: Look) -> ImageFinding:
        """See `PhotoMemory.once`."""
        with self._lock:
            kept = self._kept.get(key)
            future = self._looking.get(key)
            mine = kept is None and future is None
            if mine:
                future = self._looking[key] = Future()
            else:
                self._repeated += 1
        if kept is not None:
            return FINDING.validate_json(kept)
        assert future is not None  # noqa: S101  one of the three is there
        return self._look(key, look, future) if mine else future.result()

    def close(self) -> None:
        """Forget everything."""
        self._kept.close()

    def _look(self, key: str, look: Look, future: Future[ImageFinding]) -> ImageFinding:
        try:
            finding = look()
            self._kept.put(key, FINDING.dump_json(finding))
        except BaseException as error:
            future.set_exception(error)  # whoever waits for it fails in the same way
            raise
        else:
            future.set_result(finding)
            return finding
        finally:
            with self._lock:
                self._looking.pop(key, None)

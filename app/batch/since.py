"""What an earlier run said of listings that have not changed since.

A listing has not changed when its row has the same values and every photo the same bytes; photos
are read and hashed for that, which costs a hundredth of looking at them. Results of other versions
are of no use, nor are those with a photo that could not be read.
"""

import hashlib
from itertools import groupby
from pathlib import Path

from app.batch.entries import entries, entry_line
from app.batch.kept_regions import KeptFrame, frames_bytes, frames_of, read_frames
from app.batch.lookup import Lookup
from app.batch.rows import CatalogRow
from app.batch.run_folder import RunFolder
from app.batch.stage import Outcome, Scored
from app.domain.contract import Document
from app.domain.errors import ImageRefusedError, InvalidInputError
from app.media.limits import DecodeLimits
from app.services.sources import ImageSource


class Earlier:
    """The results of an earlier run, by what their rows said; safe to share between threads."""

    def __init__(self, run: Path, versions: Document, scratch: Path) -> None:
        """Read the run's results.

        Args:
            run: the folder that the earlier run left beside its output.
            versions: what verdicts depend on now.
            scratch: where they are kept for looking up.

        Raises:
            InvalidInputError: when there is no such run.
            ConflictError: when the folder is of another version of Touchstone.
            StorageError: when it is damaged.
        """
        earlier = RunFolder(run)
        origin = earlier.read()
        if origin is None:
            raise InvalidInputError(f"there is no earlier run: {run} is missing")
        self.usable = origin.versions == versions
        self._kept = Lookup(scratch)
        self._regions = Lookup(scratch.with_suffix(".regions.sqlite"))
        if self.usable:
            for sha256, frames in groupby(read_frames(run), key=lambda frame: frame.sha256):
                self._regions.put(sha256, frames_bytes(list(frames)))
        for outcome in earlier.outcomes() if self.usable else ():
            if isinstance(outcome, Scored) and _is_usable(outcome.document, versions):
                self._kept.put(outcome.digest, entry_line(outcome))

    def unchanged(self, row: CatalogRow) -> Outcome | None:
        """Return the earlier outcome of a row that has not changed."""
        line = self._kept.get(row.digest)
        if line is None:
            return None
        outcome = next(entries([line])).outcome
        if not isinstance(outcome, Scored) or not _same_photos(row.sources, outcome.document):
            return None
        return Scored(row.place, row.digest, outcome.document)

    def regions(self, outcome: Outcome) -> tuple[KeptFrame, ...]:
        """Return what an outcome's photos were embedded as, each photo the first time only."""
        if not isinstance(outcome, Scored):
            return ()
        frames: list[KeptFrame] = []
        for image in outcome.document["images"]:
            found = self._regions.get(image["sha256"])
            if found:
                frames += frames_of(found)
                self._regions.put(image["sha256"], b"")
        return tuple(frames)

    def close(self) -> None:
        """Forget everything."""
        self._kept.close()
        self._regions.close()


def _is_usable(document: Document, versions: Document) -> bool:
    # A registry that changed in the middle of the earlier run left results of two versions.
    return document["versions"] == versions and not failed_images(document)


def failed_images(document: Document) -> list[Document]:
    """Return the images of an assessment that could not be judged."""
    return [image for image in document["images"] if image["error"]]


def _same_photos(sources: tuple[ImageSource, ...], document: Document) -> bool:
    known = [image["sha256"] for image in document["images"]]
    return len(known) == len(sources) and all(
        _sha256(source) == sha256 for source, sha256 in zip(sources, known, strict=True)
    )


def _sha256(source: ImageSource) -> str | None:
    try:
        return hashlib.sha256(source.read(DecodeLimits())).hexdigest()
    except ImageRefusedError:
        return None

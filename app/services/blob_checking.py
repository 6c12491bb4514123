"""Whether everything that the database names is in the blob store, whole: what a restore must show.

References and the background are what verdicts are made of, so each has to be there. Photos of
assessments are evidence; they are looked at when asked for, since there may be millions. Those that
retention removed on purpose are not missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import NotFoundError, StorageError
from app.domain.ports import AssessmentStore, BlobStore, PhotoStore, RegistryStore
from app.domain.registry import IdPrefix, public_id
from app.services.background_files import BackgroundLibrary

_PAGE = 200


@dataclass(frozen=True, slots=True)
class BlobReport:
    """What was looked at, and whose blobs are not there or not whole."""

    checked: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.missing or self.damaged)


class BlobChecker:
    """Reads blobs and compares them with their names, which are their hashes."""

    def __init__(
        self,
        registry: RegistryStore,
        assessments: AssessmentStore,
        backgrounds: BackgroundLibrary,
        blobs: BlobStore,
        removals: PhotoStore,
    ) -> None:
        self._registry = registry
        self._assessments = assessments
        self._backgrounds = backgrounds
        self._blobs = blobs
        self._removals = removals

    def check(self, *, photos: bool = False) -> BlobReport:
        """Read every blob once.

        Raises:
            StorageError: when the store as a whole cannot be reached.
        """
        seen: dict[str, str] = {}
        for owner, key in self._named(photos=photos):
            seen.setdefault(key, owner)
        missing: list[str] = []
        damaged: list[str] = []
        for key, owner in seen.items():
            try:
                self._blobs.get(key)
            except NotFoundError:
                missing.append(owner)
            except StorageError:
                if not self._blobs.exists(key):  # which raises where nothing can be read at all
                    raise
                damaged.append(owner)
        return BlobReport(len(seen), tuple(missing), tuple(damaged))

    def _named(self, *, photos: bool) -> Iterator[tuple[str, str]]:
        """Walk over what the database names: whose it is, and the blob's key."""
        for reference in self._registry.state().references:
            yield public_id(IdPrefix.REFERENCE, reference.id), reference.blob
        background = self._backgrounds.newest()
        if background is not None:
            yield "background", background
        if photos:
            yield from self._photos()

    def _photos(self) -> Iterator[tuple[str, str]]:
        before: int | None = None
        while page := self._assessments.list(before=before, limit=_PAGE):
            named = [
                (f"{public_id(IdPrefix.ASSESSMENT, stored.id)} ({finding.image})", finding.sha256)
                for stored in page
                for finding in stored.assessment.images
                if finding.error is None and finding.sha256 is not None
            ]
            removed = self._removals.removed([key for _, key in named])
            yield from (each for each in named if each[1] not in removed)
            before = page[-1].id

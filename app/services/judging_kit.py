"""A judging kit: what a process without the database needs to judge as this one does.

    registry as it is ─┐
    index snapshot    ─┤
    background        ─┼─▶ blobs, and one that names them ─▶ elsewhere: the same classes, on stores
    converted network ─┤                                    that answer from the kit
    title words       ─┘

Everything lies in the blob store under its SHA-256, so nothing is sent twice and nothing damaged is
used. A kit does not follow the registry: whoever judges by it judges by one version throughout.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from app.domain.errors import ConflictError, StorageError
from app.domain.ports import (
    BlobStore,
    FloatArray,
    RegistryReader,
    RegistryState,
    StoredBackground,
)
from app.services.assessment import Assessor
from app.services.collecting import ImageCollector
from app.services.live_gallery import LiveGallery
from app.services.reference_vectors import ReferenceVectors
from index import write_snapshot

_TRIES = 5
SNAPSHOTS = "index"  # where a data directory has them


@dataclass(frozen=True, slots=True)
class JudgingKit:
    """What a kit holds; `files` are blobs by their path below a data directory."""

    registry: RegistryState
    background: str | None
    files: Mapping[str, str]

    @classmethod
    def read(cls, blobs: BlobStore, key: str) -> "JudgingKit":
        """Return the kit under a key.

        Raises:
            NotFoundError: when it is not there.
            StorageError: when it is something else.
        """
        try:
            return _KIT.validate_json(blobs.get(key))
        except ValidationError as error:
            raise StorageError(f"{key} is no judging kit of this version") from error

    def keep(self, blobs: BlobStore) -> str:
        """Keep the kit and return its key."""
        return blobs.put(_KIT.dump_json(self))

    def unpack(self, blobs: BlobStore, data_dir: Path) -> None:
        """Write the files where a service on this data directory looks for them."""
        for name, key in self.files.items():
            place = data_dir / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(blobs.get(key))


_KIT = TypeAdapter(JudgingKit)


@dataclass(frozen=True, slots=True)
class Bench:
    """What judges by a kit."""

    assessor: Assessor
    collector: ImageCollector


class KitPacker:
    """Packs kits of one service."""

    def __init__(
        self,
        registry: RegistryReader,
        gallery: LiveGallery,
        vectors: ReferenceVectors,
        blobs: BlobStore,
        data_dir: Path,
    ) -> None:
        self._registry = registry
        self._gallery = gallery
        self._vectors = vectors
        self._blobs = blobs
        self._data_dir = data_dir

    def pack(self, own: Iterable[Path]) -> str:
        """Keep a kit of the registry as it is now, and return its key.

        Args:
            own: further files of the data directory that belong to it; those missing are left out.

        Raises:
            ConflictError: when the registry changes faster than it can be packed.
        """
        for _ in range(_TRIES):
            gallery = self._gallery.current().gallery
            state = self._registry.state()
            if state.version == gallery.registry_version:
                break
        else:
            raise ConflictError("the registry is being changed; try again in a moment")
        embedder = self._vectors.embedder
        with tempfile.TemporaryDirectory() as name:
            root = Path(name) / SNAPSHOTS
            write_snapshot(
                root,
                gallery.index,
                model=embedder.name,
                weights_sha256=embedder.weights_sha256,
                registry_version=state.version,
            )
            files = self._kept(root.rglob("*"), Path(name))
        files |= self._kept(own, self._data_dir)
        return JudgingKit(state, self._gallery.background_blob, files).keep(self._blobs)

    def _kept(self, paths: Iterable[Path], below: Path) -> dict[str, str]:
        return {
            path.relative_to(below).as_posix(): self._blobs.put(path.read_bytes())
            for path in paths
            if path.is_file()
        }


class KitRegistry:
    """A `RegistryReader` that never changes."""

    def __init__(self, kit: JudgingKit) -> None:
        self._state = kit.registry

    def version(self) -> int:
        """See `RegistryReader.version`."""
        return self._state.version

    def state(self) -> RegistryState:
        """See `RegistryReader.state`."""
        return self._state


class KitVectors:
    """An `EmbeddingStore` over the vectors of an unpacked snapshot; what is made is not kept."""

    def __init__(self, data_dir: Path) -> None:
        (folder,) = (path.parent for path in (data_dir / SNAPSHOTS).glob("*/vectors.npy"))
        ids = np.load(folder / "ids.npy", allow_pickle=False)
        self._places = {int(number): place for place, number in enumerate(ids)}
        # On disk, not in memory: the index has its own copy, and this is read once.
        self._rows = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)

    def load(self, model: str, reference_ids: Sequence[int], dim: int) -> dict[int, FloatArray]:  # noqa: ARG002
        """See `EmbeddingStore.load`; a kit is of one model alone."""
        known = [number for number in reference_ids if number in self._places]
        return {number: np.array(self._rows[self._places[number]]) for number in known}

    def save(self, model: str, vectors: Iterable[tuple[int, FloatArray]]) -> None:
        """Drop them: the next process makes its own."""


class KitBackgrounds:
    """A `BackgroundStore` that knows the background of a kit."""

    def __init__(self, kit: JudgingKit) -> None:
        self._blob = kit.background

    def latest(self, model: str) -> StoredBackground | None:
        """See `BackgroundStore.latest`."""
        if self._blob is None:
            return None
        return StoredBackground(model, self._blob, 0, datetime.min.replace(tzinfo=UTC))

    def record(self, model: str, blob: str, photos: int) -> StoredBackground:
        """Refuse: a kit does not change."""
        raise ConflictError(f"{model} cannot be calibrated here: {blob} of {photos} photos")

"""Builds, inspects and verifies snapshots of the vector index.

A snapshot only makes starts quicker: the live gallery applies whatever the registry gained or lost
since, and does without a snapshot that does not fit. `build` therefore never has to be run for
scoring to be right.
"""

from pathlib import Path

from app.domain.errors import ModelRefusedError
from app.services.live_gallery import LiveGallery
from index import (
    SnapshotManifest,
    SnapshotRefusedError,
    list_snapshots,
    load_snapshot,
    prune,
    write_snapshot,
)
from models.protocols import Embedder


class SnapshotKeeper:
    """The snapshots below one folder, for one embedder."""

    def __init__(self, root: Path, embedder: Embedder, gallery: LiveGallery) -> None:
        self._root = root
        self._embedder = embedder
        self._gallery = gallery

    def build(self, *, keep: int = 3) -> SnapshotManifest:
        """Write the registry's index as it is now, make it current, and drop old versions."""
        gallery = self._gallery.current().gallery
        manifest = write_snapshot(
            self._root,
            gallery.index,
            model=self._embedder.name,
            weights_sha256=self._embedder.weights_sha256,
            registry_version=gallery.registry_version,
        )
        prune(self._root, keep=keep)
        return manifest

    def verify(self) -> SnapshotManifest:
        """Check the current snapshot against its checksums and the model in use.

        Raises:
            ModelRefusedError: saying what differs.
        """
        try:
            _, manifest = load_snapshot(
                self._root,
                model=self._embedder.name,
                weights_sha256=self._embedder.weights_sha256,
                dim=self._embedder.dim,
            )
        except SnapshotRefusedError as error:
            raise ModelRefusedError(f"no snapshot that fits: {error}") from error
        return manifest

    def versions(self) -> list[str]:
        """Return the versions on disk, oldest first."""
        return list(list_snapshots(self._root))

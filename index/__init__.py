"""Arrays to neighbours: a `VectorIndex`, kept on disk and replaced while it answers.

    ids, vectors ─▶ build_index ─▶ VectorIndex ─▶ LiveIndex ─▶ Neighbours (ids, similarities)
                                      │    ▲
                         write_snapshot    load_snapshot

Vectors are unit rows and similarity is their inner product, the cosine: higher is closer. Ids are
the caller's 64-bit numbers. The index knows no brands, no photos and no models beyond a name and a
fingerprint; it passes no verdict, and a similarity is not one.
"""

from index.errors import (
    IndexRefusedError,
    InvalidIdsError,
    InvalidNeighboursError,
    InvalidParameterError,
    InvalidVectorsError,
    SnapshotReason,
    SnapshotRefusedError,
    StaleSwapError,
    UnknownIndexKindError,
)
from index.factory import build_index
from index.gallery import Ids, Rows
from index.live import LiveIndex
from index.manifest import SnapshotFile, SnapshotManifest
from index.neighbours import NO_ID, Neighbours
from index.options import INDEX_KINDS, IndexKind, IndexOptions
from index.protocol import VectorIndex
from index.snapshot import (
    current_version,
    list_snapshots,
    load_snapshot,
    prune,
    verify_snapshot,
    write_snapshot,
)

__all__ = [
    "INDEX_KINDS",
    "NO_ID",
    "Ids",
    "IndexKind",
    "IndexOptions",
    "IndexRefusedError",
    "InvalidIdsError",
    "InvalidNeighboursError",
    "InvalidParameterError",
    "InvalidVectorsError",
    "LiveIndex",
    "Neighbours",
    "Rows",
    "SnapshotFile",
    "SnapshotManifest",
    "SnapshotReason",
    "SnapshotRefusedError",
    "StaleSwapError",
    "UnknownIndexKindError",
    "VectorIndex",
    "build_index",
    "current_version",
    "list_snapshots",
    "load_snapshot",
    "prune",
    "verify_snapshot",
    "write_snapshot",
]

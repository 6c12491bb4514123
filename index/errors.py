"""Every way the index says no, in one small tree.

    IndexRefusedError             a ValueError: what was asked cannot be done, nothing was changed
    ├── InvalidVectorsError           rows of the wrong shape or type, not finite, not of length one
    ├── InvalidIdsError               ids that are negative, repeated, present already or unknown
    ├── InvalidParameterError         a number out of its range: k, a dimension, an option
    ├── UnknownIndexKindError         no such kind; the message lists those there are
    ├── InvalidNeighboursError        a result that contradicts itself: a bug in the index
    ├── StaleSwapError                the live index has changed since the new one was begun
    └── SnapshotRefusedError          a snapshot that is damaged or belongs to another model

A full disk stays an `OSError`: it is the machine that failed, not the request. This package knows
nothing of the application; `app.services` turns these errors into the application's own.
"""

from typing import Literal, TypeAlias

SnapshotReason: TypeAlias = Literal[
    "no_snapshot",  # nothing was ever made current under this root
    "pointer",  # `current` is unreadable or names a version that is not there
    "manifest",  # the manifest is missing, unreadable or altered
    "format",  # written in another format of snapshot
    "model",
    "weights",
    "dim",
    "metric",
    "missing_file",
    "checksum",
    "unreadable",  # the checksums hold, and yet the files do not make an index
    "count",
]


class IndexRefusedError(ValueError):
    """Base of the tree. `str(error)` is one plain sentence that names no file outside the index."""


class InvalidVectorsError(IndexRefusedError):
    """Queries or vectors that cannot be compared by cosine as they are."""


class InvalidIdsError(IndexRefusedError):
    """Ids that would leave the index with two vectors under one id, or remove what is not there."""


class InvalidParameterError(IndexRefusedError):
    """A number out of its range."""


class UnknownIndexKindError(IndexRefusedError):
    """There is no index of this kind."""

    def __init__(self, kind: str, valid: tuple[str, ...]) -> None:
        super().__init__(f"unknown index kind {kind!r}; choose one of {', '.join(valid)}")
        self.kind = kind
        self.valid = valid


class InvalidNeighboursError(IndexRefusedError):
    """A search result that is unsorted, misaligned or not finite."""


class StaleSwapError(IndexRefusedError):
    """Swapping now would lose changes made since the new index was begun."""


class SnapshotRefusedError(IndexRefusedError):
    """A snapshot that will not be loaded; `reason` names what differs, the message says how."""

    def __init__(self, reason: SnapshotReason, message: str) -> None:
        super().__init__(message)
        self.reason: SnapshotReason = reason

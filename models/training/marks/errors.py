"""What can go wrong with training marks.

MarksError
├── FetchError            a package could not be had; the message says what to install or to place
├── PackageRefusedError   a package is not the pinned one, or not laid out as it was
└── StoreError            a prepared folder is missing, of another format, or damaged
"""

from models.errors import ModelError


class MarksError(ModelError):
    """Base of the errors about training marks; the message is safe to show."""


class FetchError(MarksError):
    """A package is not in the cache and could not be fetched."""


class PackageRefusedError(MarksError):
    """A package differs from the one that its SHA-256 names, or lacks what it must hold."""


class StoreError(MarksError):
    """A prepared folder cannot be read."""

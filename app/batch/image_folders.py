"""Turns the name of an image in a catalogue into a source of its bytes.

Sellers write listings, and an address in one must not make this machine call another: an image
behind an address is handed to the fetcher and its policy, and where there is none, it is an error.
Of file systems only the one that the operator named as the catalogue's own is read.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from app.domain.errors import MissingImageError, UrlRefusedError
from app.media.files import read_image_file
from app.media.limits import DecodeLimits
from app.services.sources import FileSource, ImageSource, RefusedSource


class ImageFolder(Protocol):
    """Where relative paths of images start."""

    def source(self, name: str) -> ImageSource:
        """Return the source of an image by the name that its listing has for it."""


@dataclass(frozen=True, slots=True)
class UrlSource:
    """An image that the listing names by its address, before anybody may fetch it."""

    name: str

    def read(self, limits: DecodeLimits) -> bytes:  # noqa: ARG002  the role's signature
        """Refuse."""
        raise UrlRefusedError("The image is a URL, and nothing here fetches URLs.")


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of this machine."""

    path: Path

    def source(self, name: str) -> ImageSource:
        """See `ImageFolder.source`."""
        return UrlSource(name) if "://" in name else FileSource(name, self.path / name)


@dataclass(frozen=True, slots=True)
class ConfinedFolder:
    """A folder whose listings may name files inside certain folders alone, or none at all.

    For catalogues that come from somebody who may not read this machine's files.
    """

    path: Path
    inside: tuple[Path, ...]

    def source(self, name: str) -> ImageSource:
        """See `ImageFolder.source`."""
        if "://" in name:
            return UrlSource(name)
        if self.inside and "\0" not in name:
            # Links are followed first: one may lead out.
            path = (self.path / name).resolve()
            if any(path.is_relative_to(folder) for folder in self.inside):
                return ConfinedSource(name, path)
        return RefusedSource(name, _not_there(name))


@dataclass(frozen=True, slots=True)
class ConfinedSource:
    """A file whose place on this machine is not told."""

    name: str
    path: Path

    def read(self, limits: DecodeLimits) -> bytes:
        """Return the file's bytes, its size checked before it is read."""
        try:
            return read_image_file(self.path, limits)
        except MissingImageError:
            raise _not_there(self.name) from None


def _not_there(name: str) -> MissingImageError:
    return MissingImageError(f"The image {name} is not in the catalogue.")


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder of a file system that fsspec knows."""

    fs: Any
    path: str

    def source(self, name: str) -> ImageSource:
        """See `ImageFolder.source`."""
        if "://" in name:
            return UrlSource(name)
        return RemoteSource(name, self.fs, str(PurePosixPath(self.path) / name))


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """An image on the catalogue's own file system."""

    name: str
    fs: Any
    path: str

    def read(self, limits: DecodeLimits) -> bytes:
        """Return the bytes; at most one more than the limit is fetched."""
        try:
            with self.fs.open(self.path, "rb") as file:
                data: bytes = file.read(limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise MissingImageError(f"The image {self.name} cannot be read.") from error
        limits.check_bytes(len(data))
        return data

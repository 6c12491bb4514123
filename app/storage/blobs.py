"""Bytes under the SHA-256 of their content, on any file system fsspec knows.

A blob lies at `sha256/ab/abcd…` below the store's root. On a local disk it is written beside its
place, forced to the disk and renamed, so that a name never stands for half a file, not even after
a power cut; object stores put whole objects by themselves. What is read is hashed again before it
is returned. Nothing is ever overwritten with other content, and only photos whose time is over are
removed.

A process that is killed while writing may leave a file under `incoming/`; it can be deleted at any
time that no service runs.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from app.domain.errors import NotFoundError, StorageError, TouchstoneError

KEY = re.compile(r"[0-9a-f]{64}")


class FsspecBlobStore:
    """Implements `app.domain.ports.BlobStore` under a URL or a plain path."""

    def __init__(self, url: str) -> None:
        """Set up without touching the store.

        Raises:
            StorageError: when the URL's protocol is unknown or its package is not installed.
        """
        try:
            fs, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise StorageError("the blob URL cannot be understood, or needs a package") from error
        self._fs: AbstractFileSystem = fs
        self._root: str = root.rstrip("/")

    def put(self, data: bytes) -> str:
        """Keep bytes and return their SHA-256 in hex. Putting them again is free.

        Raises:
            StorageError: when they cannot be kept; nothing is left half-written.
        """
        key = hashlib.sha256(data).hexdigest()
        with _told_plainly("written"):
            # Reading it back to compare would make a repeated import as slow as the first.
            if self._size(key) != len(data):
                self._write(key, data)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes.

        Raises:
            NotFoundError: when nothing is kept under this key.
            StorageError: when the bytes are damaged or cannot be read.
        """
        with _told_plainly("read"):
            if not KEY.fullmatch(key):
                raise NotFoundError(f"{key!r} is not the SHA-256 of anything")
            try:
                data: bytes = self._fs.cat_file(self._path(key))
            except FileNotFoundError as error:
                raise NotFoundError(f"no bytes are kept under {key}") from error
        if hashlib.sha256(data).hexdigest() != key:
            raise StorageError(f"the bytes kept under {key} are damaged")
        return data

    def exists(self, key: str) -> bool:
        """Tell whether bytes are kept under this key, without reading them."""
        with _told_plainly("read"):
            return bool(KEY.fullmatch(key)) and self._size(key) is not None

    def remove(self, key: str) -> None:
        """Remove the bytes under this key, if they are there.

        Raises:
            StorageError: when they cannot be removed.
        """
        with _told_plainly("removed"):
            if KEY.fullmatch(key) and self._size(key) is not None:
                self._fs.rm_file(self._path(key))

    def _path(self, key: str) -> str:
        return f"{self._root}/sha256/{key[:2]}/{key}"

    def _size(self, key: str) -> int | None:
        """Return the stored blob's size: a blob cut short by other hands is written anew."""
        try:
            size: int = self._fs.info(self._path(key))["size"]
        except FileNotFoundError:
            return None
        return size

    def _write(self, key: str, data: bytes) -> None:
        if isinstance(self._fs, LocalFileSystem):
            incoming = Path(self._root) / "incoming" / f"{key}.{uuid4().hex}"
            _write_whole(incoming, Path(self._path(key)), data)
        else:
            self._fs.pipe_file(self._path(key), data)


def _write_whole(incoming: Path, place: Path, data: bytes) -> None:
    """Write a file so that it is there in full or not at all.

    Raises:
        OSError: when that failed; nothing is left behind.
    """
    _make_folder(incoming.parent)
    _make_folder(place.parent)
    try:
        # Same file system as its place, or the renaming would be a copy.
        with incoming.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        incoming.replace(place)
    except BaseException:
        incoming.unlink(missing_ok=True)
        raise
    _sync_folder(place.parent)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut; only POSIX can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told_plainly(doing: str) -> Iterator[None]:
    try:
        yield
    except TouchstoneError:
        raise
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "the store failed"
        raise StorageError(f"a blob could not be {doing}: {reason}") from error
    except Exception as error:
        # Each object store's library has errors of its own, for a lost connection for instance.
        raise StorageError(f"a blob could not be {doing}: the store failed") from error

"""Finds the files of a catalogue: one file, a folder, or a pattern, on disk or behind a URL.

    in.csv   in.jsonl.gz   exports/   exports/2026-*/part-*.parquet   s3://bucket/exports/*.csv.zst

Files are taken in the order of their names, so that the same catalogue always has the same rows.
Images that a listing names are looked for beside the file that names them, on the same file system;
an image behind a URL of its own is an error of that image.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import fsspec
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from app.batch.compression import DAMAGE, decompressed, split_extensions
from app.batch.image_folders import ConfinedFolder, ImageFolder, LocalFolder, RemoteFolder
from app.domain.errors import UnsupportedFileError

FORMATS = (".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_ACCEPTED = ", ".join(FORMATS)


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a catalogue, not yet read.

    Its listings may name photos inside certain folders alone; anywhere where those are `None`.
    """

    path: str
    name: str
    format: str
    compression: str
    fs: Any = field(repr=False)
    inside: tuple[Path, ...] | None = None

    @property
    def images(self) -> ImageFolder:
        """Where relative paths of images start."""
        folder = str(PurePosixPath(self.path).parent)
        if self.inside is not None:
            return ConfinedFolder(Path(folder), self.inside)
        if isinstance(self.fs, LocalFileSystem):
            return LocalFolder(Path(folder))
        return RemoteFolder(self.fs, folder)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return int(self.fs.size(self.path) or 0)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file's content for reading.

        Raises:
            UnsupportedFileError: when it is not there or cannot be read to its end.
        """
        with readable(self.name), self.fs.open(self.path, "rb") as file:
            yield decompressed(file, self.compression)


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what reading raises inside the block into one sentence about the catalogue.

    Raises:
        UnsupportedFileError: when the file is missing, refused or damaged.
    """
    try:
        yield
    except (OSError, *DAMAGE) as error:
        raise UnsupportedFileError(f"cannot read {name}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    lines = str(getattr(error, "strerror", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def catalog_files(
    source: str | Path, inside: tuple[Path, ...] | None = None
) -> tuple[CatalogFile, ...]:
    """Return the files that IN stands for, in the order of their names.

    Their listings may name photos in the folders of `inside` alone, where it is given.

    Raises:
        UnsupportedFileError: when there are none, one has an unknown format, or the place cannot
            be looked into.
    """
    text = str(source)
    with readable(text):
        fs, root = _file_system(text)
        if fs.isfile(root):
            return (_file(fs, root, inside),)
        if fs.isdir(root):
            found = [path for path in sorted(fs.find(root)) if _belongs(path, root)]
            missing = f"{text} holds no catalogue file: {_ACCEPTED}"
        elif _is_pattern(root):
            found = sorted(path for path in fs.glob(root) if fs.isfile(path))
            missing = f"no file matches {text}"
        else:
            found, missing = [], f"there is no catalogue file {text}"
    if not found:
        raise UnsupportedFileError(missing)
    return tuple(_file(fs, path, inside) for path in found)


def is_remote(location: str | Path) -> bool:
    """Tell whether a location is a URL of a file system other than this machine's."""
    scheme, separator, _ = str(location).partition("://")
    return bool(separator) and scheme != "file"


def _file_system(text: str) -> tuple[Any, str]:
    if "://" not in text:
        fs = fsspec.filesystem("file")
        return fs, str(Path(text).absolute())
    try:
        fs, root = url_to_fs(text)
    except (ImportError, ValueError) as error:
        raise UnsupportedFileError(f"cannot open {text}: {_reason(error)}") from error
    return fs, str(root)


def _is_pattern(path: str) -> bool:
    return any(sign in path for sign in "*?[")


def _belongs(path: str, root: str) -> bool:
    """Tell catalogue files of a folder from what lies beside them, as hidden files do."""
    inside = PurePosixPath(path).relative_to(PurePosixPath(root)).parts
    hidden = any(part.startswith((".", "_")) for part in inside)
    ours = any(part.endswith(".run") for part in inside) or path.endswith(
        (".rejects.jsonl", ".errors.jsonl")
    )
    return split_extensions(path)[0] in FORMATS and not hidden and not ours


def _file(fs: Any, path: str, inside: tuple[Path, ...] | None) -> CatalogFile:
    name = PurePosixPath(path).name
    kind, compression = split_extensions(name)
    if kind not in FORMATS:
        raise UnsupportedFileError(f"{name} is not one of: {_ACCEPTED}")
    if kind == ".parquet" and compression:
        raise UnsupportedFileError(f"{name}: Parquet compresses inside; unpack the file first")
    return CatalogFile(path, name, kind, compression, fs, inside)

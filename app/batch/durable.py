"""Files that are there whole or not at all, and one sentence for every failure of the disk.

Bytes go to a temporary file beside the target and are waited for; one rename then gives them their
name. A crash or a full disk leaves what was there before. The temporary file has a fixed name, so
that leftovers of a killed run are overwritten and never pile up; two runs at once are kept apart by
the lock on the partial file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.domain.errors import StorageError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the operating system's errors inside the block into one about `path`.

    Raises:
        StorageError: the disk is full, the folder is missing, writing is not allowed.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"{path} cannot be written: {reason}") from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write; it takes the place of `path` when the block ends without an error."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Wait until the new name is on the disk; only POSIX lets a folder be opened for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

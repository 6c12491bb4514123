"""A path becomes bytes: only a regular file, never more of it than the limit allows.

The file is opened first and asked afterwards what it is, so that nothing can be swapped in
between; opening never waits, so a named pipe without a writer cannot hang the caller. Nothing is
decoded here, and an empty file is returned as such: `decode_image` is the one to refuse it.
"""

import os
import stat
from pathlib import Path

from app.domain.errors import MissingImageError, UnsupportedImageError
from app.media.limits import DecodeLimits

# each flag is missing on some system: pipes block on POSIX, line ends are translated on Windows
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_image_file(path: Path, limits: DecodeLimits) -> bytes:
    """All bytes of the image at `path`.

    Raises:
        MissingImageError: Nothing is there, or it cannot be read.
        UnsupportedImageError: A directory, a pipe or a device.
        ImageTooLargeError: More bytes than the limit; at most one byte past it was read.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
        try:
            return _read_regular_file(path, descriptor, limits)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingImageError(f"There is no image at {path}.") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise MissingImageError(f"The image at {str(path)!r} cannot be read.") from error


def _read_regular_file(path: Path, descriptor: int, limits: DecodeLimits) -> bytes:
    """Measure what was opened, then read it; it may have grown between the two."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnsupportedImageError(f"{path} is not a regular file.")
    limits.check_bytes(status.st_size)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(limits.max_bytes + 1)
    limits.check_bytes(len(data))
    return data

"""The few steps by which something is on the disk for good, or not there at all.

A crash may fall between any two of them, never inside one. They are gathered in one small object so
that a test can hand in a disk that fails, or kills the process, at each step in turn. It knows
nothing of what it writes, and makes no promise on file systems that ignore `fsync`.
"""

import os
from pathlib import Path


class Disk:
    """Durable writes on a POSIX file system. Every method raises `OSError` when it fails."""

    def make_folder(self, path: Path) -> None:
        """Makes an empty folder, and its parents where they are missing."""
        path.mkdir(parents=True)

    def write_text(self, path: Path, text: str) -> None:
        """Writes a new file and waits until its bytes are on the disk."""
        path.write_text(text, encoding="utf-8")
        self.sync(path)

    def sync(self, path: Path) -> None:
        """Waits until a file's bytes, or a folder's names, are on the disk."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def move(self, source: Path, target: Path) -> None:
        """Gives a file or folder its name in one step, in place of any file of that name."""
        source.replace(target)
        self.sync(target.parent)

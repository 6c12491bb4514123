"""Disks that break at a chosen step, and a process that dies there.

`python -m tests.index.disks ROOT` leaves one root per step of writing a snapshot: in ROOT/03 a
first snapshot was written, and the writer of a second was killed at the third step.
"""

import errno
import os
import signal
import sys
from pathlib import Path

from index import write_snapshot
from index.disk import Disk
from tests.index.rows import small_index


class FailingDisk(Disk):
    """Does `steps` steps, then is full. A text being written at that moment is cut in half."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def make_folder(self, path: Path) -> None:
        self._step()
        super().make_folder(path)

    def write_text(self, path: Path, text: str) -> None:
        path.write_text(text[: len(text) // 2], encoding="utf-8")
        self._step()
        super().write_text(path, text)

    def sync(self, path: Path) -> None:
        self._step()
        super().sync(path)

    def move(self, source: Path, target: Path) -> None:
        self._step()
        super().move(source, target)

    def _step(self) -> None:
        if not self.left:
            self.fail()
        self.left -= 1

    def fail(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class DeadlyDisk(FailingDisk):
    """Kills the process instead, as a power cut would: nothing gets to clean up."""

    def fail(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def write(root: Path, registry_version: int, disk: Disk) -> None:
    """Writes a snapshot of as many entries as the registry version says."""
    index = small_index("exact", count=registry_version)
    write_snapshot(
        root,
        index,
        model="m",
        weights_sha256="w",
        registry_version=registry_version,
        disk=disk,
    )


def main(root: Path) -> None:
    """Kills a forked writer at one step after another, until one lives to the end."""
    died, step = True, 0
    while died:
        target = root / f"{step:02d}"
        write(target, 1, Disk())
        child = os.fork()
        if not child:
            write(target, 2, DeadlyDisk(step))
            os._exit(0)
        died = os.waitpid(child, 0)[1] == signal.SIGKILL
        step += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))

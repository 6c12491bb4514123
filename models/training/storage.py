"""Files that are there whole or not at all, whatever moment a run is killed at."""

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write a file beside its final name, flush it to the disk and rename it."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    # Without this the rename itself may be lost with the power.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

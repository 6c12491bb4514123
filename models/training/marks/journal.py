"""What a long preparation says: a line for each step to a log file, and a bar on the terminal.

It never decides anything, and a preparation without a bar writes the same log.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from rich.progress import track

Item = TypeVar("Item")


class Journal:
    """Appends lines to `prepare.log` of a folder, and draws bars when asked to."""

    def __init__(self, folder: Path, *, progress: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "prepare.log"
        self._progress = progress

    def note(self, line: str) -> None:
        """Append one line with the time of day in UTC."""
        now = datetime.now(tz=UTC).isoformat(timespec="seconds")
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{now} {line}\n")

    def track(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
        """Pass items on, with a bar when there is a terminal to draw it on."""
        if self._progress:
            yield from track(items, description=what, total=total)
        else:
            yield from items

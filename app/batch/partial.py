"""What a run has finished so far, in a file beside OUT, so that a killed run can be resumed.

    {"touchstone_partial": 1, "catalog": "…", "versions": {…}}     first, what results are of
    {"row": 1, "digest": "…", "assessment": {…}}                   then one line for each row,
    {"row": 2, "digest": "…", "reason": "…", "text": "…", …}       in the catalogue's order

Every line is handed to the operating system as soon as its row is done, so killing the process
loses at most the line being written; a torn or damaged line ends what is kept. OUT is made from
this file alone, which is why a resumed run and an undisturbed one give the same bytes. One run at a
time owns the file: it stays locked until the run ends, however it ends.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.batch.durable import writing
from app.batch.rows import BadRow, Row
from app.batch.stage import Outcome, Scored
from app.domain.contract import Document
from app.domain.errors import ConflictError, StorageError

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What results depend on: the catalogue, and every version behind a verdict."""

    catalog: str
    versions: Document

    def to_line(self) -> bytes:
        """Return the file's first line."""
        return _line(
            {"touchstone_partial": _FORMAT, "catalog": self.catalog, "versions": self.versions}
        )

    def require(self, line: bytes, name: str) -> None:
        """Compare with the first line of a file.

        Raises:
            ConflictError: when its results would not be this run's; the message says why.
        """
        found = _parsed(line) or {}
        if found.get("touchstone_partial") != _FORMAT or not isinstance(
            found.get("versions"), dict
        ):
            raise ConflictError(f"{name} is no partial result of this version; remove it")
        differences = _differences(found["versions"], self.versions)
        if found.get("catalog") != self.catalog:
            differences.insert(0, f"catalogue {found.get('catalog')}, now {self.catalog}")
        if differences:
            raise ConflictError(
                f"{name} cannot be resumed, it was made with {'; '.join(differences)}; "
                "start again without resuming"
            )


@dataclass(frozen=True, slots=True)
class Kept:
    """An outcome found in the file, and where its line ends."""

    outcome: Outcome
    end: int

    def is_of(self, row: Row) -> bool:
        """Tell whether it is the outcome of this very row; the digest covers its listing id."""
        return (self.outcome.number, self.outcome.digest) == (row.number, row.digest)


class PartialFile:
    """An open partial file; made by `open_partial`."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self.start = 0  # where the first outcome begins

    def restart(self, origin: Origin) -> None:
        """Drop everything and begin anew."""
        self.cut(0)
        self._write(origin.to_line())
        self.start = self._file.tell()

    def kept(self, origin: Origin) -> Iterator[Kept]:
        """Return what an earlier run left, up to its first damaged line.

        Raises:
            ConflictError: when it was made from another catalogue or with other versions.
        """
        self._file.seek(0)
        first = self._file.readline()
        if first.endswith(b"\n"):
            origin.require(first, self._path.name)
            self.start = len(first)
        else:
            self.restart(origin)  # a new file, or one whose run died in its first line
        return self._outcomes()

    def cut(self, end: int) -> None:
        """Drop what follows `end`; the next outcome is written there."""
        with writing(self._path):
            self._file.seek(end)
            self._file.truncate()

    def append(self, outcome: Outcome) -> None:
        """Add one outcome.

        Raises:
            StorageError: when the disk is full; what was added before stays readable.
        """
        self._write(_line(_entry(outcome)))

    def outcomes(self) -> Iterator[Outcome]:
        """Yield everything in the file, in the order of the rows.

        Raises:
            StorageError: when a line of it is damaged.
        """
        end = self.start
        for kept in self._outcomes():
            end = kept.end
            yield kept.outcome
        # Stopping early is right when resuming; here it would make OUT short without a word.
        if end != self._file.seek(0, os.SEEK_END):
            raise StorageError(f"{self._path} is damaged")

    def remove(self) -> None:
        """Remove the file: its content is in OUT."""
        with writing(self._path):
            self._path.unlink()

    def _outcomes(self) -> Iterator[Kept]:
        self._file.seek(self.start)
        end = self.start
        for line in self._file:
            outcome = _outcome(line)
            if outcome is None:
                return
            end += len(line)
            yield Kept(outcome, end)

    def _write(self, line: bytes) -> None:
        with writing(self._path):
            self._file.write(line)
            self._file.flush()


@contextmanager
def open_partial(path: Path) -> Iterator[PartialFile]:
    """Open the file, made if it is missing, and lock it.

    Raises:
        ConflictError: when another run is at work on it.
        StorageError: when it cannot be opened for writing.
    """
    with writing(path):
        path.touch()
        file = path.open("r+b")
    try:
        _lock(file, path)
        yield PartialFile(path, file)
    finally:
        # After a failed write, closing tries once more; its own complaint would hide the first.
        with suppress(OSError):
            file.close()


if sys.platform == "win32":

    def _lock(file: BinaryIO, path: Path) -> None:
        """Do without: Windows locks ranges of bytes, which would also keep readers out."""

else:
    import fcntl

    def _lock(file: BinaryIO, path: Path) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(f"another run is writing {path.name}") from error


def _differences(then: Document, now: Document) -> list[str]:
    return [
        f"{name} {then.get(name)}, now {now.get(name)}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _line(document: Document) -> bytes:
    return json.dumps(document, allow_nan=False).encode() + b"\n"


def _parsed(line: bytes) -> Document | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _entry(outcome: Outcome) -> Document:
    entry: Document = {"row": outcome.number, "digest": outcome.digest}
    if isinstance(outcome, Scored):
        return {**entry, "assessment": outcome.document}
    bad = {"reason": outcome.reason, "text": outcome.text, "failure": outcome.failure}
    return {**entry, **bad}


def _outcome(line: bytes) -> Outcome | None:
    entry = _parsed(line) if line.endswith(b"\n") else None
    if entry is None:
        return None
    try:
        if "assessment" in entry:
            return Scored(entry["row"], entry["digest"], entry["assessment"])
        return BadRow(
            entry["row"], entry["digest"], entry["text"], entry["reason"], entry["failure"]
        )
    except KeyError:
        return None

"""The folder in which a run keeps its results, shard by shard, beside OUT.

    out.jsonl.run/
      lock                     held by the run that is at work, however it ends
      ledger.jsonl             what the results are of, and which shards are finished
      00000.jsonl.zst          a finished shard: one line for each row
      00001.jsonl.part         the shard under way
      00000.regions.parquet    what its photos were embedded as, where that is kept

Every line of the shard under way is handed to the operating system as soon as its row is done, so
killing the process loses at most the line being written. OUT is made from this folder alone, which
is why a resumed run and an undisturbed one give the same bytes. It stays when the run is done: from
it failed rows are retried alone, and a later run takes over what has not changed.
"""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from app.batch.compression import DAMAGE, compressing, decompressed
from app.batch.durable import replacing, writing
from app.batch.entries import Entry, entries, entry_line
from app.batch.kept_regions import KeptFrame, ShardRegions
from app.batch.ledger import FinishedShard, Ledger, Origin
from app.batch.stage import Outcome
from app.domain.errors import ConflictError, StorageError

_COMPRESSION = ".zst"
_SHARD_FILES = ("*.jsonl.part", "*.jsonl.zst", "*.regions.part", "*.regions.parquet")


class RunFolder:
    """The results of one run; made by `open_run`, or read alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ledger = Ledger(path / "ledger.jsonl")
        self._finished: dict[int, FinishedShard] = {}

    def restart(self, origin: Origin) -> None:
        """Drop everything and begin anew."""
        self.ledger.begin(origin)
        self._finished = {}
        self._remove(first_shard=0)

    def resume(self, origin: Origin) -> None:
        """Go on with what an earlier run left, if it left anything.

        Raises:
            ConflictError: when it was made from another catalogue or with other versions.
        """
        found = self.ledger.origin()
        if found is None:
            self.restart(origin)
            return
        origin.require(found, self.path.name)
        self._finished = self.ledger.finished()

    def read(self) -> Origin | None:
        """Look at a run without going on with it; `None` when there is none."""
        origin = self.ledger.origin()
        self._finished = self.ledger.finished() if origin else {}
        return origin

    @property
    def shards(self) -> int:
        """How many shards are finished."""
        return len(self._finished)

    def is_finished(self, shard: int) -> bool:
        """Tell whether a shard is in the ledger."""
        return shard in self._finished

    def kept(self, shard: int) -> list[Entry]:
        """Return what there is of a shard, up to the first damage."""
        finished = self._finished.get(shard)
        if finished is not None and self._sum(shard) == finished.sha256:
            return list(self._entries(shard))
        self._finished.pop(shard, None)
        part = self.part(shard)
        if not part.exists():
            return []
        with writing(part), part.open("rb") as file:
            return list(entries(file))

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcomes of every finished shard, in the order of the rows.

        Raises:
            StorageError: when a shard is damaged or missing.
        """
        for place, shard in enumerate(sorted(self._finished)):
            rows = 0
            for entry in self._entries(shard):
                rows += 1
                yield entry.outcome
            # Stopping early is right when resuming; here it would make OUT short without a word.
            if rows != self._finished[shard].rows or place != shard:
                raise StorageError(f"{self._file(shard)} is damaged")

    def finish(self, shard: int, rows: int) -> None:
        """Make a finished shard of the one under way.

        Raises:
            StorageError: when the disk is full; the shard under way stays as it is.
        """
        part, target = self.part(shard), self._file(shard)
        with (
            writing(target),
            part.open("rb") as source,
            replacing(target) as file,
            compressing(file, _COMPRESSION) as stream,
        ):
            copyfileobj(source, stream)
        finished = FinishedShard(shard, rows, self._sum(shard))
        self.ledger.add(finished)
        self._finished[shard] = finished
        with writing(part):
            part.unlink()

    def end_at(self, shards: int) -> None:
        """Drop the shards of a catalogue that was longer, and what interrupted retries left."""
        gone = [shard for shard in self._finished if shard >= shards]
        if gone:
            kept = [self._finished[shard] for shard in sorted(self._finished) if shard < shards]
            origin = self.ledger.origin()
            if origin is not None:
                self.ledger.begin(origin)
            for shard in kept:
                self.ledger.add(shard)
            self._finished = {shard.shard: shard for shard in kept}
        self._remove(first_shard=shards)

    def part(self, shard: int) -> Path:
        """Return where a shard is while under way."""
        return self.path / f"{shard:05d}.jsonl.part"

    def regions(self, shard: int) -> ShardRegions:
        """Return what the photos of a shard were embedded as."""
        return ShardRegions(self.path / f"{shard:05d}")

    def _file(self, shard: int) -> Path:
        return self.path / f"{shard:05d}.jsonl{_COMPRESSION}"

    def _entries(self, shard: int) -> Iterator[Entry]:
        path = self._file(shard)
        with writing(path), path.open("rb") as file:
            try:
                yield from entries(decompressed(file, _COMPRESSION))
            except DAMAGE as error:
                raise StorageError(f"{path} is damaged") from error

    def _sum(self, shard: int) -> str:
        try:
            with self._file(shard).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""

    def _remove(self, first_shard: int) -> None:
        with writing(self.path):
            for path in [path for kind in _SHARD_FILES for path in self.path.glob(kind)]:
                number = path.name.split(".")[0]
                if number.isdigit() and (int(number) >= first_shard or path.suffix == ".part"):
                    path.unlink()


class ShardWriter:
    """Writes the outcomes of one shard, in the order of its rows.

    What an earlier run left is not written again as long as it is handed over unchanged: the same
    objects that `RunFolder.kept` returned, from the first one on.
    """

    def __init__(self, run: RunFolder, shard: int) -> None:
        self._run = run
        self._shard = shard
        self.kept = run.kept(shard)
        self._untouched = run.is_finished(shard)
        self._file: BinaryIO | None = None
        self._rows = 0
        self._regions = run.regions(shard)

    def append(self, outcome: Outcome, regions: Sequence[KeptFrame] = ()) -> None:
        """Add one outcome, and what the photos were embedded as that were looked at for it.

        Raises:
            StorageError: when the disk is full; what was added before stays readable.
        """
        # Before the row: what is kept of a row is then never without its regions.
        self._regions.add(regions)
        known = self._rows < len(self.kept) and self.kept[self._rows].outcome is outcome
        if self._file is None and not known:
            self._file = self._opened()
        self._rows += 1
        if self._file is not None:
            self._write(entry_line(outcome))

    def finish(self) -> None:
        """Hand the shard over, unless it was finished before and nothing has changed.

        Raises:
            StorageError: when the disk is full.
        """
        self._regions.finish()
        if self._file is None and self._untouched and self._rows == len(self.kept):
            return
        file = self._file or self._opened()
        self._close(file)
        self._run.finish(self._shard, self._rows)

    def close(self) -> None:
        """Leave the shard as it is, to be resumed."""
        with suppress(OSError):
            self._regions.close()
        if self._file is not None:
            # After a failed write, closing tries once more; its complaint would hide the first.
            with suppress(OSError):
                self._file.close()

    def _opened(self) -> BinaryIO:
        """Open the shard's file so that it holds the rows so far and nothing behind them."""
        path = self._run.part(self._shard)
        file: BinaryIO
        with writing(path):
            if self._untouched or not path.exists():
                file = path.open("wb")
                for entry in self.kept[: self._rows]:
                    file.write(entry_line(entry.outcome))
            else:
                file = path.open("r+b")
                file.truncate(self.kept[self._rows - 1].end if self._rows else 0)
                file.seek(0, os.SEEK_END)
            file.flush()
        return file

    def _write(self, line: bytes) -> None:
        if self._file is not None:
            with writing(self._run.part(self._shard)):
                self._file.write(line)
                self._file.flush()

    def _close(self, file: BinaryIO) -> None:
        with writing(self._run.part(self._shard)):
            file.close()


@contextmanager
def open_run(path: Path) -> Iterator[RunFolder]:
    """Open a run's folder, made if it is missing, and lock it.

    Raises:
        ConflictError: when another run is at work on it.
        StorageError: when it cannot be made or written.
    """
    with writing(path):
        path.mkdir(exist_ok=True)
        lock = (path / "lock").open("ab")
    with lock:
        _lock(lock, path)
        yield RunFolder(path)


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

"""Cuts a catalogue into shards, and says of each row whether there is an outcome to take over.

    rows ─▶ tasks: a row, the shard it belongs to, what an earlier run left of it
         ─▶ done: the outcome, and where it comes from

Shards follow each other without a pause: while the last rows of one are being looked at, the first
of the next are already under way.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from app.batch.kept_regions import KeptFrame
from app.batch.rows import BadRow, Row
from app.batch.run_folder import RunFolder, ShardWriter
from app.batch.since import Earlier, failed_images
from app.batch.stage import AssessStage, Outcome
from app.batch.tally import Taken

SHARD_ROWS = 500


@dataclass(frozen=True, slots=True)
class Task:
    """One row to bring to its outcome."""

    row: Row
    shard: ShardWriter
    kept: Outcome | None


@dataclass(frozen=True, slots=True)
class Done:
    """A task's outcome; what it took, and photos not looked at again, where elsewhere counted."""

    shard: ShardWriter
    outcome: Outcome
    taken: Taken
    seconds: Mapping[str, float] = field(default_factory=dict)
    repeated: int = 0
    regions: tuple[KeptFrame, ...] = ()


def tasks(
    rows: Iterable[Row], run: RunFolder, shard_rows: int, keep: Callable[[Outcome], bool]
) -> Iterator[Task]:
    """Yield a task for each row; outcomes that `keep` refuses are made anew."""
    shard: ShardWriter | None = None
    for row in rows:
        place = (row.place.number - 1) % shard_rows
        if shard is None or place == 0:
            shard = ShardWriter(run, (row.place.number - 1) // shard_rows)
        found = shard.kept[place].outcome if place < len(shard.kept) else None
        yield Task(row, shard, found if found and _is_of(found, row) and keep(found) else None)


def _is_of(outcome: Outcome, row: Row) -> bool:
    """Tell whether it is the outcome of this very row; the digest covers its listing id."""
    return (outcome.place.number, outcome.digest) == (row.place.number, row.digest)


def everything(outcome: Outcome) -> bool:  # noqa: ARG001  the role's signature
    """Keep every outcome: what resuming does."""
    return True


def has_not_failed(outcome: Outcome) -> bool:
    """Keep what went well: what retrying does. A rejected row is read again in any case."""
    if isinstance(outcome, BadRow):
        return outcome.failure is None
    return not failed_images(outcome.document)


class ShardWork:
    """Brings tasks to their outcomes; safe to share between threads."""

    def __init__(
        self, stage: AssessStage, earlier: Earlier | None, *, keep_regions: bool = False
    ) -> None:
        self._stage = stage
        self._earlier = earlier
        self.keep_regions = keep_regions

    def __call__(self, task: Task) -> Done:
        """Return the outcome that is there, else assess the row."""
        done = self.at_hand(task)
        if done is not None:
            return done
        regions: list[KeptFrame] = []
        outcome = self._stage.run(task.row, regions.extend if self.keep_regions else None)
        return self.done(task, outcome, regions=tuple(regions))

    def at_hand(self, task: Task) -> Done | None:
        """Return the outcome that takes no assessing, if there is one."""
        if task.kept is not None:
            return Done(task.shard, task.kept, Taken.KEPT)
        if isinstance(task.row, BadRow):
            return self.done(task, task.row)
        unchanged = None if self._earlier is None else self._earlier.unchanged(task.row)
        if unchanged is None or self._earlier is None:
            return None
        regions = self._earlier.regions(unchanged) if self.keep_regions else ()
        return Done(task.shard, unchanged, Taken.UNCHANGED, regions=regions)

    @staticmethod
    def done(
        task: Task,
        outcome: Outcome,
        seconds: Mapping[str, float] = MappingProxyType({}),
        repeated: int = 0,
        regions: tuple[KeptFrame, ...] = (),
    ) -> Done:
        """Return a task with the outcome that its row was just given."""
        return Done(task.shard, outcome, Taken.NEW, seconds, repeated, regions)


class TaskExecutor(Protocol):
    """Brings tasks to their outcomes, several at a time."""

    def map(self, work: ShardWork, items: Iterable[Task]) -> Generator[Done, None, None]:
        """Yield what is done in the order of the tasks, which are drawn in the caller's thread.

        The first exception of the work, of the tasks or of the caller (Ctrl-C included) ends it.
        """


class ShardKeeper:
    """Puts outcomes into their shards as they come, in the order of the rows."""

    def __init__(self) -> None:
        self._shard: ShardWriter | None = None
        self.shards = 0

    def keep(self, done: Done) -> None:
        """Add an outcome; the first of a shard finishes the one before.

        Raises:
            StorageError: when the disk is full; what was added before stays.
        """
        if done.shard is not self._shard:
            self.finish()
            self._shard = done.shard
            self.shards += 1
        done.shard.append(done.outcome, done.regions)

    def finish(self) -> None:
        """Finish the shard under way.

        Raises:
            StorageError: when the disk is full.
        """
        if self._shard is not None:
            self._shard.finish()
            self._shard = None

    def close(self) -> None:
        """Leave the shard under way as it is."""
        if self._shard is not None:
            self._shard.close()

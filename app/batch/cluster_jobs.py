"""What a run asks of a cluster, and the jobs that it hands out there; it knows nothing of Ray."""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

import structlog

from app.batch.elsewhere import Reply
from app.batch.rows import BadRow
from app.batch.shards import Done, ShardWork, Task
from app.domain.errors import InvalidInputError

_log = structlog.get_logger(__name__)

_LEVELS = logging.getLevelNamesMapping()
MOST_DEATHS = 3  # workers that a row may end


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """What a run asks of the cluster.

    Attributes:
        workers: Most workers at a time.
        min_workers: Workers that have to be there before the first row, and are kept.
        cpus_per_worker: Cores of each, and threads of its network.
        gpus_per_worker: Share of a GPU for each; `None` divides those that the cluster has.
        address: Of the cluster; empty for Ray's own order: `RAY_ADDRESS`, a cluster of this
            machine, or else one of this machine alone for the length of the run.
        patience: Seconds without a worker after which a run ends.
    """

    workers: int
    min_workers: int = 1
    cpus_per_worker: int = 1
    gpus_per_worker: float | None = None
    address: str = ""
    patience: float = 600.0

    def __post_init__(self) -> None:
        if not 1 <= self.min_workers <= self.workers:
            raise InvalidInputError("there must be at least one worker, and no minimum above it")
        if self.cpus_per_worker < 1 or (self.gpus_per_worker or 0) < 0:
            raise InvalidInputError("a worker needs at least one core, and no less than no GPU")

    def gpu_share(self, gpus: int) -> float:
        """Return each worker's part of a GPU where the cluster has so many.

        >>> options = ClusterOptions(workers=3)
        >>> options.gpu_share(0), options.gpu_share(2), options.gpu_share(8)
        (0.0, 0.5, 1.0)
        """
        if self.gpus_per_worker is not None:
            return self.gpus_per_worker
        if gpus == 0:
            return 0.0
        # A part that divides a GPU: three workers on two GPUs are two and one, not two thirds each.
        sharing = -(-self.workers // gpus)
        return int(10_000 / sharing) / 10_000


@dataclass(slots=True, eq=False)
class Job:
    """A task on its way; `row` is a reference to its row in the cluster's store.

    Of two rows that a worker held when it died, nobody knows which one ended it. So both go to
    workers of their own from then on, and only what happens there is counted.
    """

    work: ShardWork
    task: Task
    done: Done | None
    row: Any = None
    deaths: int = 0
    alone: bool = False

    def settle(self, reply: Reply) -> None:
        """Take a reply for an answer, and log what its worker had to say."""
        for entry in reply.log:
            rest = {name: value for name, value in entry.items() if name != "level"}
            _log.log(_LEVELS[entry["level"].upper()], **rest)
        self.done = self.work.done(
            self.task, reply.outcome, reply.seconds, reply.repeated, reply.regions
        )
        self.row = None

    def lost(self, *, with_machine: bool) -> None:
        """Note that its worker is gone; with the whole machine, that says nothing of the row."""
        self.deaths += self.alone and not with_machine
        self.alone = True
        if self.deaths == MOST_DEATHS:
            self._give_up()

    def _give_up(self) -> None:
        row, failure = self.task.row, uuid.uuid4().hex[:12]
        _log.error("listing_ended_workers", failure=failure, row=row.place.number)
        reason = f"assessing it ended {self.deaths} workers; the log has it under {failure}"
        self.settle(Reply(BadRow(row.place, row.digest, row.text, reason, failure)))

"""Runs the stage in workers on a Ray cluster: many machines, one ledger.

    tasks ─▶ window, in order ─▶ jobs ─▶ actors, one row at a time ─▶ window ─▶ outcomes, in order

Each worker is an actor with an assessor of its own. More are started as long as work waits, within
the bounds that were asked for; one that waits for room is what makes a cluster with an autoscaler
grow. What a worker or a machine held when it died is given to another. Ray's own pools are not
used: docs/decisions/0011-ray-actors.md says why. Ray is at home in this file alone.
"""

import logging
import os
import tempfile
import time
import uuid
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import ray as typed_ray
import structlog
from ray.exceptions import RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from app.batch.cluster_jobs import ClusterOptions, Job
from app.batch.elsewhere import Findings, Recipe, Reply, Worker, with_photos
from app.batch.rows import CatalogRow
from app.batch.shards import Done, ShardWork, Task
from app.domain.contract import Document
from app.domain.errors import ClusterError, TouchstoneError
from app.media.limits import DecodeLimits

# Its types stop at the options that are used here.
ray: Final[Any] = typed_ray
_log = structlog.get_logger(__name__)

_WINDOW_PER_WORKER = 4
_AHEAD = 2  # rows a worker holds: the next one is there when it has done with one
_FAILED_STARTS = 3
_WORKERS_PER_FINDINGS = 32  # docs/scale.md has what one of them can answer
_TICK_S = 1.0


class RayExecutor:
    """Workers of a Ray cluster; maps tasks as `LocalExecutor` does."""

    def __init__(
        self, recipe: Recipe, versions: Document, limits: DecodeLimits, options: ClusterOptions
    ) -> None:
        """Set up without connecting to anything.

        Args:
            recipe: makes a worker's assessor, in the worker.
            versions: what its verdicts must name; a worker with others is refused.
            limits: for photos that this machine reads for the workers.
            options: what is asked of the cluster.
        """
        self._recipe = recipe
        self._versions = versions
        self._limits = limits
        self._options = options

    def map(self, work: ShardWork, items: Iterable[Task]) -> Generator[Done, None, None]:
        """Yield the tasks' outcomes in order.

        Raises:
            ClusterError: when there is no cluster, or no worker to be had.
            TouchstoneError: whatever stops an assessor altogether.
        """
        window: deque[Job] = deque()
        most = _WINDOW_PER_WORKER * self._options.workers
        with _connected(self._options.address), self._crew() as crew:
            for task in items:
                if len(window) == most:
                    yield crew.finished(window.popleft())
                window.append(self._job(work, task, crew))
                crew.step(0.0)
            crew.expects_no_more()
            while window:
                yield crew.finished(window.popleft())

    def _job(self, work: ShardWork, task: Task, crew: "_Crew") -> Job:
        job = Job(work, task, work.at_hand(task))
        if job.done is None and isinstance(task.row, CatalogRow):
            # In Ray's store, where it outlives the worker that it is sent to.
            job.row = ray.put(with_photos(task.row, self._limits))
            crew.submit(job)
        return job

    @contextmanager
    def _crew(self) -> Iterator["_Crew"]:
        with tempfile.TemporaryDirectory(prefix="touchstone-ray-") as scratch:
            crew = _Crew(self._recipe, self._versions, self._options, Path(scratch))
            try:
                yield crew
            finally:
                crew.dismiss()


@dataclass(slots=True, eq=False)
class _Member:
    """A worker as its crew knows it: `node` is empty until it is open."""

    name: str
    actor: Any
    opening: Any
    node: str = ""
    jobs: dict[Any, Job] = field(default_factory=dict)  # by the reference of the reply

    def has_room(self, job: Job) -> bool:
        if not self.node or any(other.alone for other in self.jobs.values()):
            return False
        return len(self.jobs) < (1 if job.alone else _AHEAD)


class _Cell:
    """The actor: a worker in a process of its own."""

    def __init__(self, findings: Sequence[Any], name: str) -> None:
        self._worker = Worker(_Line(findings, name))

    def open(self, recipe: Recipe, threads: int, gpu: bool) -> tuple[Document, str]:
        return self._worker.open(recipe, threads, gpu), ray.get_runtime_context().get_node_id()

    def run(self, row: CatalogRow, keep_regions: bool) -> Reply:
        return self._worker.run(row, keep_regions)


class _Line:
    """`SharedFindings` over Ray; while the other end is gone, every photo is looked at."""

    def __init__(self, findings: Sequence[Any], name: str) -> None:
        self._findings = findings
        self._name = name

    def claim(self, key: str) -> bytes | None:
        with suppress(RayError):
            found: bytes | None = ray.get(self._home(key).claim.remote(key, self._name))
            return found
        return None

    def keep(self, key: str, finding: bytes) -> None:
        with suppress(RayError):
            ray.get(self._home(key).keep.remote(key, finding))

    def give_up(self) -> None:
        for part in self._findings:
            part.give_up.remote(self._name)

    def _home(self, key: str) -> Any:
        return self._findings[zlib.crc32(key.encode()) % len(self._findings)]


class _Crew:
    """The workers of a run, and the jobs that wait for one; for one thread."""

    def __init__(
        self, recipe: Recipe, versions: Document, options: ClusterOptions, scratch: Path
    ) -> None:
        self._recipe = ray.put(recipe)
        self._versions = versions
        self._options = options
        gpus = options.gpu_share(int(ray.cluster_resources().get("GPU", 0)))
        self._place = (options.cpus_per_worker, gpus > 0)  # a worker's threads, and a GPU or none
        self._cell = ray.remote(
            num_cpus=options.cpus_per_worker, num_gpus=gpus, scheduling_strategy="SPREAD"
        )(_Cell)
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        shared = ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(Findings)
        parts = -(-options.workers // _WORKERS_PER_FINDINGS)
        self._findings = [shared.remote(scratch / str(part)) for part in range(parts)]
        self._members: list[_Member] = []
        self._waiting: deque[Job] = deque()
        self._more_to_come = True
        self._begun = False
        self._failed_starts = 0
        self._idle_since = time.monotonic()

    def submit(self, job: Job) -> None:
        """Take a job on."""
        self._waiting.append(job)

    def expects_no_more(self) -> None:
        """Know that what waits is all there is: workers without work may go."""
        self._more_to_come = False

    def finished(self, job: Job) -> Done:
        """Work until a job is done, and return its outcome."""
        while job.done is None:
            self.step(_TICK_S)
        return job.done

    def step(self, seconds: float) -> None:
        """Hand out what waits, and take in what comes back within so many seconds."""
        self._hire()
        self._hand_out()
        self._release()
        self._require_workers()
        refs = {ref: member for member in self._members for ref in member.jobs}
        refs.update({m.opening: m for m in self._members if m.opening is not None})
        if not refs or not ray.wait(list(refs), timeout=seconds)[0]:
            return
        for ref in ray.wait(list(refs), num_returns=len(refs), timeout=0)[0]:
            if refs[ref] in self._members:  # or it is gone, with all that it held
                self._take_in(ref, refs[ref])
        self._hand_out()

    def dismiss(self) -> None:
        """End every worker."""
        for actor in (*(member.actor for member in self._members), *self._findings):
            ray.kill(actor)
        self._members = []

    def _hire(self) -> None:
        """Start workers: the least that must be there, then twice as many while work waits."""
        count, wanted = len(self._members), self._options.min_workers
        if not self._waiting:
            return
        if all(member.opening is None for member in self._members):
            wanted = max(wanted, count + min(count, len(self._waiting)))
        for _ in range(min(wanted, self._options.workers) - count):
            name = uuid.uuid4().hex
            actor = self._cell.remote(self._findings, name)
            opening = actor.open.remote(self._recipe, *self._place)
            self._members.append(_Member(name, actor, opening))

    def _hand_out(self) -> None:
        while self._begun and self._waiting:
            job = self._waiting[0]
            free = [member for member in self._members if member.has_room(job)]
            if not free:
                return
            member = min(free, key=lambda member: len(member.jobs))
            reply = member.actor.run.remote(job.row, job.work.keep_regions)
            member.jobs[reply] = self._waiting.popleft()

    def _release(self) -> None:
        """Let workers go that have nothing to do any more, so that a cluster can shrink."""
        if self._more_to_come or self._waiting:
            return
        for member in [member for member in self._members if not member.jobs]:
            ray.kill(member.actor)
            self._members.remove(member)

    def _require_workers(self) -> None:
        now, patience = time.monotonic(), self._options.patience
        if not self._waiting or (self._begun and any(member.node for member in self._members)):
            self._idle_since = now
        if now - self._idle_since > patience:
            asked = f"{self._options.cpus_per_worker} CPU" + " and a GPU" * self._place[1]
            there = ray.cluster_resources()
            raise ClusterError(
                f"the Ray cluster had no worker ready for {patience:.0f} s: each needs {asked}, "
                f"and there are {there.get('CPU', 0):g} CPU and {there.get('GPU', 0):g} GPU"
            )

    def _take_in(self, ref: Any, member: _Member) -> None:
        try:
            found = ray.get(ref)
        except RayTaskError as error:
            raise _cause(error) from error
        except RayError as error:
            self._lose(member, error)
            return
        if ref is member.opening:
            self._welcome(member, *found)
        else:
            member.jobs.pop(ref).settle(found)

    def _welcome(self, member: _Member, versions: Document, node: str) -> None:
        if versions != self._versions:
            raise ClusterError(
                f"a worker on node {node[:8]} would judge with {_shown(versions)} instead of "
                f"{_shown(self._versions)}"
            )
        member.opening, member.node = None, node
        self._failed_starts = 0
        opened = sum(bool(member.node) for member in self._members)
        self._begun = self._begun or opened >= self._options.min_workers

    def _lose(self, member: _Member, error: RayError) -> None:
        """Go on without a worker that is no more."""
        _log.warning("worker_lost", node=member.node[:8], error=type(error).__name__)
        self._members.remove(member)
        ray.kill(member.actor)  # whatever is left of it must not go on
        _Line(self._findings, member.name).give_up()
        self._failed_starts += member.opening is not None
        if self._failed_starts == _FAILED_STARTS:
            raise ClusterError(f"workers of the Ray cluster die while starting: {_line(error)}")
        machines = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
        for job in reversed(member.jobs.values()):
            job.lost(with_machine=member.node not in machines)
            if job.done is None:
                self._waiting.appendleft(job)


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Connect to the cluster, unless somebody in this process has."""
    if ray.is_initialized():
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told of a run
    try:
        # Ray would print what workers say to standard output, where results belong.
        ray.init(address=address or None, logging_level=logging.WARNING, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ClusterError(f"the Ray cluster cannot be reached: {_line(error)}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _cause(error: RayTaskError) -> TouchstoneError:
    """Return what a worker raised on purpose, or a sentence about what it did not mean to."""
    cause = error.cause
    if isinstance(cause, TouchstoneError):
        return cause
    return ClusterError(
        f"a worker of the Ray cluster cannot go on: {type(cause).__name__}: {_line(cause)}"
    )


def _line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _shown(versions: Document) -> str:
    return ", ".join(f"{name} {value}" for name, value in versions.items())

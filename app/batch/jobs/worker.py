"""A worker: takes jobs from the queue until it is told to stop, and looks for forgotten ones.

While nothing is waiting in the queue and nothing is being worked on, it asks SQL for jobs that
nobody works on: those of a worker that died, those put off, and those whose message was lost.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable

import structlog

from app.batch.jobs.task_queue import TaskQueue
from app.domain.catalog_job import CatalogJobStore
from app.domain.errors import StorageError

_log = structlog.get_logger(__name__)
_LOOK_EVERY = 2.0  # seconds


def worker_name() -> str:
    """Return a name that no other worker has, and that says where this one is."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Worker:
    """One worker process's loop; `serve` returns once `stop` was called and the work is down."""

    def __init__(
        self, queue: TaskQueue, store: CatalogJobStore, *, look_every: float = _LOOK_EVERY
    ) -> None:
        self._queue = queue
        self._store = store
        self._look_every = look_every
        self._stopping = threading.Event()
        self._busy = threading.Event()

    def stop(self) -> None:
        """Ask the worker to put down what it holds; safe in a signal handler."""
        self._stopping.set()

    def stopping(self) -> bool:
        """Tell whether it was asked to stop."""
        return self._stopping.is_set()

    def serve(self, run: Callable[[int], None], ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop`; `ready` is called once it has begun."""

        def work(job_id: int) -> None:
            self._busy.set()
            try:
                run(job_id)
            finally:
                self._busy.clear()

        with self._queue.worked(work):
            ready()
            while not self._stopping.wait(self._look_every):
                self.look()

    def look(self) -> None:
        """Wake up for jobs that nobody works on, where there is nothing else to do."""
        if self._busy.is_set():
            return
        try:
            if self._queue.waiting() == 0:
                for job_id in self._store.waiting(limit=1):
                    self._queue.put(job_id)
        except StorageError as error:
            _log.warning("worker_waiting", reason=error.message)

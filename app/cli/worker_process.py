"""The worker that `touchstone serve` starts beside itself, and starts again when it dies.

It is tied to the server by its standard input: when the server ends, in whatever way, the worker
puts its job down and ends too.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

_log = structlog.get_logger(__name__)
COMMAND = (sys.executable, "-m", "app.cli", "worker", "--attached")
_LONGEST_WAIT = 60.0  # seconds
_STEADY = 60.0  # a worker that lived so long did not die of its start
_PATIENCE = 20.0  # seconds for putting a job down


class WorkerProcess:
    """Keeps one worker running between `start` and `stop`."""

    def __init__(self, command: Sequence[str] = COMMAND, *, first_wait: float = 1.0) -> None:
        self._command = command
        self._first_wait = first_wait
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process, `None` while there is none."""
        with self._lock:
            return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start the worker, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Let the worker put its job down, and wait for its end."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()
            try:
                child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()  # its job waits for its lease, and is gone on with
        self._thread.join()

    def _keep(self) -> None:
        wait = self._first_wait
        while not self._stopping.is_set():
            began = time.monotonic()
            status = self._run()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > _STEADY:
                wait = self._first_wait
            _log.warning("worker_ended", status=status, again_in=wait)
            self._stopping.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _run(self) -> int:
        with self._lock:
            if self._stopping.is_set():
                return 0
            child = self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603
        try:
            return child.wait()
        finally:
            with self._lock:
                self._child = None
            if child.stdin is not None:
                child.stdin.close()


@contextmanager
def worker_beside(*, wanted: bool) -> Iterator[None]:
    """Keep a worker running during the block, where one is wanted."""
    if not wanted:
        yield
        return
    process = WorkerProcess()
    process.start()
    try:
        yield
    finally:
        process.stop()

"""Real `touchstone` processes for tests that kill them, and callers that keep them busy."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

PROJECT = Path(__file__).parents[2]
_TOUCHSTONE = (sys.executable, "-c", "from app.cli import main; main()")
_LISTENING = re.compile(r"running on (http://127\.0\.0\.1:\d+)")
Send = Callable[[httpx2.Client, int], str]  # sends number so-and-so; returns what was promised
_PATIENCE = 120.0  # seconds; a machine that runs all tests at once is slow to start anything


def until(true: Callable[[], Any], what: str) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The environment of a command on a data folder, with the model that has no weights."""
    own = {"DATA_DIR": str(data), "MODEL": "pixels", "READING": "never", **settings}
    named = {f"TOUCHSTONE_{name}": value for name, value in own.items()}
    kept = {name: value for name, value in os.environ.items() if "TOUCHSTONE" not in name}
    return {**kept, **named, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


def start(data: Path, *words: str, **settings: str) -> subprocess.Popen[bytes]:
    """Start a command on a data folder."""
    return subprocess.Popen(
        (*_TOUCHSTONE, *words),
        cwd=PROJECT,
        env=environment(data, **settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class Server:
    """`touchstone serve` on a free port of loopback."""

    def __init__(self, data: Path, log: Path, **settings: str) -> None:
        self._log = log
        with log.open("w") as file:
            self._process = subprocess.Popen(
                (*_TOUCHSTONE, "serve", "--port", "0"),
                cwd=PROJECT,
                env=environment(data, **settings),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        until(self._listens, "the server")
        self.client = httpx2.Client(base_url=self.url, timeout=60)

    @property
    def url(self) -> str:
        """Where it listens."""
        found = _LISTENING.search(self._log.read_text())
        assert found is not None
        return found[1]

    def kill(self) -> None:
        """Kill it as the system does when memory is short: nothing of it runs any more."""
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait(10) == -signal.SIGKILL

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()
        self._process.kill()
        self._process.wait(10)

    def _listens(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        return _LISTENING.search(self._log.read_text()) is not None


class Callers:
    """Several callers that send until the server is gone, and note what was acknowledged."""

    def __init__(self, url: str, send: Send, count: int = 3) -> None:
        self._url = url
        self._send = send
        self._lock = threading.Lock()
        self._next = 0
        self.acknowledged: list[str] = []
        self.wrong: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> list[str]:
        """Wait until they have noticed that the server is gone; return what they were promised."""
        for thread in self._threads:
            thread.join(_PATIENCE)
        assert self.wrong == []
        return self.acknowledged

    def _run(self) -> None:
        with httpx2.Client(base_url=self._url, timeout=60) as client:
            while True:
                with self._lock:
                    number, self._next = self._next, self._next + 1
                try:
                    name = self._send(client, number)
                except httpx2.TransportError:
                    return  # the server is gone: nothing was promised
                except BaseException as error:  # noqa: BLE001  told by the test
                    self.wrong.append(error)
                    return
                with self._lock:
                    self.acknowledged.append(name)

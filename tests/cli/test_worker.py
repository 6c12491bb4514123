"""Real processes: a server with its worker, killed in the middle, stopped and started again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from app.bootstrap import build
from app.cli.worker_process import WorkerProcess
from tests.api.sending import as_base64
from tests.fakes import calibrate, enrol, make_settings, plain_picture
from tests.images import encode

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
Document = dict[str, Any]
Found = TypeVar("Found")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    touchstone = build(make_settings(folder))
    enrol(touchstone, 0)
    calibrate(touchstone, folder)
    touchstone.close()
    return folder / "var"


def environment(data: Path, **more: str) -> dict[str, str]:
    own = {
        "TOUCHSTONE_DATA_DIR": str(data),
        "TOUCHSTONE_MODEL": "pixels",
        "TOUCHSTONE_READING": "never",
        "TOUCHSTONE_LOG_FORMAT": "json",
        "OMP_NUM_THREADS": "1",
    }
    kept = {name: value for name, value in os.environ.items() if "TOUCHSTONE" not in name}
    return {**kept, **own, **more}


class Server:
    """`touchstone serve` in a process, and what its log says."""

    def __init__(self, data: Path, log: Path, **more: str) -> None:
        self._log = log
        self._file = log.open("ab")
        self._told_before = log.stat().st_size
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", "0"],
            cwd=ROOT,
            env=environment(data, **more),
            stdout=self._file,
            stderr=self._file,
        )
        port = self.told(r"Uvicorn running on http://127.0.0.1:(\d+)")
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=30)

    def told(self, pattern: str, *, times: int = 1) -> str:
        """Wait for something in the log."""

        def found() -> str | None:
            text = self._log.read_bytes()[self._told_before :].decode()
            hits = re.findall(pattern, text)
            return hits[times - 1] if len(hits) >= times else None

        return wait_for(found, self._log.read_text)

    def worker(self, *, times: int = 1) -> int:
        return int(self.told(r'"pid": (\d+).*"worker_ready"', times=times))

    def get(self, catalog: Document) -> Document:
        document: Document = self.http.get(f"/catalogs/{catalog['id']}").json()
        return document

    def until(self, catalog: Document, *, done: int = 0, state: str = "") -> Document:
        def found() -> Document | None:
            now = self.get(catalog)
            far = now["progress"]["listings_done"] >= done
            return now if far and (not state or now["state"] == state) else None

        return wait_for(found, lambda: f"{self.get(catalog)}\n{self._log.read_text()}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.http.close()
        self._file.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(data: Path, log: Path, **more: str) -> Iterator[Server]:
    server = Server(data, log, **more)
    try:
        yield server
    finally:
        server.close()


def wait_for(found: Callable[[], Found | None], told: Callable[[], str]) -> Found:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = found()
        if value is not None:
            return value
        time.sleep(0.05)
    raise AssertionError(told())


def alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def catalog(rows: int) -> bytes:
    lines = []
    for number in range(rows):
        photo = encode(plain_picture(number, (64, 64)), "jpeg")
        image = {"name": f"{number}.jpg", "base64": as_base64(photo)}
        lines.append(json.dumps({"listing_id": f"L{number}", "images": [image]}))
    return "\n".join(lines).encode()


def post(server: Server, content: bytes) -> Document:
    answer = server.http.post("/catalogs", files={"catalog": ("in.jsonl", content)})
    assert answer.status_code == 202, answer.text
    document: Document = answer.json()
    return document


def results(server: Server, catalog: Document) -> bytes:
    answer = server.http.get(f"/catalogs/{catalog['id']}/results", params={"format": "jsonl"})
    return answer.content


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_jobs_survive_their_worker_and_their_server(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    content = catalog(150)
    with serving(data, log) as server:
        first = server.worker()
        job = post(server, content)
        server.until(job, done=20)
        os.kill(first, signal.SIGKILL)
        second = server.worker(times=2)
        assert second != first
        assert server.get(job)["state"] == "running"
        killed_at = server.get(job)["progress"]["listings_done"]
        server.process.kill()  # no farewell: the worker has to notice by itself
        server.process.wait()
        wait_for(lambda: not alive(second) or None, log.read_text)
    with serving(data, log) as server:
        assert server.get(job)["state"] in {"running", "queued"}
        assert server.get(job)["progress"]["listings_done"] >= killed_at
        found = server.until(job, state="done")
        assert found["progress"]["listings_done"] == 150
        assert found["summary"]["kept_rows"] >= 20, "what was done is not done again"
        undisturbed = post(server, content)
        server.until(undisturbed, state="done")
        assert results(server, job) == results(server, undisturbed)
        worker = server.worker()
        assert server.stop() == 0
        assert not alive(worker)


def test_a_running_job_is_cancelled_and_a_stopping_server_puts_one_down(
    data: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with serving(data, log) as server:
        job = post(server, catalog(600))
        server.until(job, done=5)
        assert server.http.post(f"/catalogs/{job['id']}/cancel").json()["state"] == "cancelling"
        ended = server.until(job, state="cancelled")
        assert ended["progress"]["listings_done"] < 600
        other = post(server, catalog(600))
        server.until(other, done=5)
        server.stop()
    with serving(data, log, TOUCHSTONE_WORKER="false") as server:
        assert server.get(other)["state"] == "queued"
        assert "worker_ready" not in log.read_bytes()[server._told_before :].decode()
        assert server.http.post(f"/catalogs/{other['id']}/cancel").json()["state"] == "cancelled"


def test_a_worker_of_its_own_takes_what_is_waiting_and_serves_its_figures(
    data: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with serving(data, log, TOUCHSTONE_WORKER="false") as server:
        job = post(server, catalog(60))
        with (tmp_path / "worker").open("wb") as told:
            port = free_port()
            worker = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "worker", "--metrics-port", str(port)],
                cwd=ROOT,
                env=environment(data),
                stderr=told,
            )
        try:
            server.until(job, state="done")
            address = f"http://127.0.0.1:{port}/metrics"
            with urllib.request.urlopen(address, timeout=10) as answer:
                text = answer.read().decode()
            assert "touchstone_run_rows 60.0" in text
            assert "touchstone_run_seconds_left 0.0" in text
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE) == 0
        finally:
            worker.kill()
            worker.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_worker_that_dies_is_started_again_and_stopped_at_the_end(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    program = (
        "import os, sys, pathlib\n"
        f"path = pathlib.Path({str(marks)!r})\n"
        "with path.open('a') as file: file.write('x')\n"
        "if len(path.read_text()) < 3: sys.exit(7)\n"
        "sys.stdin.read()\n"
        "with path.open('a') as file: file.write('end')\n"
    )
    process = WorkerProcess((sys.executable, "-c", program), first_wait=0.01)
    process.start()
    wait_for(lambda: (marks.exists() and marks.read_text() == "xxx") or None, lambda: "no mark")
    process.stop()
    assert marks.read_text() == "xxxend"
    assert process.pid is None

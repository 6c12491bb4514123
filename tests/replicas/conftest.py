"""Replicas as processes of their own, a bucket behind HTTP, and a database that they share.

`TOUCHSTONE_TEST_POSTGRES_URL` names the server, as for the storage tests.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from tests.storage.conftest import new_postgres
from touchstone_client import Client

__all__ = ["new_postgres"]
PATIENCE = 60.0  # seconds for a process to start on a busy machine


@dataclass(frozen=True, slots=True)
class Replica:
    """One process, and how to talk to it."""

    url: str
    client: Client
    process: subprocess.Popen[bytes]
    log: Path

    def figure(self, name: str) -> float:
        """A figure of `/metrics`, which makes nothing load or reload."""
        for line in self.client.get_metrics().splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        raise AssertionError(f"no figure {name}")


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """A fresh bucket of an S3-compatible server, as a URL; the environment leads there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patched.setenv("AWS_ACCESS_KEY_ID", "test")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patched.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="photos")
        yield f"s3://photos/{uuid4().hex}"
    server.stop()


@pytest.fixture
def shared(bucket: str, new_postgres: Callable[[], str]) -> dict[str, str]:
    """What the replicas of one service have in common."""
    return {
        "TOUCHSTONE_DATABASE_URL": new_postgres(),
        "TOUCHSTONE_BLOB_URL": f"{bucket}/{uuid4().hex}",
        "TOUCHSTONE_MODEL": "pixels",
        "TOUCHSTONE_READING": "never",
        "TOUCHSTONE_LOG_FORMAT": "json",
    }


Start = Callable[..., AbstractContextManager[Replica]]


@pytest.fixture
def start(shared: dict[str, str], tmp_path: Path) -> Start:
    """Give a function that starts a replica in a folder of its own."""

    @contextmanager
    def starting(name: str) -> Iterator[Replica]:
        port, folder = _free_port(), tmp_path / name
        folder.mkdir(exist_ok=True)
        environment = {**os.environ, **shared, "TOUCHSTONE_DATA_DIR": str(folder / "var")}
        log = folder / f"{port}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*touchstone(), "serve", "--port", str(port)],
                env=environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            _await_life(url, process, log)
            with Client(url) as client:
                yield Replica(url, client, process, log)
        finally:
            process.terminate()
            process.wait(30)

    return starting


def touchstone() -> list[str]:
    """The command, in whatever folder."""
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from app.cli import main; main()"
    return [sys.executable, "-c", code]


def _await_life(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if requests.get(f"{url}/health/live", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"no answer in time: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""Servers in processes of their own, on a port that is free, and plain requests to them."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START = 60.0
SERVE = (sys.executable, "-c", "from app.cli import main; main()", "serve", "--port")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A server until the end of the block; its standard error goes to `log`."""

    def __init__(self, command: Sequence[str], port: int, log: Path, **env: str) -> None:
        self.port = port
        self.log = log
        with log.open("wb") as lines:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **env}, stderr=lines, stdout=lines
            )

    def __enter__(self) -> "Server":
        end = time.monotonic() + START
        while True:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if self.ask("GET", "/health/ready").status == 200:
                    return self
            except OSError:
                assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            kind = {"Content-Type": "application/json"} if body is not None else {}
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {**kind, **(headers or {})})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def figure(self, sample: str) -> float:
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return float(next(line for line in lines if line.startswith(f"{sample} ")).split()[-1])

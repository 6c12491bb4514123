"""The server under `serve`, as a real process: callers who hang up, and how SIGTERM ends it."""

import json
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.bootstrap import build
from tests.api.sending import LISTING, as_base64
from tests.cli.processes import Server, free_port
from tests.fakes import make_settings, plain_photo

WAIT = 30.0
IMAGE = {"base64": as_base64(plain_photo())}


def _command(folder: Path, port: int, *, a_photo: float, delay: float, limit: int) -> Sequence[str]:
    words = (str(folder), str(port), str(a_photo), str(delay), str(limit))
    return (sys.executable, "-m", "tests.cli.slow_service", *words)


def _kept(folder: Path) -> int:
    touchstone = build(make_settings(folder))
    try:
        return len(touchstone.assessments.list())
    finally:
        touchstone.close()


def _until_working(server: Server) -> None:
    end = time.monotonic() + WAIT
    while server.figure('touchstone_working{room="assess"}') == 0:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_caller_who_hangs_up_is_worked_for_no_longer(tmp_path: Path) -> None:
    port = free_port()
    command = _command(tmp_path, port, a_photo=0.5, delay=0.0, limit=1)
    data = json.dumps({"listing": LISTING, "images": [IMAGE] * 24}).encode()  # twelve seconds
    head = (
        "POST /v1/assessments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with Server(command, port, tmp_path / "log") as server:
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall(head.encode() + data)
            _until_working(server)
        began = time.monotonic()
        while server.figure('touchstone_working{room="assess"}'):
            assert time.monotonic() - began < 8.0
            time.sleep(0.05)
        assert server.figure('touchstone_refused_total{reason="client_gone"}') == 1
        assert server.ask("POST", "/v1/search", IMAGE).status == 200
    assert _kept(tmp_path) == 0


def test_who_is_sent_away_while_sending_gets_the_answer(tmp_path: Path) -> None:
    """A connection closed on a sender would be reset, and the answer lost with it."""
    port = free_port()
    command = _command(tmp_path, port, a_photo=3.0, delay=0.0, limit=1)
    image = {"base64": "A" * 6_000_000}
    data = json.dumps(image).encode()
    head = (
        "POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with Server(command, port, tmp_path / "log") as server, ThreadPoolExecutor(12) as pool:
        inside = [pool.submit(server.ask, "POST", "/v1/search", IMAGE) for _ in range(12)]
        end = time.monotonic() + WAIT
        while server.figure('touchstone_queue_depth{room="assess"}') < 8:
            assert time.monotonic() < end
            time.sleep(0.01)
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as caller:
                caller.sendall(head.encode() + data)  # all of it, before looking for an answer
                answer = b"".join(iter(lambda: caller.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 429 ")
            assert b'"code":"busy"' in answer
        assert {each.result(WAIT).status for each in inside} == {200}


def test_what_runs_is_answered_and_readiness_goes_first(tmp_path: Path) -> None:
    port = free_port()
    command = _command(tmp_path, port, a_photo=2.5, delay=1.0, limit=20)
    body = {"listing": LISTING, "images": [IMAGE]}
    with Server(command, port, tmp_path / "log") as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.ask, "POST", "/v1/assessments", body)
        _until_working(server)
        server.terminate()
        time.sleep(0.1)
        refused = server.ask("GET", "/health/ready")
        assert (refused.status, refused.json["code"]) == (503, "not_ready")
        assert "shutting down" in refused.json["detail"]
        assert server.ask("GET", "/health/live").status == 200
        assert server.ask("GET", "/v1/motifs").status == 200  # the door is open still
        assert not running.done()
        assert running.result(WAIT).status == 201
        assert server.process.wait(WAIT) == 0
        with pytest.raises(ConnectionRefusedError):
            server.ask("GET", "/health/live")
    assert _kept(tmp_path) == 1


def test_what_runs_too_long_is_stopped_between_two_photos(tmp_path: Path) -> None:
    port = free_port()
    command = _command(tmp_path, port, a_photo=0.5, delay=0.0, limit=1)
    body = {"listing": LISTING, "images": [IMAGE] * 24}  # twelve seconds and more
    with Server(command, port, tmp_path / "log") as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.ask, "POST", "/v1/assessments", body)
        _until_working(server)
        began = time.monotonic()
        server.terminate()
        assert server.process.wait(WAIT) == 0
        assert time.monotonic() - began < 8.0
        given_up = running.result(WAIT)
        assert (given_up.status, given_up.json["code"]) == (503, "not_ready")
        assert "nothing was kept" in given_up.json["detail"]
    assert _kept(tmp_path) == 0


def test_a_second_signal_ends_the_delay(tmp_path: Path) -> None:
    port = free_port()
    command = _command(tmp_path, port, a_photo=0.0, delay=WAIT, limit=5)
    with Server(command, port, tmp_path / "log") as server:
        server.terminate()
        time.sleep(0.5)
        assert server.process.poll() is None
        server.terminate()
        assert server.process.wait(WAIT / 2) == 0

"""Processes that are killed, disks that are full, stores that are gone: what was promised is kept.

Whatever a caller was told is done has to be there after the next start, and a service whose disk,
blobs or database fail answers 503 and goes on by itself once they are back.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import URL, create_engine, make_url, text

from app.bootstrap import build
from index import verify_snapshot
from tests.e2e.processes import Callers, Send, Server, start, until
from tests.e2e.wire import Wire
from tests.fakes import enrol, make_settings, motif_file, photo_with, plain_photo
from tests.storage.conftest import SERVER_VARIABLE

Document = dict[str, Any]
LISTING = {"listing_id": "B09X", "brand_field": "Unbranded"}


def _motif(client: httpx2.Client, name: str = "mark") -> str:
    body = {"brand": "Cartier", "name": name, "kind": "logo"}
    answer = client.post("/v1/motifs", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


def _enrol(client: httpx2.Client, seed: int, motif: str, first: int = 0) -> str:
    seed += first
    files = {"image": (f"{seed}.png", motif_file(seed), "image/png")}
    answer = client.post(f"/v1/motifs/{motif}/references", files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _assess(client: httpx2.Client, photo: bytes) -> httpx2.Response:
    files = {"images": ("1.png", photo, "image/png")}
    return client.post("/v1/assessments", data={"listing": json.dumps(LISTING)}, files=files)


def _items(client: httpx2.Client, path: str, **asked: str) -> list[Document]:
    items: list[Document] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "100", **asked, **({"cursor": cursor} if cursor else {})}
        page = client.get(path, params=query).raise_for_status().json()
        items += page["items"]
        cursor = page["next_cursor"]
    return items


def _check_problem(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "storage_failed"


def _check_sound(data: Path) -> None:
    engine = create_engine(f"sqlite:///{data / 'touchstone.db'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).first() is None
    engine.dispose()


# Killed


def _killed_under(server: Server, send: Send) -> set[str]:
    """Kill a server while callers send to it; return what it had acknowledged."""
    callers = Callers(server.url, send)
    until(lambda: len(callers.acknowledged) >= 12 or callers.wrong, "the callers")
    server.kill()
    return set(callers.finish())


def test_a_server_killed_while_enrolling_has_every_reference_it_acknowledged(
    tmp_path: Path,
) -> None:
    data, known = tmp_path / "var", set[str]()
    for life in range(2):
        with Server(data, tmp_path / f"{life}.log") as server:
            motif = _motif(server.client)
            known |= _killed_under(server, partial(_enrol, motif=motif, first=1_000 * life))
        _check_sound(data)
    with Server(data, tmp_path / "last.log") as server:
        client = server.client
        assert client.get("/health/ready").status_code == 200
        references = {each["id"]: each for each in _items(client, f"/v1/motifs/{motif}/references")}
        assert known <= references.keys()
        assert len(known) >= 24
        for name in sorted(known)[:5]:
            answer = client.get(f"/v1/motifs/{motif}/references/{name}/image")
            assert answer.status_code == 200
        # Each change that was kept is told, and none that was not.
        told = _items(client, "/v1/audit", kind="reference")
        assert {event["subject"] for event in told} == references.keys()
        seen = _assess(client, motif_file(1_000)).json()
        assert seen["images"][0]["matches"][0]["similarity"] > 0.99


def test_a_server_killed_while_assessing_has_every_assessment_it_acknowledged(
    tmp_path: Path,
) -> None:
    data = tmp_path / "var"

    def send(client: httpx2.Client, number: int) -> str:
        answer = _assess(client, plain_photo(number))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    with Server(data, tmp_path / "first.log") as server:
        _enrol(server.client, 1, _motif(server.client))
        known = _killed_under(server, send)
    _check_sound(data)
    with Server(data, tmp_path / "second.log") as server:
        kept = {each["id"]: each for each in _items(server.client, "/v1/assessments")}
        assert known <= kept.keys()
        for name in known:
            again = server.client.get(f"/v1/assessments/{name}/verify").json()
            assert (again["outcome"], again["missing"]) == ("same", [])
        assert _assess(server.client, photo_with(1)).status_code == 201


def test_a_snapshot_writer_that_is_killed_leaves_a_service_that_starts(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    for seed in range(3):
        enrol(touchstone, seed)
    touchstone.snapshots.build()
    touchstone.close()
    whole = (settings.snapshots / "current").read_text()
    for wait in (0.0, 0.005):
        seen = {path.name for path in settings.snapshots.iterdir()}
        process = start(settings.data_dir, "index", "build")
        until(partial(_writes, process, settings.snapshots, seen), "the writer")
        time.sleep(wait)
        process.kill()
        process.wait(10)
        verify_snapshot(settings.snapshots)
    assert (settings.snapshots / "current").read_text() >= whole
    touchstone = build(settings)
    assert touchstone.gallery.current().gallery.index.ids.tolist() == [1, 2, 3]
    touchstone.snapshots.build()
    touchstone.close()
    verify_snapshot(settings.snapshots)


def _writes(process: subprocess.Popen[bytes], index: Path, seen: set[str]) -> bool:
    return process.poll() is not None or any(path.name not in seen for path in index.iterdir())


# Full, read-only, gone


@contextmanager
def _mounted(place: Path, *options: str) -> Iterator[None]:
    """Mount something for a time; skips the test where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(("mount", *options, str(place)), capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


def test_a_full_disk_is_answered_and_survived(tmp_path: Path) -> None:
    data = tmp_path / "small"
    with (
        _mounted(data, "-t", "tmpfs", "-o", "size=6m", "tmpfs"),
        Server(data, tmp_path / "log") as server,
    ):
        client = server.client
        motif = _motif(client)
        _enrol(client, 1, motif)
        kept = [_assess(client, plain_photo(0)).json()["id"]]
        ballast = data / "ballast"
        _fill(ballast)
        number = 0
        while True:
            number += 1
            answer = _assess(client, plain_photo(number))
            if answer.status_code != 201:
                break
            kept.append(answer.json()["id"])
            assert number < 500
        _check_problem(answer)
        files = {"image": ("9.png", motif_file(9), "image/png")}
        _check_problem(client.post(f"/v1/motifs/{motif}/references", files=files))
        assert client.get("/health/live").status_code == 200
        assert [item["id"] for item in _items(client, "/v1/assessments")] == kept[::-1]

        ballast.unlink()
        recovered = _assess(client, plain_photo(number))
        assert recovered.status_code == 201, recovered.text
        _enrol(client, 9, motif)
        assert client.get(f"/v1/assessments/{kept[-1]}/verify").json()["missing"] == []
        assert client.get("/health/ready").status_code == 200


def _fill(ballast: Path) -> None:
    """Leave a hundred kilobytes or so of a disk."""
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(65_536)) == 65_536:
                pass
        file.truncate(max(0, file.tell() - 131_072))


def test_blobs_that_cannot_be_written_are_answered_and_survived(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with Server(data, tmp_path / "log") as server:
        client = server.client
        known = _assess(client, plain_photo(1))
        blobs = data / "blobs"
        with _mounted(blobs, "--bind", str(blobs)):
            subprocess.run(("mount", "-o", "remount,bind,ro", str(blobs)), check=True)
            before = _items(client, "/v1/assessments")
            _check_problem(_assess(client, plain_photo(2)))
            assert _assess(client, plain_photo(1)).status_code == 201  # nothing new to write
            shown = client.get(f"/v1/assessments/{known.json()['id']}/evidence?format=png")
            assert shown.status_code == 200
            assert len(_items(client, "/v1/assessments")) == len(before) + 1
        assert _assess(client, plain_photo(2)).status_code == 201


def test_a_database_that_is_gone_is_answered_and_survived(tmp_path: Path) -> None:
    data = tmp_path / "var"
    with Server(data, tmp_path / "log") as server:
        client = server.client
        motif = _motif(client)
        _enrol(client, 1, motif)
        assert client.get("/health/ready").status_code == 200
        files = [path for path in data.iterdir() if path.name.startswith("touchstone.db")]
        for path in files:
            path.rename(tmp_path / path.name)
        for _ in range(3):
            _check_problem(_assess(client, photo_with(1)))
            _check_problem(client.post("/v1/brands", json={"name": "lost"}))
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        assert not (data / "touchstone.db").exists()

        for path in files:
            (tmp_path / path.name).rename(path)
        answer = _assess(client, photo_with(1))
        assert answer.status_code == 201, answer.text
        assert answer.json()["images"][0]["matches"][0]["motif_id"] == motif
        assert [brand["name"] for brand in _items(client, "/v1/brands")] == ["Cartier"]
        assert client.get("/health/ready").status_code == 200


@pytest.fixture
def postgres() -> Iterator[URL]:
    """An empty database on the server that the environment names."""
    server = os.environ.get(SERVER_VARIABLE)
    if not server:
        pytest.skip(f"{SERVER_VARIABLE} names no PostgreSQL server")
    engine = create_engine(make_url(server), isolation_level="AUTOCOMMIT")
    name = f"touchstone_test_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_a_database_server_that_is_gone_is_answered_and_survived(
    tmp_path: Path, postgres: URL
) -> None:
    with Wire(postgres.host or "", postgres.port or 5432) as wire:
        url = postgres.set(host="127.0.0.1", port=wire.port)
        shown = url.render_as_string(hide_password=False)
        with Server(tmp_path / "var", tmp_path / "log", DATABASE_URL=shown) as server:
            client = server.client
            motif = _motif(client)
            _enrol(client, 1, motif)
            known = _assess(client, photo_with(1)).json()["id"]
            for _ in range(2):
                wire.cut()
                _check_problem(_assess(client, photo_with(1)))
                _check_problem(client.get(f"/v1/assessments/{known}"))
                assert client.get("/health/live").status_code == 200
                assert client.get("/health/ready").status_code == 503
                wire.mend()
                answer = _assess(client, photo_with(1))
                assert answer.status_code == 201, answer.text
                assert client.get("/health/ready").status_code == 200
            assert len(_items(client, "/v1/assessments")) == 3
            assert (url.password or "") not in (tmp_path / "log").read_text()

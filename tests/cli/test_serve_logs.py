"""`touchstone serve` as JSON lines: every request under its ids, and never a photo or a key."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.sending import LISTING, as_base64
from tests.cli.processes import SERVE, Answer, Server, free_port
from tests.fakes import plain_photo

PHOTO = plain_photo()
TITLE = "a title that is nobody's business"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("logs"), free_port()
    env = {
        "TOUCHSTONE_DATA_DIR": str(folder / "var"),
        "TOUCHSTONE_MODEL": "pixels",
        "TOUCHSTONE_READING": "never",
        "TOUCHSTONE_WORKER": "false",
        "TOUCHSTONE_LOG_FORMAT": "json",
        "TOUCHSTONE_SHUTDOWN_DELAY_SECONDS": "0.3",
    }
    with Server((*SERVE, str(port)), port, folder / "log", **env) as server:
        yield server


def _events(server: Server) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log.read_text(encoding="utf-8").splitlines()]


def _break_the_database(folder: Path) -> None:
    for file in folder.glob("touchstone.db*"):
        file.write_bytes(b"no database at all" * 100)


def _everything(server: Server, key: str) -> list[Answer]:
    """Send photos, keys and words in every way that succeeds or fails."""
    headers = {"Authorization": f"Bearer {key}", "X-Request-ID": "from-the-caller"}
    headers["traceparent"] = f"00-{TRACE}-00f067aa0ba902b7-01"
    image = {"base64": as_base64(PHOTO)}
    listing = {**LISTING, "title": TITLE}
    return [
        server.ask("POST", "/v1/assessments", {"listing": listing, "images": [image]}, headers),
        server.ask("POST", "/v1/search?limit=3", image, headers),
        server.ask("POST", "/v1/search?limit=none", image, headers),
        server.ask("POST", "/v1/search", {"base64": as_base64(PHOTO)[:-1] + "!"}, headers),
        server.ask("POST", "/v1/brands", {"name": as_base64(PHOTO)}, headers),
        server.ask("GET", f"/v1/motifs?cursor={key}", None, headers),
        server.ask("GET", "/v1/motifs", None, {"Authorization": f"Bearer {key}x"}),
        server.ask("GET", "/v1/motifs", None, {"Authorization": f"Basic {key}"}),
    ]


def test_lines_are_json_under_ids_and_hold_no_secret(server: Server) -> None:
    made = server.ask("POST", "/v1/keys", {"name": "root", "scopes": ["admin"]})
    key = made.json["token"]
    answers = _everything(server, key)
    assert [answer.status for answer in answers[:3]] == [201, 200, 422]
    assert {answer.headers["x-request-id"] for answer in answers[:6]} == {"from-the-caller"}
    assert all(answer.headers["traceparent"].split("-")[1] == TRACE for answer in answers[:6])
    _break_the_database(Path(server.log.parent) / "var")
    failed = server.ask("GET", "/v1/motifs", None, {"Authorization": f"Bearer {key}"})
    assert failed.status == 503
    server.terminate()
    assert server.process.wait(30) == 0

    events = _events(server)
    requests = [event for event in events if event["event"] == "request"]
    ours = [event for event in requests if event["request_id"] == "from-the-caller"]
    assert len(ours) == 6
    assert {event["trace_id"] for event in ours} == {TRACE}
    first = ours[0]
    assert (first["method"], first["route"], first["status"]) == ("POST", "/v1/assessments", 201)
    assert first["ms"] > 0
    assert first["level"] == "info"
    assert any(event["event"] == "request_failed" and event["exception"] for event in events)
    assert any("Uvicorn running" in event["event"] for event in events)
    # Health checks that were well leave nothing.
    assert not [event for event in requests if event["path"].startswith("/health")]

    text = server.log.read_text(encoding="utf-8")
    assert key[3:] not in text
    assert TITLE not in text
    encoded = base64.b64encode(PHOTO).decode()
    for start in range(0, len(encoded) - 24, 24):
        assert encoded[start : start + 24] not in text
    for start in range(0, len(PHOTO) - 12, 12):
        assert repr(PHOTO[start : start + 12])[2:-1] not in text

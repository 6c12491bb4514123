"""The example programs, each a process of its own, against a real server."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.fakes import photo_with, plain_photo
from tests.furnished import Service, Start

ROOT = Path(__file__).parents[2]
PIPELINE = [sys.executable, "examples/moderation_pipeline.py"]


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def _pipeline(service: Service, folder: Path, events: list[dict[str, Any]]) -> dict[str, Any]:
    """Run the pipeline and return each event's action by the event's id."""
    done = subprocess.run(
        [*PIPELINE, "--url", service.url, "--photos", str(folder)],
        input="".join(f"{json.dumps(event)}\n" for event in events),
        env=_environment(API_KEY=service.token),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    actions = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(actions) == len(events)
    return {action["event_id"]: action for action in actions}


def _event(number: int, *photos: str, **listing: Any) -> dict[str, Any]:
    return {
        "event_id": f"event-{number}",
        "listing": {"listing_id": f"B{number}", **listing},
        "photos": photos,
    }


def test_listings_are_published_held_and_blocked(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "plain.jpg").write_bytes(plain_photo(77))
    (folder / "mark.png").write_bytes(photo_with(1, seed=8))
    (folder / "broken.jpg").write_bytes(plain_photo(78)[:200])
    events = [
        _event(1, "plain.jpg", brand_field="Unbranded"),
        _event(2, "mark.png", brand_field="Unbranded"),
        _event(3, "broken.jpg"),
        _event(4, "not-there.jpg"),
        _event(5, "plain.jpg", no_such_field="x"),
        _event(6, "https://img.shop.example/1.jpg"),
    ]
    with start() as service:
        first = _pipeline(service, folder, events)
        assert [first[f"event-{n}"]["action"] for n in range(1, 7)] == [
            "publish",
            "block",
            "hold",
            "hold",
            "hold",
            "hold",
        ]
        assert first["event-2"]["why"] == ["motif_seen", "claims_unbranded"]
        assert "assessment_id" not in first["event-5"]
        # A queue delivers an event twice: it is judged once.
        again = _pipeline(service, folder, events)
        assert again["event-2"] == first["event-2"]


def test_events_wait_for_a_service_that_is_not_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PIPELINE, "--url", "http://127.0.0.1:9"],
        input=json.dumps(_event(1)),
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("stopped: no answer to POST /v1/assessments")


@contextmanager
def _receiver(secret: str, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "examples/webhook_receiver.py", "--port", str(port)],
        env=_environment(WEBHOOK_SECRET=secret),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_decision_reaches_the_receiver(start: Start) -> None:
    port = _free_port()
    allowed = (f"localhost:{port}", "localhost:9")
    with start(webhook_allow=allowed, webhook_tries=10, webhook_retry_seconds=0.2) as service:
        asked = {"url": f"http://localhost:{port}/", "events": ["review.decided"]}
        made = service.session.post(f"{service.url}/v1/webhooks", json=asked, timeout=10).json()
        with _receiver(made["secret"], port) as process:
            decision = {"decision": "confirmed", "reason": "protected_motif"}
            path = f"{service.url}/v1/reviews/rev_1/decision"
            assert service.session.post(path, json=decision, timeout=10).status_code == 200
            assert process.stdout is not None
            line = json.loads(process.stdout.readline())
            assert line == {
                "listing_id": "listing 0",
                "action": "take_down",
                "because": "protected_motif",
            }
            # Who does not know the secret is not believed.
            forged = requests.post(f"http://localhost:{port}/", json=decision, timeout=10)
            assert forged.status_code == 400

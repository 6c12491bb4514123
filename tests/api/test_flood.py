"""A motif that floods: from dismissals to quarantine, its notices, and back by a person."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.bootstrap import build
from app.domain.errors import StorageError
from app.domain.identity import Scope
from app.domain.webhook import EventType
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.conftest import settings_on_copy
from tests.api.documented import check_documented
from tests.api.sending import LISTING, Document, check_problem, post_form
from tests.fakes import enrol, photo_with

DISMISSED = {"decision": "dismissed", "reason": "nothing_there"}


@pytest.fixture
def settings(calibrated: Path, tmp_path: Path) -> Settings:
    """Limits that three decisions, or four of five open reviews, go beyond."""
    limits = {"flood_min_decided": 3, "flood_dismissals": 0.7, "flood_min_open": 4}
    return settings_on_copy(calibrated, tmp_path).model_copy(
        update={**limits, "flood_queue_share": 0.7}
    )


@pytest.fixture
def touchstone(settings: Settings) -> Iterator[Touchstone]:
    touchstone = build(settings)
    for seed in range(3):
        enrol(touchstone, seed)
    touchstone.webhooks._store.add(
        "https://shop.example/h", (EventType.MOTIF_QUARANTINED,), "whsec_x"
    )
    yield touchstone
    touchstone.close()


@pytest.fixture
def client(settings: Settings, touchstone: Touchstone) -> Iterator[TestClient]:
    with TestClient(create_app(settings, touchstone)) as client:
        client.event_hooks = {"response": [check_documented]}
        yield client


def _assess(client: TestClient, number: int, motif: int = 0) -> Document:
    listing = {**LISTING, "listing_id": f"L{number}"}
    status, document = post_form(client, ("1.png", photo_with(motif)), listing=listing)
    assert status == 201, document
    return document


def _decide(client: TestClient, number: int, body: dict[str, Any] | None = None) -> None:
    answer = client.post(f"/v1/reviews/rev_{number}/decision", json=body or DISMISSED)
    assert answer.status_code == 200, answer.text


def _gauge(client: TestClient) -> str:
    lines = client.get("/metrics").text.splitlines()
    return next(line for line in lines if line.startswith("touchstone_quarantined_motifs "))


def test_a_motif_that_is_always_dismissed_is_taken_out_and_let_in(
    client: TestClient, touchstone: Touchstone
) -> None:
    assert client.get("/v1/motifs/mot_1").json()["quarantine"] is None
    for number in (1, 2, 3):
        assert _assess(client, number)["verdict"] == "suspect"
    assert _gauge(client).endswith(" 0.0")
    with capture_logs() as logs:
        for number in (1, 2):
            _decide(client, number)
        assert client.get("/v1/quarantine").json()["motifs"] == []
        _decide(client, 3)
    (event,) = [log for log in logs if log["event"] == "motif_quarantined"]
    assert (event["motif"], event["log_level"]) == ("mot_1", "warning")

    (held,) = client.get("/v1/quarantine").json()["motifs"]
    assert (held["motif_id"], held["code"]) == ("mot_1", "often_dismissed")
    assert held["detail"] == "3 of 3 decided reviews were dismissed"
    assert client.get("/v1/reviews").json()["quarantined_motifs"] == [held]
    assert client.get("/v1/motifs/mot_1").json()["quarantine"]["code"] == "often_dismissed"
    assert _gauge(client).endswith(" 1.0")
    (delivery,) = touchstone.webhooks.store.deliveries(1)
    assert delivery.event is EventType.MOTIF_QUARANTINED

    document = _assess(client, 4)
    assert document["verdict"] == "clear"
    assert [reason["code"] for reason in document["reasons"]] == ["motif_quarantined"]
    best = document["images"][0]["matches"][0]
    assert (best["motif_id"], best["quarantined"]) == ("mot_1", True)
    assert _assess(client, 5, motif=1)["verdict"] == "suspect", "others count as ever"

    released = client.post("/v1/motifs/mot_1/release")
    assert (released.status_code, released.json()["quarantine"]) == (200, None)
    check_problem(client.post("/v1/motifs/mot_1/release"), 409, "conflict")
    assert _assess(client, 6)["verdict"] == "suspect"
    _decide(client, 5)
    assert client.get("/v1/quarantine").json()["motifs"] == [], "old dismissals count no more"
    assert _gauge(client).endswith(" 0.0")


def test_a_motif_that_takes_the_queue(client: TestClient) -> None:
    _assess(client, 0, motif=1)
    for number in (1, 2, 3):
        assert _assess(client, number)["verdict"] == "suspect"
    assert client.get("/v1/quarantine").json()["motifs"] == []
    assert _assess(client, 4)["verdict"] == "suspect"
    (held,) = client.get("/v1/quarantine").json()["motifs"]
    assert (held["motif_id"], held["code"]) == ("mot_1", "floods_queue")
    assert held["detail"] == "4 of 5 open reviews are of it"
    assert _assess(client, 5)["verdict"] == "clear"
    assert len(client.get("/v1/reviews").json()["items"]) == 5


def test_what_is_mostly_confirmed_floods_nobody(client: TestClient) -> None:
    confirmed = {"decision": "confirmed", "reason": "protected_motif"}
    for number in (1, 2, 3):
        _assess(client, number)
        _decide(client, number, confirmed)
    for number in range(4, 10):
        assert _assess(client, number)["verdict"] == "suspect"
    assert client.get("/v1/quarantine").json()["motifs"] == []


def test_watching_that_fails_fails_nothing_else(
    client: TestClient, touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StorageError("the database server cannot be reached")

    monkeypatch.setattr(touchstone.reviews.store, "flow", away)
    with capture_logs() as logs:
        assert _assess(client, 1)["verdict"] == "suspect"
    assert "flood_not_watched" in {log["event"] for log in logs}
    assert len(client.get("/v1/reviews").json()["items"]) == 1


def test_who_sees_and_releases(client: TestClient, touchstone: Touchstone) -> None:
    headers = {"Authorization": f"Bearer {touchstone.keys.make('r', (Scope.REVIEW,)).token}"}
    assert client.get("/v1/quarantine", headers=headers).status_code == 200
    check_problem(client.post("/v1/motifs/mot_1/release", headers=headers), 403, "forbidden")
    asking = {"Authorization": f"Bearer {touchstone.keys.make('a', (Scope.ASSESS,)).token}"}
    check_problem(client.get("/v1/quarantine", headers=asking), 403, "forbidden")

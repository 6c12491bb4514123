"""`/health/live`, `/health/ready` and `/docs`."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import cast

from fastapi.testclient import TestClient

from app.main import create_app
from app.services.gallery import Matcher
from app.services.live_gallery import LiveGallery
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.sending import check_problem
from tests.fakes import enrol


def test_ready_says_with_what(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ready"
    assert body["model"].startswith("pixels@")
    assert body["registry"] == touchstone.registry.version() == 2
    assert body["index"] == "flat-r2-n1"
    assert body["background"].startswith("120-photos-")


def test_an_uncalibrated_service_is_ready_and_says_so(unchanged: TestClient) -> None:
    assert unchanged.get("/health/ready").json()["background"] is None


def test_before_the_start_it_lives_but_is_not_ready(settings: Settings) -> None:
    client = TestClient(create_app(settings))  # not entered: nothing has started
    assert client.get("/health/live").json() == {"status": "ok"}
    for path in ("/health/ready", "/metrics", "/v1/brands"):
        check_problem(client.get(path), 503, "not_ready")


def test_a_damaged_background_is_not_ready(client: TestClient, settings: Settings) -> None:
    for blob in (settings.data_dir / "blobs" / "sha256").rglob("*"):
        if blob.is_file():
            blob.write_bytes(b"damaged")
    problem = check_problem(client.get("/health/ready"), 503, "not_ready")
    assert "damaged" in problem["detail"]
    assert client.get("/health/live").status_code == 200


def test_an_index_that_cannot_follow_the_registry_is_not_ready(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    """A reference whose vector is lost and whose image is away: what is in use is stale."""
    enrol(touchstone, 0)
    assert client.get("/health/ready").status_code == 200
    _, reference = enrol(touchstone, 1)
    with closing(sqlite3.connect(settings.data_dir / "touchstone.db")) as database, database:
        database.execute("DELETE FROM reference_embeddings")
    (image,) = (settings.data_dir / "blobs").rglob(reference.blob)
    away = image.rename(image.with_suffix(".away"))
    check_problem(client.get("/health/ready"), 503, "not_ready")
    assert client.get("/health/live").status_code == 200
    away.rename(image)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["index"]) == (200, "flat-r4-n2")


def test_a_probe_does_not_wait_for_a_long_renewal(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    held, enough = threading.Event(), threading.Event()

    class SlowGallery:
        loaded, age = None, 0.0

        def current(self) -> Matcher:
            held.set()
            assert enough.wait(30)
            return touchstone.gallery.current()

    slow = replace(touchstone, gallery=cast("LiveGallery", SlowGallery()))
    with TestClient(create_app(settings, slow)) as prober:
        began = time.monotonic()
        for _ in range(2):
            problem = check_problem(prober.get("/health/ready"), 503, "not_ready")
            assert "being renewed" in problem["detail"]
        assert held.is_set()
        assert prober.get("/health/live").status_code == 200
        assert time.monotonic() - began < 20
        enough.set()
        assert prober.get("/health/ready").status_code == 200


def test_the_documentation_page_is_there(unchanged: TestClient) -> None:
    answer = unchanged.get("/docs")
    assert answer.status_code == 200
    assert "<title>Touchstone API</title>" in answer.text
    assert "'/openapi.json'" in answer.text
    assert unchanged.get("/redoc").status_code == 404


def test_the_documentation_page_loads_nothing_from_elsewhere(unchanged: TestClient) -> None:
    page = unchanged.get("/docs").text
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
    for asset in ("/docs-assets/swagger-ui-bundle.js", "/docs-assets/swagger-ui.css"):
        assert asset in page
        assert unchanged.get(asset).status_code == 200

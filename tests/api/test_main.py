"""`create_app`: a service of its own, built at the start and closed at the end."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import build
from app.domain.errors import ModelRefusedError
from app.main import create_app
from tests.api.sending import assessed
from tests.fakes import make_settings


def test_two_applications_are_independent(tmp_path: Path) -> None:
    first, second = make_settings(tmp_path / "a"), make_settings(tmp_path / "b")
    with TestClient(create_app(first)) as one, TestClient(create_app(second)) as two:
        one.post("/v1/brands", json={"name": "Cartier"})
        assert len(one.get("/v1/brands").json()["items"]) == 1
        assert two.get("/v1/brands").json()["items"] == []


def test_what_is_kept_outlives_the_application(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with TestClient(create_app(settings)) as client:
        name = assessed(client)["id"]
    with TestClient(create_app(settings)) as client:
        assert client.get(f"/v1/assessments/{name}").json()["id"] == name


def test_one_application_starts_and_stops_and_starts(tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path))
    for _ in range(2):
        with TestClient(app) as client:
            assert client.get("/health/ready").status_code == 200
        assert TestClient(app).get("/health/ready").status_code == 503


def test_nothing_is_made_before_the_start(tmp_path: Path) -> None:
    create_app(make_settings(tmp_path)).openapi()
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_was_given_stays_open(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    closed: list[bool] = []
    watched = replace(touchstone, close=lambda: closed.append(True))
    with TestClient(create_app(settings, watched)) as client:
        client.post("/v1/brands", json={"name": "Cartier"})
    assert not closed
    assert touchstone.registry.brand(1).name == "Cartier"
    touchstone.close()


def test_a_service_of_its_own_is_closed(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    with TestClient(create_app(settings)) as client:
        client.post("/v1/brands", json={"name": "Cartier"})
        assert list(settings.data_dir.glob("*.db-wal"))
    # SQLite folds its log into the database when the last connection closes.
    assert not list(settings.data_dir.glob("*.db-wal"))


def test_behind_a_proxy_that_adds_a_prefix(tmp_path: Path) -> None:
    with TestClient(create_app(make_settings(tmp_path)), root_path="/brands-api") as client:
        made = client.post("/v1/brands", json={"name": "Cartier"})
        assert made.headers["location"] == "/brands-api/v1/brands/brd_1"
        assert "'/brands-api/openapi.json'" in client.get("/docs").text


def test_a_model_that_is_refused_ends_the_start(tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, model="nonsense"))
    with pytest.raises(ModelRefusedError, match="nonsense"), TestClient(app):
        pass


def test_settings_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "here"))
    monkeypatch.setenv("TOUCHSTONE_MAX_REQUEST_BYTES", "10")
    with TestClient(create_app(), base_url="http://127.0.0.1") as client:
        assert client.post("/v1/brands", json={"name": "Cartier"}).status_code == 413
    assert (tmp_path / "here" / "touchstone.db").is_file()

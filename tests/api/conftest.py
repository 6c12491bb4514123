"""A calibrated service for each test, copied from one that was calibrated once.

Whatever a test asks for, the answer's status and media type must be in the committed description.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import build
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.documented import check_documented
from tests.fakes import calibrate, make_settings


@pytest.fixture(scope="session")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a background and an empty registry."""
    folder = tmp_path_factory.mktemp("calibrated")
    touchstone = build(make_settings(folder))
    calibrate(touchstone, folder)
    touchstone.close()
    return folder / "var"


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Touchstone]:
    """One empty service for all tests that must leave it empty, which is checked at the end."""
    touchstone = build(make_settings(tmp_path_factory.mktemp("empty")))
    yield touchstone
    assert touchstone.registry.version() == 0
    assert touchstone.assessments.list() == []
    touchstone.close()


@pytest.fixture(scope="session")
def unchanged(empty: Touchstone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A caller of the empty service."""
    settings = make_settings(tmp_path_factory.mktemp("unused"), max_request_bytes=2_000_000)
    with TestClient(create_app(settings, empty)) as client:
        client.event_hooks = {"response": [check_documented]}
        yield client


@pytest.fixture
def settings(calibrated: Path, tmp_path: Path) -> Settings:
    return settings_on_copy(calibrated, tmp_path)


def settings_on_copy(calibrated: Path, folder: Path) -> Settings:
    """Settings of a service on a copy of the calibrated one's data."""
    shutil.copytree(calibrated, folder / "var")
    return make_settings(folder, max_images_per_listing=4, max_request_bytes=2_000_000)


@pytest.fixture
def touchstone(settings: Settings) -> Iterator[Touchstone]:
    touchstone = build(settings)
    yield touchstone
    touchstone.close()


@pytest.fixture
def client(settings: Settings, touchstone: Touchstone) -> Iterator[TestClient]:
    with TestClient(create_app(settings, touchstone)) as client:
        client.event_hooks = {"response": [check_documented]}
        yield client

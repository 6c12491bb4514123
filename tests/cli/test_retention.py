"""`touchstone retention run`: what the settings no longer keep is removed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap import build
from app.cli import cli
from app.domain.listing import Listing
from app.services.sources import BytesSource
from tests.fakes import make_settings, plain_photo


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kept photo of an assessment."""
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    stored = touchstone.desk.assess(Listing("L"), [BytesSource("1.jpg", plain_photo(1))])
    touchstone.close()
    name = stored.assessment.images[0].sha256 or ""
    return Path(settings.resolved_blob_url, "sha256", name[:2], name)


def _run(*words: str) -> str:
    done = CliRunner().invoke(cli, ["retention", "run", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_photos_are_kept_for_ever_unless_the_settings_say_otherwise(photo: Path) -> None:
    assert "for ever" in _run()
    assert json.loads(_run("--json"))["keeps_everything"] is True
    assert photo.exists()


def test_old_photos_are_counted_and_removed(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_RETAIN_PHOTOS_DAYS", "30")
    assert _run("--dry-run") == "0 photos would be removed\n"
    monkeypatch.setenv("TOUCHSTONE_RETAIN_PHOTOS_DAYS", "0.0000001")
    assert json.loads(_run("--dry-run", "--json"))["photos"] == 1
    assert photo.exists()
    assert _run() == "1 photos removed\n"
    assert not photo.exists()
    assert _run() == "0 photos removed\n"

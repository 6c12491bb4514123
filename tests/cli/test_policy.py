"""`touchstone policy`: thresholds of a budget, and every refusal in one line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap import build
from app.cli import cli
from tests.fakes import calibrate, enrol, make_settings

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli, ["policy", *words])
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def registered(tmp_path: Path) -> None:
    touchstone = build(make_settings(tmp_path))
    calibrate(touchstone, tmp_path)
    enrol(touchstone, 0)
    touchstone.close()


@pytest.mark.usefixtures("registered")
def test_a_days_reviews_become_a_budget_and_thresholds(call: Call) -> None:
    code, out, _ = call("--reviews-per-day", "200", "--volume", "10000")
    assert code == 0
    assert "TOUCHSTONE_REVIEW_PER_MILLION=20000.0" in out
    assert "Cartier" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--suspect-per-million", "0.01"], "photos can show"),
        (["--suspect-per-million", "30000"], "0 < suspect <= review"),
        (["--reviews-per-day", "5"], "belong together"),
        (["--reviews-per-day", "5", "--volume", "0"], "belong together"),
        (["--reviews-per-day", "5", "--volume", "9", "--review-per-million", "9"], "either"),
    ],
)
@pytest.mark.usefixtures("registered")
def test_what_cannot_be_is_refused_in_one_line(call: Call, words: list[str], told: str) -> None:
    code, out, err = call(*words)
    assert (code, out) == (1, "")
    assert told in err


def test_without_a_motif_there_is_nothing_to_say(call: Call) -> None:
    code, _, err = call()
    assert code == 1
    assert "no motif is enrolled" in err

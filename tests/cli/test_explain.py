"""`touchstone explain`: a table for people, JSON for machines, refusals in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap import build
from app.cli import cli
from tests.fakes import calibrate, enrol, make_settings, photo_with

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.setenv("TOUCHSTONE_READING", "never")
    monkeypatch.chdir(tmp_path)
    touchstone = build(make_settings(tmp_path))
    calibrate(touchstone, tmp_path)
    enrol(touchstone)
    touchstone.close()
    (tmp_path / "a.png").write_bytes(photo_with(1))

    def run(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(cli, ["explain", "a.png", *words])
        return done.exit_code, done.stdout, done.stderr

    return run


def test_people_read_sentences_and_a_table(call: Call) -> None:
    code, out, _ = call("--motif", "mot_1", "--box", "0,0,120,120")
    assert code == 0
    for told in ("below_threshold: similarity", "review needs", "bring this photo to suspect"):
        assert told in out


def test_machines_read_the_same(call: Call) -> None:
    code, out, _ = call("--motif", "mot_1", "--json")
    assert code == 0
    document = json.loads(out)
    assert [why["code"] for why in document["why"]] == ["below_threshold"]
    assert document["box"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--motif", "mot_9"], "no motif"),
        (["--motif", "12"], "no motif with id"),
        (["--motif", "mot_1", "--box", "1,2,3"], "a box is"),
        (["--motif", "mot_1", "--box", "0,0,9000,9"], "outside"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(call: Call, words: list[str], told: str) -> None:
    code, out, err = call(*words)
    assert (code, out) == (1, "")
    assert told in err

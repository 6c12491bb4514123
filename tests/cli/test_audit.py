"""`touchstone audit`: what commands changed, by the user who ran them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.session import this_user
from tests.fakes import motif_file


@pytest.fixture
def motif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A service whose registry was imported and changed by `anna`."""
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.setenv("TOUCHSTONE_READING", "never")
    monkeypatch.setenv("LOGNAME", "anna")
    (tmp_path / "1.png").write_bytes(motif_file(1))
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("brand,motif,kind,path\nCartier,LOVE screw,logo,1.png\n")
    _run("motifs", "import", str(manifest))
    _run("motifs", "disable", "mot_1")
    _run("keys", "create", "pipeline", "--scope", "assess")
    return "mot_1"


def _run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == code, done.output
    return done.stdout


def _events(*words: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(_run("audit", "--json", *words))["events"]
    return events


@pytest.mark.usefixtures("motif")
def test_what_a_command_changed_is_told_with_its_user() -> None:
    events = _events()
    assert [(event["action"], event["subject"]) for event in events] == [
        ("created", "key_1"),
        ("changed", "mot_1"),
        ("created", "ref_1"),
        ("created", "mot_1"),
        ("created", "brd_1"),
    ]
    assert {event["actor"]["id"] for event in events} == {"cli:anna"}


def test_events_can_be_picked(motif: str) -> None:
    assert len(_events("--subject", motif)) == 2
    assert len(_events("--subject", motif, "--action", "changed", "--kind", "motif")) == 1
    assert len(_events("--limit", "2")) == 2
    assert len(_events("--limit", "0", "--actor", "cli:anna")) == 5
    assert _events("--actor", "key_1") == []
    assert _events("--since", "2099-01-01") == []
    assert len(_events("--until", "2099-01-01T12:00+01:00")) == 5


def test_the_table_says_what_is_different(motif: str) -> None:
    shown = " ".join(_run("audit", "--subject", motif).split())
    assert "cli:anna" in shown
    assert "disabled: False" in shown


@pytest.mark.usefixtures("motif")
@pytest.mark.parametrize("words", [("--subject", "asm_1"), ("--since", "yesterday")])
def test_a_question_that_means_nothing_is_refused(words: tuple[str, str]) -> None:
    _run("audit", *words, code=1)


def test_a_user_without_a_name_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr("app.cli.session.getpass.getuser", nameless)
    assert this_user().id.removeprefix("cli:").isdigit()

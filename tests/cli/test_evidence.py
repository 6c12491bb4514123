"""`touchstone evidence …` as an operator and a lawyer's clerk meet it."""

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bootstrap import build
from app.cli import cli
from app.domain.listing import Listing
from app.services.sources import BytesSource
from tests.fakes import enrol, make_settings, photo_with


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service with one kept assessment; commands run on it."""
    touchstone = build(make_settings(tmp_path))
    enrol(touchstone, 0)
    source = BytesSource("1.png", photo_with(0))
    touchstone.desk.assess(Listing("B09X", ("1.png",), brand_field="Unbranded"), [source])
    touchstone.close()
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "pixels")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_case_goes_out_signed_and_comes_back_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run("evidence", "keygen", "house.pem", "--json")
    assert code == 0
    made = json.loads(out)
    assert made["public"] == "house.pub.pem"
    monkeypatch.setenv("TOUCHSTONE_SIGNING_KEY", "house.pem")
    code, out, err = run("evidence", "export", "asm_1", "--out", "case.zip", "--json")
    assert (code, json.loads(out)["fingerprint"]) == (0, made["fingerprint"])
    assert "NOT SIGNED" not in err
    code, out, _ = run("evidence", "verify", "case.zip", "--public-key", "house.pub.pem")
    assert (code, "the signature is valid" in out) == (0, True)
    with zipfile.ZipFile("case.zip", "a") as archive:
        archive.writestr("photos/\x1b[31m9.png", b"more")
    code, out, err = run("evidence", "verify", "case.zip", "--public-key", "house.pub.pem")
    assert code == 1
    assert out.splitlines() == [r"added: photos/\x1b[31m9.png"]
    assert err.splitlines() == ["touchstone: case.zip: the signature is valid; files 1 added"]
    code, out, _ = run("evidence", "verify", "case.zip", "--public-key", "house.pub.pem", "--json")
    assert (code, json.loads(out)["trusted"]) == (1, False)


def test_an_unsigned_export_says_so_everywhere(folder: Path) -> None:
    code, out, err = run("evidence", "export", "asm_1", "--out", "case.zip")
    assert (code, out) == (0, "wrote case.zip\n")
    assert "NOT SIGNED" in err
    with zipfile.ZipFile("case.zip") as archive:
        assert json.loads(archive.read("manifest.json"))["note"].startswith("NOT SIGNED")
    code, out, _ = run("evidence", "verify", "case.zip", "--hashes-only")
    assert code == 0
    assert "no signature was checked" in out
    run("evidence", "keygen", "k.pem")
    code, _, err = run("evidence", "verify", "case.zip", "--public-key", "k.pub.pem")
    assert (code, "the manifest is not signed" in err) == (1, True)


def test_pages_alone(folder: Path) -> None:
    assert run("evidence", "export", "asm_1", "--out", "case.pdf")[0] == 0
    assert (folder / "case.pdf").read_bytes().startswith(b"%PDF-")


def test_failures_are_one_line_and_leave_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (
        ("evidence", "export", "asm_9", "--out", "x.zip"),
        ("evidence", "export", "asm_1", "--out", "x.doc"),
        ("evidence", "export", "asm_1", "--out", "absent/x.zip"),
        ("evidence", "verify", "absent.zip", "--hashes-only"),
        ("evidence", "verify", "x.zip", "--public-key", "absent.pem"),
    ):
        code, out, err = run(*words)
        assert (code, out, err.count("\n")) == (1, "", 1), words
    assert not list(folder.glob("x.*"))
    monkeypatch.setenv("TOUCHSTONE_SIGNING_KEY", "absent.pem")
    code, _, err = run("evidence", "export", "asm_1", "--out", "x.zip")
    assert (code, "absent.pem cannot be read" in err) == (1, True)


def test_wrong_usage(folder: Path) -> None:
    for words in (["case.zip"], ["case.zip", "--public-key", "k", "--hashes-only"]):
        assert run("evidence", "verify", *words)[0] == 2
    run("evidence", "keygen", "k.pem")
    assert run("evidence", "keygen", "k.pem")[0] == 1

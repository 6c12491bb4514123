"""`touchstone sellers` and `touchstone prices` as their users meet them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.session import opened_sellers


@pytest.fixture(autouse=True)
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service with the brand Cartier; no command here may load its model."""
    monkeypatch.setenv("TOUCHSTONE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TOUCHSTONE_MODEL", "there-is-no-such-model")
    monkeypatch.chdir(tmp_path)
    with opened_sellers() as desk:
        desk.registry.add_brand("Cartier")


def run(*words: object, code: int = 0) -> Any:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    assert result.exit_code == code, result.output
    if code:
        assert len(result.stderr.splitlines()) == 1, "a failure is explained in one line"
        return result.stderr
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_a_seller_is_added_listed_and_removed() -> None:
    added = run(
        "sellers", "add", "cartier", "S1", "--territory", "de", "--territory", "FR",
        "--kind", "licensed", "--valid-until", "2027-12-31", "--note", "7", "--json",
    )  # fmt: skip
    assert [each["territory"] for each in added["sellers"]] == ["DE", "FR"]
    assert "slr_3: S2 is authorised for Cartier, everywhere" in run("sellers", "add", "brd_1", "S2")
    listed = run("sellers", "list", "--json")["sellers"]
    assert [each["authorisation_id"] for each in listed] == ["slr_1", "slr_2", "slr_3"]
    assert listed[0] == added["sellers"][0]
    assert len(run("sellers", "list", "--seller", " s1", "--json")["sellers"]) == 2
    assert "2027-12-31" in run("sellers", "list", "--brand", "Cartier")
    run("sellers", "remove", "slr_1")
    assert len(run("sellers", "list", "--json")["sellers"]) == 2


def test_a_csv_of_sellers(tmp_path: Path) -> None:
    path = tmp_path / "sellers.csv"
    path.write_text("brand,seller,until\nCartier,S1,x\nNobody,S2,\n", encoding="utf-8")
    report = run("sellers", "import", path, "--json")
    assert (report["rows"], report["added"], report["known"]) == (2, 1, 0)
    assert report["ignored_columns"] == ["until"]
    assert [error["row"] for error in report["errors"]] == [2]
    assert "0 sellers added, 1 known, 1 rows refused" in run("sellers", "import", path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "Nobody", "S1"], "no brand named 'Nobody'"),
        (["add", "Cartier", "S1", "--territory", "Mars"], "'Mars'"),
        (["add", "Cartier", "S1", "--valid-from", "soon"], "'soon'"),
        (["remove", "slr_9"], "number 9"),
        (["import", "absent.csv"], "absent.csv"),
    ],
)
def test_what_is_refused_in_one_line(words: list[str], told: str) -> None:
    assert told in run("sellers", *words, code=1)


def test_a_csv_of_which_nothing_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "sellers.csv"
    path.write_text("brand,seller\nNobody,S1\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["sellers", "import", str(path)])
    assert result.exit_code == 1
    assert "none of the 1 rows" in result.stderr


def test_known_prices_are_set_listed_and_removed() -> None:
    words = ("prices", "set", "Cartier", "eur", 1500, "--typical", 4200)
    assert "goods of Cartier cost from 1,500 EUR, typically 4,200 EUR" in run(*words)
    run("prices", "set", "Cartier", "EUR", 900, "--category", "Rings")
    run("prices", "set", "Cartier", "EUR", 1400)
    (brand,) = run("prices", "list", "--json")["brands"]
    assert [(p["lowest"], p["typical"], p["category"]) for p in brand["prices"]] == [
        (900.0, None, "Rings"), (1400.0, None, ""),
    ]  # fmt: skip
    assert "Rings" in run("prices", "list")
    run("prices", "remove", "Cartier", "EUR", "--category", "rings")
    assert "nothing is known" in run("prices", "remove", "Cartier", "USD", code=1)
    (brand,) = run("prices", "list", "--json")["brands"]
    assert [p["lowest"] for p in brand["prices"]] == [1400.0]
    assert "above zero" in run("prices", "set", "Cartier", "EUR", 0, code=1)

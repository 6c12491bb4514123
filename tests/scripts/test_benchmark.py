"""The whole benchmark on the weight-free model: it adds up, and it says what it measured."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.speed.assessing import PARTS
from app.evaluation.speed.speed_report import SpeedReport
from scripts.benchmark import PROFILES, benchmark, main, parsed
from tests.fakes import make_settings

SMALL = ["--photos", "2", "--side", "120", "--references", "60", "--rounds", "2"]
QUICK = [*SMALL, "--matrix-side", "64", "--copy-mib", "1", "--at-once", "1", "2", "--no-rivals"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SpeedReport:
    return benchmark(make_settings(tmp_path_factory.mktemp("speed")), parsed(QUICK))


@pytest.fixture(scope="module")
def document(report: SpeedReport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(report.document()))
    return found


def test_every_stage_is_there_and_the_shares_are_one(document: dict[str, Any]) -> None:
    profile = document["profiles"]["full"]
    assert tuple(profile["stages"]) == PARTS
    assert sum(stage["share"] for stage in profile["stages"].values()) == pytest.approx(1)
    total = sum(stage["ms"] for stage in profile["stages"].values())
    assert profile["total"]["ms"] == pytest.approx(total)


def test_a_ratio_is_the_time_over_the_floor(document: dict[str, Any]) -> None:
    stages = document["profiles"]["full"]["stages"].values()
    counted = [stage for stage in stages if "floor_ms" in stage]
    assert len(counted) == 3
    for stage in counted:
        assert stage["times_floor"] == pytest.approx(stage["ms"] / stage["floor_ms"])


def test_paces_and_rates_are_told(document: dict[str, Any]) -> None:
    assert set(document["profiles"]["full"]["photos_per_second"]) == {"1", "2"}
    assert {"copy", "product f32 torch"} <= set(document["rates_per_second"])
    assert document["run"]["references"] == 60


def test_profiles_that_look_alike_are_measured_once(document: dict[str, Any]) -> None:
    assert len(PROFILES) > 1
    assert list(document["profiles"]) == [PROFILES[0]], "the weight-free model has but a grid"


def test_the_tables_have_as_many_cells_as_columns(report: SpeedReport) -> None:
    tables = [block for block in report.markdown().split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert all(f"| {part} |" in report.markdown() for part in PARTS)


def test_a_failure_is_explained_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert "clothing" in told.err

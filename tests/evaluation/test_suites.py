"""The suites over made-up data: predictions first, figures from them, the same bytes twice."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.domain.errors import InvalidInputError
from app.evaluation.bench import Bench
from app.evaluation.contenders.service import OURS
from app.evaluation.flickrlogos27 import load_flickrlogos27
from app.evaluation.predictions import read_predictions, write_predictions
from app.evaluation.suites import check_drawable, draw_suite, run_suite, suite_names
from app.evaluation.workshop import open_workshop
from app.services.touchstone import Touchstone
from tests.evaluation.made_up import made_up_bench, write_data

FIRST = "recall at rank 1"
THINNED = {
    "synthetic-marks": 40,
    "evasion": 12,
    "false-alarms": 8,
    "listings": 3,
    "concealment": 12,
}


def no_service(folder: Path, matches: int) -> Touchstone:
    raise AssertionError("scoring looks at no photo")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench on whose folder every suite has run once."""
    bench = made_up_bench(
        write_data(tmp_path_factory.mktemp("data")), tmp_path_factory.mktemp("out")
    )
    for name in suite_names():
        run_suite(name, thinned(bench, name))
    return bench


def thinned(bench: Bench, name: str) -> Bench:
    return replace(bench, every_nth_query=THINNED.get(name, 1))


def exported(folder: Path) -> dict[str, bytes]:
    """What a suite wrote, but for the times and the service's own folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".json", ".jsonl", ".npz"}
        and not {"timings.json", "stages.json"} & {path.name}
        and "service" not in path.parts
    }


def document(bench: Bench, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((bench.out / f"{name}.json").read_text())
    return found


def figure(bench: Bench, name: str, *path: str) -> float:
    value: object = document(bench, name)
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    assert isinstance(value, float)
    return value


def test_every_suite_of_the_contract_is_there() -> None:
    assert set(suite_names()) == {
        "flickrlogos27-crops",
        "flickrlogos27-photos",
        "grocery",
        "synthetic-marks",
        "evasion",
        "false-alarms",
        "listings",
        "concealment",
    }


@pytest.mark.parametrize("name", ["flickrlogos27-photos", "evasion", "false-alarms"])
def test_two_runs_give_the_same_bytes(bench: Bench, tmp_path: Path, name: str) -> None:
    again = replace(bench, out=tmp_path)
    run_suite(name, thinned(again, name))
    first, second = exported(bench.out / name), exported(tmp_path / name)
    assert first
    assert first == second
    assert (tmp_path / f"{name}.json").read_bytes() == (bench.out / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", suite_names())
def test_scoring_again_needs_no_model_and_gives_the_same(bench: Bench, name: str) -> None:
    before = (bench.out / f"{name}.json").read_bytes()
    markdown = (bench.out / f"{name}.md").read_text()
    blind = replace(bench, open_service=no_service, data=Path("nowhere"))
    assert run_suite(name, blind, rescore=True).markdown + "\n" == markdown
    assert (bench.out / f"{name}.json").read_bytes() == before


def test_figures_come_from_the_export(bench: Bench, tmp_path: Path) -> None:
    source = bench.out / "grocery"
    predictions = read_predictions(source / "predictions.jsonl")
    assert any(p.rank == 1 for p in predictions if p.contender == OURS)
    target = tmp_path / "grocery"
    write_predictions(
        target / "predictions.jsonl", (replace(p, truth="another") for p in predictions)
    )
    (target / "run.json").write_bytes((source / "run.json").read_bytes())
    report = run_suite("grocery", replace(bench, out=tmp_path), rescore=True)
    assert report.document["contenders"][OURS][FIRST]["value"] == 0


def test_an_export_that_was_cut_off_is_not_scored(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "grocery").mkdir()
    kept = (bench.out / "grocery" / "predictions.jsonl").read_bytes()
    (tmp_path / "grocery" / "predictions.jsonl").write_bytes(kept)
    with pytest.raises(InvalidInputError, match="run the suite first"):
        run_suite("grocery", replace(bench, out=tmp_path), rescore=True)


def test_clean_patterns_are_found_among_others(bench: Bench) -> None:
    row = "brands not seen in training, 5 references a brand"
    assert figure(bench, "flickrlogos27-crops", "by_brands", row, FIRST, "value") == 1
    assert figure(bench, "synthetic-marks", "overall", "no tricks", FIRST, "value") > 0.9


def test_rivals_answer_the_same_questions(bench: Bench) -> None:
    rows = document(bench, "grocery")["contenders"]
    assert isinstance(rows, dict)
    assert list(rows) == [OURS, "pixels", "pixels, calibrated", "SIFT and RANSAC", "PDQ hash"]
    assert {row["queries"] for row in rows.values()} == {6}


def test_a_listed_photo_is_one_query_and_a_used_one_is_none(bench: Bench) -> None:
    facts = document(bench, "grocery")["run"]
    assert isinstance(facts, dict)
    assert facts["photos_used_elsewhere"] == 6
    queries = {p.query for p in read_predictions(bench.out / "grocery" / "predictions.jsonl")}
    assert len(queries) == facts["photos"] == 6


def test_a_hidden_mark_is_no_scene_and_a_large_one_is_seen(bench: Bench) -> None:
    found = document(bench, "evasion")
    grid, hits = found["recall_at_1_percent"], found["box_hits"]
    assert isinstance(grid, dict)
    assert isinstance(hits, dict)
    assert {cell["cases"] for cell in grid["hidden"].values()} == {0}
    assert {cell["cases"] for cell in grid["none"].values()} == {4}
    assert hits["none"]["40 %"]["value"] > hits["none"]["5 %"]["value"]


def test_boxes_that_the_grid_misses_are_counted(bench: Bench) -> None:
    rows = document(bench, "flickrlogos27-photos")["box_hits"]
    assert isinstance(rows, dict)
    unseen = rows["brands not seen in training"]
    assert 0 < unseen["boxes hit"]["value"] <= 1
    assert unseen["regions a photo"] > 10


def test_the_grid_becomes_a_picture(bench: Bench, tmp_path: Path) -> None:
    report = run_suite("evasion", bench, rescore=True)
    for name in ("one.png", "two.png"):
        draw_suite(report, tmp_path / "images" / name)
    first, second = (tmp_path / "images" / name for name in ("one.png", "two.png"))
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as picture:
        assert picture.width > picture.height
    with pytest.raises(InvalidInputError, match="has a grid to draw"):
        check_drawable("grocery")
    check_drawable("evasion")


def test_no_reference_is_a_query(bench: Bench) -> None:
    data = load_flickrlogos27(bench.data / "flickrlogos27")
    assert len(data.references) == 20
    used = {reference.path for reference in data.references}
    rest = {crop.path for crop in data.crops} | {query.path for query in data.queries}
    assert not used & rest
    assert not set(data.dropped) & rest


def test_a_suite_that_is_none_lists_those_that_are(tmp_path: Path) -> None:
    bench = made_up_bench(tmp_path, tmp_path)
    with pytest.raises(InvalidInputError, match="flickrlogos27-photos, flickrlogos27-crops"):
        run_suite("imagenet", bench)
    with pytest.raises(InvalidInputError, match="no data set at"):
        run_suite("flickrlogos27-crops", bench)


def test_marks_must_be_named_and_prepared(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="--marks"):
        open_workshop(None, [])
    with pytest.raises(InvalidInputError, match="prepare the marks"):
        open_workshop(tmp_path, [])


def test_the_command_starts_without_torch_and_says_what_is_missing() -> None:
    script = """
import sys
from pathlib import Path
import app.cli
print(sorted({"torch", "pdqhash", "models.training"} & set(sys.modules)))
sys.modules["models.training.marks.store"] = None
from app.domain.errors import InvalidInputError
from app.evaluation.workshop import open_workshop
try:
    open_workshop(Path("marks"), [])
except InvalidInputError as error:
    print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded, message = done.stdout.splitlines()
    assert loaded == "[]"
    assert "pip install 'touchstone[training]'" in message

"""The page of figures is put together from the suites' files, and from nothing else."""

import json
from pathlib import Path

import pytest

from scripts.write_evaluation import said_of, with_limits, write_evaluation

SUITES = ("synthetic-marks", "flickrlogos27-crops", "flickrlogos27-photos", "grocery", "evasion")
UNSEEN = "brands not seen in training"


def _seen(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.05, "high": value + 0.05, "cases": 20}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    both = {"recall at rank 1": _seen(0.8), "recall at rank 10": _seen(0.9)}
    cells = {"8 %": _seen(0.4), "15 %": _seen(0.61)}
    documents = {
        "synthetic-marks": {"overall": {"no tricks": both}},
        "flickrlogos27-crops": {"by_brands": {f"{UNSEEN}, 5 references a brand": both}},
        "flickrlogos27-photos": {
            "run": {"model": "a-model@1"},
            "by_brands": {UNSEEN: both | {"recall at 1 % false positives": _seen(0.31)}},
            "box_hits": {UNSEEN: {"boxes hit": _seen(0.75)}},
        },
        "grocery": {"contenders": {"Touchstone": both}},
        "evasion": {
            "recall_at_1_percent": {"none": cells, "blur": cells | {"15 %": _seen(0.22)}},
            "by_size": {size: {"boxes hit": _seen(0.9)} for size in cells},
        },
    }
    for suite in SUITES:
        (tmp_path / f"{suite}.json").write_text(json.dumps(documents[suite]))
    for name in (*SUITES, "false-alarms", "listings", "concealment", "benchmark"):
        (tmp_path / f"{name}.md").write_text(f"the table of {name}\n")
    return tmp_path


def test_every_table_is_in_its_place(results: Path) -> None:
    page = write_evaluation(results)
    assert "{{" not in page
    for name in (*SUITES, "false-alarms", "listings", "concealment", "benchmark"):
        assert page.count(f"the table of {name}") == 1
    assert "`a-model@1`" in page


def test_goals_are_compared_with_what_was_seen(results: Path) -> None:
    page = write_evaluation(results)
    assert "| the same at 1 % false positives | 0.65 | 0.310 [0.260, 0.360] | missed |" in page
    assert "| labelled boxes of unseen brands hit | 0.75 | 0.750 [0.700, 0.800] | reached |" in page
    assert "under the worst trick (blur) | 0.60 | 0.220 [0.170, 0.270] | missed |" in page


def test_a_suite_that_was_not_run_is_no_page(results: Path) -> None:
    (results / "false-alarms.md").unlink()
    with pytest.raises(FileNotFoundError, match="false-alarms"):
        write_evaluation(results)


def test_a_suite_can_be_left_out_and_the_page_says_so(results: Path) -> None:
    for name in ("evasion.md", "evasion.json"):
        (results / name).unlink()
    page = write_evaluation(results, ["evasion"])
    assert page.count("Not measured with this model.") == 1
    assert "worst trick" not in page
    assert "groceries" in page


def test_limits_replace_the_earlier_ones_alone(results: Path) -> None:
    card = "before\n<!-- limits -->\nold\n<!-- end of limits -->\nafter\n"
    once = with_limits(results, card)
    assert once.startswith("before\n<!-- limits -->\n| found at 1 % false positives")
    assert "| blur | 0.40 | 0.22 |\n<!-- end of limits -->\nafter" in once
    assert "old" not in once
    assert with_limits(results, once) == once


def test_what_was_not_run_again_is_kept_and_said_to_be_older(results: Path) -> None:
    (results / "evasion.md").unlink()
    first = write_evaluation(results, ["evasion"], {"evasion": "| old | table |"})
    assert said_of("evasion", first) == "| old | table |"
    again = write_evaluation(results, ["evasion"], {"evasion": said_of("evasion", first)})
    assert again == first
    assert first.count("an earlier version of the code") == 1
    with pytest.raises(ValueError, match="not found"):
        said_of("evasion", "another page")

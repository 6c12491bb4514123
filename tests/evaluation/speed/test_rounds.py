"""Turns are taken fairly, and what is told about them is what was measured."""

import pytest

from app.evaluation.speed.rounds import Contestant, Figures, interleaved, medians, paced, per_item


def told(name: str, diary: list[str]) -> Contestant:
    """A contestant that writes its name down and counts its turns."""

    def run() -> Figures:
        diary.append(name)
        return {"turn": float(diary.count(name))}

    return run


def test_everyone_runs_once_unrecorded_and_then_in_turns_that_begin_with_another() -> None:
    diary: list[str] = []
    contestants = {name: told(name, diary) for name in "abc"}
    laps = interleaved(contestants, 3, pause=0)
    assert "".join(diary) == "abc" + "abc" + "bca" + "cab"
    assert [lap["turn"] for lap in laps["b"]] == [2.0, 3.0, 4.0]


def test_there_is_no_run_without_a_round() -> None:
    with pytest.raises(ValueError, match="round"):
        interleaved({}, 0)


def test_a_median_is_taken_of_each_figure_by_itself() -> None:
    laps = [{"x": 1.0, "y": 9.0}, {"x": 2.0, "y": 1.0}, {"x": 30.0, "y": 5.0}]
    assert medians(laps) == {"x": 2.0, "y": 5.0}


def test_seconds_are_of_an_item_and_rates_of_the_amount() -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        sum(range(20_000))

    alone, shared = per_item(work, 1)()["seconds"], per_item(work, 1_000_000)()["seconds"]
    assert 0 < shared < alone
    assert paced(work, 1e12)()["rate"] > paced(work, 1.0)()["rate"] > 0
    assert len(calls) == 4

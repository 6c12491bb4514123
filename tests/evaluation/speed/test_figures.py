"""Shares add up to one, or there are no figures."""

import pytest

from app.evaluation.speed.figures import Pace, ProfileFigures, StageFigure, stage_figures
from app.evaluation.speed.floors import Rates, Work

RATES = Rates({"f32": 1e9}, moved=1e9)
LAPS = [
    {"decode": 1.0, "propose": 1.0, "embed": 6.0},
    {"decode": 3.0, "propose": 1.0, "embed": 5.0},
    {"decode": 2.0, "propose": 2.0, "embed": 7.0},
]


def profile(stages: tuple[StageFigure, ...]) -> ProfileFigures:
    return ProfileFigures("full", "model", "numpy", 1.0, stages, (Pace.of(1, [2.0, 1.0, 4.0]),))


def test_stages_are_medians_and_shares_are_of_their_sum() -> None:
    stages = stage_figures(LAPS, {"embed": Work(3e9, 0)})
    assert [(s.name, s.seconds) for s in stages] == [
        ("decode", 2.0),
        ("propose", 1.0),
        ("embed", 6.0),
    ]
    assert [s.share for s in stages] == [2 / 9, 1 / 9, 6 / 9]
    document = profile(stages).document(RATES)
    assert document["total"] == pytest.approx(
        {"ms": 9000, "share": 1, "floor_ms": 3000, "times_floor": 3}
    )
    assert document["stages"]["embed"]["times_floor"] == pytest.approx(2)
    assert "floor_ms" not in document["stages"]["decode"]
    assert profile(stages).looking == 7.0


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        profile((StageFigure("decode", 1.0, 0.9, None),))


def test_a_pace_is_the_median_round_between_the_extremes() -> None:
    assert Pace.of(2, [5.0, 1.0, 3.0]) == Pace(2, median=3.0, slowest=1.0, fastest=5.0)
    with pytest.raises(ValueError, match="pace"):
        Pace(1, median=1.0, slowest=2.0, fastest=3.0)

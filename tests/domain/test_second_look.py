"""What a second look is worth: ratios that ascend, a mean of one, and a floor that holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import CalibrationError
from app.domain.second_look import LookOdds, fit_odds

ODDS = LookOdds((0, 4, 6), (0.5, 20.0, 200.0))


@pytest.mark.parametrize(
    ("places", "ratio"), [(0, 0.5), (3, 0.5), (4, 20), (5, 20), (6, 200), (99, 200)]
)
def test_a_step_holds_from_its_edge_on(places: int, ratio: float) -> None:
    assert ODDS.ratio(places) == ratio


@given(st.floats(1e-6, 1.0), st.integers(0, 200))
def test_no_chance_falls_below_the_floor_or_rises_above_one(chance: float, places: int) -> None:
    weighed = ODDS.weighed(chance, places, 1e-6)
    assert 1e-6 <= weighed <= 1
    if places < 4:
        assert weighed >= chance


@pytest.mark.parametrize(
    ("places", "ratios"),
    [
        ((), ()),
        ((1,), (1.0,)),
        ((0, 4), (1.0,)),
        ((0, 4, 4), (0.5, 1.0, 2.0)),
        ((0, 4), (0.0, 2.0)),
        ((0, 4), (2.0, 0.5)),
    ],
)
def test_odds_that_make_no_sense_are_refused(places: Any, ratios: Any) -> None:
    with pytest.raises(ValueError, match=r"step|places"):
        LookOdds(places, ratios)


def test_over_ordinary_photos_the_ratio_has_mean_one() -> None:
    true = [0] * 50 + [4] * 10 + [9] * 40
    ordinary = [0] * 570 + [4] * 25 + [9] * 5
    odds = fit_odds((0, 4, 6), true, ordinary)
    assert sum(odds.ratio(places) for places in ordinary) / 600 == pytest.approx(1, abs=0.05)


def test_a_step_that_says_less_than_the_one_below_is_joined_to_it() -> None:
    true = [0] * 40 + [4] * 55 + [9] * 5
    ordinary = [0] * 90 + [4] * 1 + [9] * 9
    odds = fit_odds((0, 4, 6), true, ordinary)
    assert odds.places == (0, 4)
    assert odds.ratio(4) == odds.ratio(9) > 1


def test_a_step_that_nobody_reached_makes_no_certainty() -> None:
    odds = fit_odds((0, 4), [9] * 100, [0] * 100)
    assert odds.ratio(4) < 300


def test_few_looks_are_refused() -> None:
    with pytest.raises(CalibrationError, match="at least 50"):
        fit_odds((0, 4), [9] * 49, [0] * 500)

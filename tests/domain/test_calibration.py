"""False-alarm figures: what they promise on data, and what they refuse to promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calibration import MIN_PHOTOS, NullDistributions, fit_nulls
from app.domain.errors import CalibrationError


def nulls_of(motifs: int = 3, photos: int = 500, seed: int = 0) -> NullDistributions:
    draw = np.random.default_rng(seed)
    locations = np.linspace(0.2, 0.5, motifs)[:, np.newaxis]
    return fit_nulls((locations + 0.03 * draw.gumbel(size=(motifs, photos))).astype(np.float32))


def chance(nulls: NullDistributions, row: int, similarity: float) -> float:
    return float(nulls.chances(np.array([row]), np.array([similarity], np.float32))[0])


def test_too_few_photos_are_refused_rather_than_given_a_tail() -> None:
    with pytest.raises(CalibrationError, match=f"99 background photos.*{MIN_PHOTOS}"):
        fit_nulls(np.zeros((2, MIN_PHOTOS - 1), np.float32))
    assert fit_nulls(np.zeros((2, MIN_PHOTOS), np.float32)).photos == MIN_PHOTOS


def test_stated_chances_hold_on_photos_that_were_not_fitted() -> None:
    nulls = nulls_of(motifs=40, photos=400)
    draw = np.random.default_rng(99)
    locations = np.linspace(0.2, 0.5, 40)[:, np.newaxis]
    fresh = (locations + 0.03 * draw.gumbel(size=(40, 20_000))).astype(np.float32)
    stated = np.stack([nulls.chances(np.full(20_000, row), fresh[row]) for row in range(40)])
    for level, most in ((0.1, 1.3), (0.01, 1.5), (0.001, 2.0)):
        seen = (stated <= level).mean()
        assert seen <= level * most
    assert (stated <= 0.01).mean() > 0.001  # and they are not empty promises either


def test_one_cosine_means_different_things_for_different_motifs() -> None:
    loud_one_of_many = mixture(1, 30)
    assert chance(loud_one_of_many, 30, 0.75) < 0.01 * chance(loud_one_of_many, 0, 0.75)
    # Where loud motifs are common, the others are believed only half as far apart.
    nulls = nulls_of(motifs=8)
    assert chance(nulls, 0, 0.6) < 0.5 * chance(nulls, 7, 0.6)


def mixture(busy: int, quiet: int) -> NullDistributions:
    draw = np.random.default_rng(1)
    often = 0.6 + 0.05 * draw.gumbel(size=(busy, 300))
    seldom = 0.1 + 0.005 * draw.gumbel(size=(quiet, 300))
    return fit_nulls(np.concatenate([often, seldom]).astype(np.float32))


def test_a_quiet_motif_is_not_believed_beyond_what_a_tenth_of_the_others_allow() -> None:
    alone, among_busy = mixture(0, 1), mixture(9, 1)
    assert chance(alone, 0, 0.5) == alone.floor
    assert chance(among_busy, 9, 0.5) > 0.5


def test_one_motif_that_matches_everything_does_not_drown_the_others() -> None:
    assert chance(mixture(1, 9), 5, 0.5) == mixture(1, 9).floor


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=40))
def test_a_higher_similarity_is_never_more_common(similarities: list[float]) -> None:
    nulls = nulls_of()
    ordered = np.sort(np.array(similarities, np.float32))
    chances = nulls.chances(np.ones(len(ordered), np.intp), ordered)
    assert (np.diff(chances) <= 1e-12).all()
    assert ((chances >= nulls.floor) & (chances <= 1)).all()


@given(st.integers(0, 10_000))
def test_many_motifs_at_once_give_what_each_gives_alone(seed: int) -> None:
    draw = np.random.default_rng(seed)
    nulls = nulls_of(motifs=5)
    rows = draw.integers(0, 5, 30)
    known = nulls.maxima[rows, draw.integers(0, nulls.photos, 30)]  # ties with the background
    values = np.where(draw.random(30) < 0.5, known, draw.uniform(-1, 1, 30)).astype(np.float32)
    together = nulls.chances(rows, values)
    alone = [chance(nulls, int(row), float(value)) for row, value in zip(rows, values, strict=True)]
    assert together.tolist() == alone


def test_the_floor_is_three_decades_below_what_the_photos_can_show() -> None:
    nulls = nulls_of(photos=500)
    assert nulls.floor == pytest.approx(1e-3 / 500)
    assert chance(nulls, 0, 1.0) == nulls.floor


def test_a_background_of_identical_photos_does_not_make_miracles() -> None:
    nulls = fit_nulls(np.full((1, 200), 0.5, np.float32))
    assert chance(nulls, 0, 0.501) > 0.01


def test_more_motifs_and_more_photos_demand_a_rarer_match() -> None:
    few, many = nulls_of(motifs=2), nulls_of(motifs=60)
    assert few.registry_chance(1e-4) < many.registry_chance(1e-4) < 60.1e-4
    assert many.registry_chance(1e-4, photos=8) == pytest.approx(
        8 * many.registry_chance(1e-4), rel=0.05
    )
    assert many.registry_chance(1.0) == 1.0


def test_identical_motifs_count_as_one() -> None:
    draw = np.random.default_rng(2)
    one = (0.3 + 0.03 * draw.gumbel(size=(1, 400))).astype(np.float32)
    same = fit_nulls(np.repeat(one, 50, axis=0))
    assert same.effective_motifs < 1.5
    assert nulls_of(motifs=50, photos=400).effective_motifs > 5


def test_no_motifs_give_no_rows() -> None:
    nulls = fit_nulls(np.empty((0, 200), np.float32))
    assert nulls.chances(np.array([], np.intp), np.array([], np.float32)).shape == (0,)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        fit_nulls(np.full((1, 200), np.nan, np.float32))

"""Fields: noise, blurring and light behave like their names."""

import numpy as np
import pytest

from app.demo.fields import Field, Light, blur, fractal, noise, plane, ramp, resized, sample

SIZE = (120, 160)


def spot() -> Field:
    field = np.zeros(SIZE, np.float32)
    field[60, 80] = 1000
    return field


@pytest.mark.parametrize("sigma", [1.5, 4.0, 12.0])
def test_blur_keeps_the_sum_and_spreads_as_told(sigma: float) -> None:
    blurred = blur(spot(), sigma)
    x, y = plane(SIZE)
    spread = np.sqrt((blurred * (x - 80.5) ** 2).sum() / blurred.sum())
    assert blurred.sum() == pytest.approx(1000, rel=0.05)
    assert spread == pytest.approx(sigma, rel=0.15)
    assert (blurred * (y - 60.5)).sum() / blurred.sum() == pytest.approx(0, abs=1)


def test_blur_along_a_direction_is_longer_there() -> None:
    blurred = blur(spot(), 2.0, along=8.0)
    assert blurred[60, 90] > 50 * max(blurred[70, 80], 0.01)


def test_noise_repeats_itself_and_has_the_promised_scale() -> None:
    first, again = (noise(np.random.default_rng(3), SIZE, 6) for _ in range(2))
    other = noise(np.random.default_rng(4), SIZE, 6)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == SIZE
    assert first.std() == pytest.approx(1, abs=0.2)
    assert fractal(np.random.default_rng(3), SIZE, 20, 3).std() == pytest.approx(1, abs=0.01)


def test_coarser_noise_is_smoother() -> None:
    rng = np.random.default_rng(0)
    steps = [np.abs(np.diff(noise(rng, SIZE, grain), axis=1)).mean() for grain in (0, 2, 9)]
    assert steps[0] > 2 * steps[1] > 4 * steps[2]


def test_sample_returns_the_raster_itself_and_nothing_outside() -> None:
    raster = np.arange(12, dtype=np.float32).reshape(3, 4)
    x, y = plane((3, 4))
    assert np.allclose(sample(raster, x, y), raster)
    assert not sample(raster, x + 40, y).any()
    between = sample(raster, np.asarray([[1.0]], np.float32), np.asarray([[0.5]], np.float32))
    assert between[0, 0] == pytest.approx(0.5)


def test_a_level_relief_is_lit_evenly_and_a_slope_towards_the_lamp_more() -> None:
    lamp = Light(x=-1, y=0, z=1)
    x, _ = plane(SIZE)
    assert np.allclose(lamp.on_relief(np.zeros(SIZE, np.float32)), 1, atol=1e-5)
    assert lamp.on_relief(x * 0.4).min() > 1.1
    assert lamp.on_relief(-x * 0.4).max() < 0.9


def test_ramp_turns_round() -> None:
    values = np.linspace(0, 1, 5, dtype=np.float32)
    assert np.allclose(ramp(0, 1, values) + ramp(1, 0, values), 1)


def test_fields_stay_float32() -> None:
    field = noise(np.random.default_rng(0), SIZE, 8)
    assert {f.dtype for f in (field, blur(field, 3), resized(field, (9, 9)))} == {
        np.dtype(np.float32)
    }

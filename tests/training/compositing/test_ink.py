"""An ink keeps its size, its colours and its drawing through everything that is done to it."""

import numpy as np
import pytest

from models.training.compositing.ink import Ink
from tests.training.compositing.drawn import drawing


def _ink(name: str) -> Ink:
    return Ink.of(drawing(name), tinted=not name.startswith("plate"))


@pytest.mark.parametrize("longest", [12, 50, 300])
@pytest.mark.parametrize("name", ["nova", "arrow", "plate"])
def test_sized_has_the_longest_side_asked_for(name: str, longest: int) -> None:
    before, after = _ink(name), _ink(name).sized(longest)
    assert max(after.coverage.shape) == longest
    assert after.colours.shape == (*after.coverage.shape, 3)
    height, width = before.coverage.shape
    assert after.coverage.shape[1] / after.coverage.shape[0] == pytest.approx(
        width / height, rel=0.1
    )
    assert after.coverage.mean() == pytest.approx(before.coverage.mean(), abs=0.03)


def test_what_lies_under_no_coverage_does_not_bleed_in() -> None:
    rgba = np.zeros((192, 192, 4), np.uint8)  # white stripes, black where nothing is
    rgba[:, ::12] = rgba[:, 1::12] = rgba[:, 2::12] = 255
    small = Ink.of(rgba, tinted=False).sized(50)
    assert small.colours[small.coverage > 0.05].min() > 0.98


def test_the_relief_of_one_colour_is_its_silhouette() -> None:
    assert np.array_equal(_ink("ring").relief(), _ink("ring").coverage)
    dull = np.full((40, 40, 4), (90, 90, 92, 255), np.uint8)
    assert (Ink.of(dull, tinted=False).relief() == 1).all()


def test_the_relief_of_a_plate_is_the_drawing_on_it() -> None:
    relief = _ink("plate").relief()
    assert relief[75:95, 40:150].min() > 0.9  # the white bar
    assert relief[:60].max() < 0.1  # the red ground


def test_an_outline_is_hollow_and_lies_inside() -> None:
    ink = _ink("bars")
    outline = ink.outline(9)
    assert (outline.coverage <= ink.coverage).all()
    assert outline.coverage[75, 30] == 0
    assert outline.coverage[75, 1] == outline.coverage[1, 30] == 1
    assert outline.tinted
    assert 0 < _ink("bars").outline(5).coverage.mean() < outline.coverage.mean()


def test_a_pattern_repeats_the_mark() -> None:
    ink = _ink("arrow").sized(20)
    height, width = ink.coverage.shape
    pattern = ink.pattern(3, 2, 0.5, shifted=False)
    step_y, step_x = round(1.5 * height), round(1.5 * width)
    assert pattern.coverage.shape == (3 * step_y, 2 * step_x)
    for row in range(3):
        for column in range(2):
            cell = pattern.coverage[row * step_y :, column * step_x :][:height, :width]
            assert np.array_equal(cell, ink.coverage)
    assert pattern.coverage.sum() == pytest.approx(6 * ink.coverage.sum(), rel=1e-5)


def test_a_shifted_pattern_moves_every_second_row_by_half_a_step() -> None:
    ink = _ink("arrow").sized(20)
    plain, shifted = (ink.pattern(3, 2, 0.5, shifted=on).coverage for on in (False, True))
    step = len(plain) // 3
    assert np.array_equal(shifted[:step], plain[:step])
    assert np.array_equal(shifted[2 * step :], plain[2 * step :])
    middle = slice(step, 2 * step)
    half = round(1.5 * ink.coverage.shape[1]) // 2
    assert np.array_equal(shifted[middle], np.roll(plain[middle], half, axis=1))


def test_mirrored_twice_is_unchanged() -> None:
    ink = _ink("arrow")
    assert not np.array_equal(ink.mirrored().coverage, ink.coverage)
    assert np.array_equal(ink.mirrored().coverage, _ink("arrow-left").coverage)
    assert np.array_equal(ink.mirrored().mirrored().colours, ink.colours)


def test_a_tint_colours_a_shape_and_only_the_drawing_of_a_plate() -> None:
    colour = np.array([0.2, 0.4, 0.6], np.float32)
    shape, plate = _ink("ring").tint(colour), _ink("plate").tint(colour)
    assert np.array_equal(shape.coverage, _ink("ring").coverage)
    assert (shape.colours == colour).all()
    assert plate.tinted
    assert plate.coverage[:60].max() < 0.1
    assert plate.coverage[80, 100] > 0.9

"""Outlines: views map both ways, curves pass through their points, coverage has the right area."""

import numpy as np
import pytest

from app.demo.fields import plane
from app.demo.outlines import (
    View,
    covered,
    curve,
    dashed,
    face,
    filled,
    mirrored,
    pose,
    rounded_box,
    stroked,
)

SQUARE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


@pytest.mark.parametrize(
    "view",
    [
        pose(100, 80, 50),
        pose(100, 80, 50, turn=30),
        pose(100, 80, 50, turn=-15, lean=0.1, swing=0.2),
        face(((20, 30), (170, 10), (180, 140), (30, 120))),
    ],
)
def test_a_view_maps_pixels_back_to_where_they_came_from(view: View) -> None:
    pixels = view.pixels(np.asarray([(0.3, -0.2)]))
    x, y = view.good((160, 200))
    column, row = (int(at) for at in pixels[0])
    assert x[row, column] == pytest.approx(0.3, abs=0.02)
    assert y[row, column] == pytest.approx(-0.2, abs=0.02)


def test_a_face_has_its_corners_where_told() -> None:
    corners = ((20, 30), (170, 10), (180, 140), (30, 120))
    assert np.allclose(face(corners).pixels(np.asarray(SQUARE)), corners)


def test_a_view_that_cannot_be_inverted_is_refused() -> None:
    with pytest.raises(ValueError, match="inverted"):
        View(np.zeros((3, 3)))


def test_leaning_makes_the_lower_side_larger() -> None:
    upper, lower = pose(0, 0, 1, lean=0.2).pixels(np.asarray([(1.0, -1.0), (1.0, 1.0)]))
    assert lower[0] > upper[0]


def test_a_curve_passes_its_points_and_keeps_its_corners() -> None:
    cornered = curve([point for point in SQUARE for _ in range(2)])
    assert np.abs(cornered).max() == pytest.approx(1)
    smooth = curve(SQUARE)
    for point in SQUARE:
        assert np.hypot(*(smooth - point).T).min() < 1e-9


def test_an_open_curve_starts_and_ends_at_its_ends() -> None:
    line = curve([(0, 0), (1, 1), (2, 0)], closed=False)
    assert line[0].tolist() == [0, 0]
    assert line[-1].tolist() == [2, 0]


def test_a_filled_square_covers_its_area() -> None:
    corners = np.asarray([(20, 20), (60, 20), (60, 50), (20, 50)])
    assert filled((80, 100), corners).sum() == pytest.approx(40 * 30, rel=0.05)


def test_a_stroke_is_as_wide_as_told() -> None:
    line = np.asarray([(10.0, 40.0), (90.0, 40.0)])
    assert stroked((80, 100), [line], 6).sum() == pytest.approx(80 * 6, rel=0.15)


def test_stitches_leave_gaps() -> None:
    pieces = dashed(np.asarray([(0.0, 0.0), (100.0, 0.0)]), 6, 4)
    assert len(pieces) == 10
    assert pieces[1][:, 0].tolist() == [10, 16]


def test_a_rounded_box_is_negative_inside_and_loses_its_corners() -> None:
    x, y = plane((100, 100))
    distance = rounded_box((x - 50) / 40, (y - 50) / 40, (1, 1), 0.3)
    area = covered(distance, 1 / 40).sum()
    assert distance[50, 50] < 0 < distance[2, 2]
    assert area == pytest.approx((4 - (4 - np.pi) * 0.09) * 1600, rel=0.01)


def test_mirrored_is_symmetric() -> None:
    assert mirrored([(1, 0), (2, 3)]) == [(1, 0), (2, 3), (-2, 3), (-1, 0)]

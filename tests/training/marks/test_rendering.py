"""Drawings come out tight, 192 pixels long, tinted or in their colours, or not at all."""

import numpy as np
import pytest

from models.training.marks.drawings import Drawing
from models.training.marks.rendering import SIDE, LeftOutError, Picture, render
from tests.training.marks.samples import BLACK_ARROW, NOTHING, RED_ARROW, TILE, TWO_BARS


def _drawing(body: str, view_box: str = "0 0 20 20") -> Drawing:
    width, height = (float(side) for side in view_box.split()[2:])
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}">{body}</svg>'
    return Drawing("sample", "sample", svg, width, height)


def test_one_black_shape_is_tinted() -> None:
    picture = render(_drawing(BLACK_ARROW))
    assert picture.tinted
    assert not picture.rgba[..., :3].any()
    assert picture.rgba[..., 3].max() == 255


def test_one_coloured_shape_keeps_its_colour() -> None:
    picture = render(_drawing(RED_ARROW))
    assert not picture.tinted
    solid = picture.rgba[picture.rgba[..., 3] == 255]
    np.testing.assert_allclose(solid[:, :3].mean(axis=0), (0xDD, 0x22, 0x11), atol=1)


def test_a_white_shape_is_tinted_too() -> None:
    assert render(_drawing(BLACK_ARROW.replace("currentColor", "#fff"))).tinted


def test_two_colours_are_kept() -> None:
    picture = render(_drawing(TWO_BARS))
    assert not picture.tinted
    assert tuple(picture.rgba[10, 90, :3]) == (0xDD, 0x22, 0x11)
    assert tuple(picture.rgba[-10, 90, :3]) == (0x11, 0x44, 0xCC)


def test_the_border_is_cut_away() -> None:
    rgba = render(_drawing(BLACK_ARROW, "-70 -30 150 90")).rgba
    # 14 x 16 units in a box of 150 x 90.
    assert rgba.shape[0] == SIDE
    assert rgba.shape[1] == pytest.approx(SIDE * 14 / 16, abs=1)
    for edge in (rgba[0], rgba[-1], rgba[:, 0], rgba[:, -1]):
        assert edge[:, 3].any()


def test_a_small_shape_in_a_large_box_is_drawn_sharply() -> None:
    alpha = render(_drawing(BLACK_ARROW, "-70 -30 150 90")).rgba[..., 3]
    between = ((alpha > 25) & (alpha < 230)).mean()
    assert between < 0.04


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (NOTHING, "empty"),
        ('<path d="M1 1h1v1h-1z"/>', "empty"),
        (TILE, "plain"),
        ('<circle cx="10" cy="10" r="9" fill="#d21"/>', "plain"),
        ('<path d="M0 10h20v.6H0z"/>', "thin"),
        ("<path d=", "not rendered"),
    ],
)
def test_what_makes_no_mark_is_left_out(body: str, reason: str) -> None:
    with pytest.raises(LeftOutError, match=reason):
        render(_drawing(body))


def test_a_picture_checks_itself() -> None:
    with pytest.raises(ValueError, match="longest side"):
        Picture(np.zeros((20, 20, 4), np.uint8), tinted=True)

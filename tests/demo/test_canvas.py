"""The canvas: what covers a mark takes pixels from its box; light and lens do what they say."""

import numpy as np
import pytest

from app.demo.canvas import Canvas, Decal, Lens, Photo, Print, Shadow, coloured, lit, mixed
from app.demo.fields import Field, Light, plane
from app.domain.box import Box
from app.media.marks import simple_mark

SIZE = (100, 120)
SHARP = Lens(softness=0.0, grain=0.0, vignette=0.0, slope=0.0)


def area(left: int, top: int, right: int, bottom: int) -> Field:
    x, y = plane(SIZE)
    inside = (x > left) & (x < right) & (y > top) & (y < bottom)
    return inside.astype(np.float32)


def canvas(colour: str = "#808080") -> Canvas:
    return Canvas(coloured(colour, np.ones(SIZE, np.float32)), Light())


def exposed(scene: Canvas, lens: Lens = SHARP) -> Photo:
    return scene.expose(lens, np.random.default_rng(0))


def printed() -> Canvas:
    scene = canvas()
    shirt = coloured("#ffffff", np.ones(SIZE, np.float32))
    scene.lay(area(10, 10, 110, 90), shirt, (Print("Acme", area(30, 40, 70, 60)),))
    return scene


def test_a_print_is_boxed_where_it_lies() -> None:
    assert exposed(printed()).shows == (("Acme", Box(30, 40, 70, 60)),)


def test_what_is_laid_over_a_print_takes_pixels_from_its_box() -> None:
    scene = printed()
    scene.lay(area(50, 0, 120, 100), coloured("#000000", np.ones(SIZE, np.float32)))
    assert exposed(scene).shows == (("Acme", Box(30, 40, 50, 60)),)


def test_a_print_that_is_covered_entirely_is_not_shown() -> None:
    scene = printed()
    scene.lay(area(20, 30, 80, 70), coloured("#000000", np.ones(SIZE, np.float32)))
    assert exposed(scene).shows == ()


def test_a_print_is_cut_at_its_goods_edge() -> None:
    scene = canvas()
    cloth = coloured("#ffffff", np.ones(SIZE, np.float32))
    scene.lay(area(10, 10, 50, 90), cloth, (Print("Acme", area(30, 40, 70, 60)),))
    assert exposed(scene).shows == (("Acme", Box(30, 40, 50, 60)),)


def test_nothing_laid_changes_nothing() -> None:
    scene = canvas()
    before = exposed(scene).pixels
    scene.lay(np.zeros(SIZE, np.float32), coloured("#ff0000", np.ones(SIZE, np.float32)))
    assert np.array_equal(exposed(scene).pixels, before)


def test_colours_come_out_as_they_went_in() -> None:
    assert exposed(canvas("#804020")).pixels[50, 60].tolist() == pytest.approx(
        [0x80, 0x40, 0x20], abs=1
    )


def test_a_shadow_falls_away_from_the_lamp() -> None:
    scene = canvas()
    scene.cast(area(40, 40, 80, 60), Shadow(lift=30, softness=3))
    row = exposed(scene).pixels[:, :, 0].astype(int)
    # The lamp stands upper left, so the dark side is the lower right one.
    assert row[75, 90] < row[25, 30] - 10


def test_the_lens_darkens_corners_and_adds_grain() -> None:
    dark = exposed(canvas(), Lens(softness=0.2, grain=0.0, vignette=0.4, slope=0.0)).pixels
    assert dark[0, 0, 0] < dark[50, 60, 0] - 10
    grainy = exposed(canvas(), Lens(softness=0.0, grain=0.03, vignette=0.0, slope=0.0)).pixels
    assert grainy.std() > exposed(canvas()).pixels.std() + 2


def test_a_decal_is_placed_scaled_and_turned() -> None:
    x, y = plane(SIZE)
    flat = Decal(simple_mark("nike"), "#000000", x=60, y=50, span=60).on(x, y)
    upright = Decal(simple_mark("nike"), "#000000", x=60, y=50, span=60, turn=90).on(x, y)
    wide, high = (flat > 0.5).any(axis=0).sum(), (flat > 0.5).any(axis=1).sum()
    assert wide == pytest.approx(58, abs=2)
    assert (upright > 0.5).any(axis=1).sum() == pytest.approx(wide, abs=2)
    assert (upright > 0.5).any(axis=0).sum() == pytest.approx(high, abs=2)


def test_mixing_by_share() -> None:
    half = np.full((1, 1), 0.5, np.float32)
    black = np.zeros((1, 1, 3), np.float32)
    assert mixed(black, lit("#ffffff"), half).tolist() == [[[0.5, 0.5, 0.5]]]

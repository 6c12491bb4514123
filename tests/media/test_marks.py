"""Marks: drawn at any size and colour, refused where they cannot be."""

import numpy as np
import pytest

from app.domain.errors import InvalidInputError, NotFoundError
from app.media.marks import Mark, render_mark, simple_mark, simple_marks

SQUARE = (
    '<svg viewBox="0 0 24 24" xmlns="http://www.w3.org/2000/svg"><path d="M6 6h12v12H6z"/></svg>'
)


def test_a_mark_on_nothing_is_transparent_around_its_colour() -> None:
    drawn = np.asarray(render_mark(SQUARE, side=48, colour="#CF0A2C", background=None))
    assert drawn.shape == (48, 48, 4)
    assert drawn[0, 0, 3] == 0
    assert drawn[24, 24].tolist() == [0xCF, 0x0A, 0x2C, 255]


def test_a_mark_on_a_background_is_rgb() -> None:
    drawn = np.asarray(render_mark(SQUARE, side=24, colour="white", background="#102030"))
    assert drawn.shape == (24, 24, 3)
    assert drawn[0, 0].tolist() == [0x10, 0x20, 0x30]
    assert drawn[12, 12].tolist() == [255, 255, 255]


@pytest.mark.parametrize("side", [1, 31, 512])
def test_every_side_is_exact(side: int) -> None:
    picture = render_mark(simple_mark("nike").svg, side=side, colour="black", background="white")
    assert picture.size == (side, side)


@pytest.mark.parametrize(
    ("svg", "side", "colour", "background"),
    [
        (SQUARE, 0, "black", None),
        (SQUARE, 4097, "black", None),
        (SQUARE, 24, "no colour", None),
        (SQUARE, 24, '"/><script>', None),
        (SQUARE, 24, "black", "no colour"),
        ("not a drawing", 24, "black", None),
        ("<svg", 24, "black", None),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    svg: str, side: int, colour: str, background: str | None
) -> None:
    with pytest.raises(InvalidInputError):
        render_mark(svg, side=side, colour=colour, background=background)


def test_marks_come_by_slug_in_the_order_asked_for() -> None:
    marks = simple_marks(["puma", "newbalance"])
    assert [mark.title for mark in marks] == ["Puma", "New Balance"]
    assert marks[1].colour == "#CF0A2C"
    ink = np.asarray(render_mark(marks[0].svg, side=64, colour="black", background=None))[..., 3]
    assert 0.05 < (ink > 128).mean() < 0.6


@pytest.mark.parametrize("slug", ["no-such-mark", "New Balance", ""])
def test_an_unknown_slug_is_not_found(slug: str) -> None:
    with pytest.raises(NotFoundError):
        simple_mark(slug)


@pytest.mark.parametrize(
    "parts", [("", "x", "000000", SQUARE), ("X", "x", "#000000", SQUARE), ("X", "x", "000000", "")]
)
def test_a_mark_checks_itself(parts: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError, match=r"mark|hexadecimal|SVG"):
        Mark(*parts)

"""Overlays: a PNG of the photo's own size with the best match in red, and labels inside it."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.domain.box import Box
from app.domain.match import Match
from app.media.overlay import overlay_png
from tests.images import photo_array, solid_array

RED, GREY = (196, 18, 48), (84, 94, 108)


def match(box: Box, brand: str = "Acme", tail: float = 1e-6) -> Match:
    return Match(brand, "star", 1, 1, box, 0.9, 3.0, tail)


def drawn(photo: NDArray[np.uint8], *matches: Match) -> NDArray[np.uint8]:
    picture = Image.open(io.BytesIO(overlay_png(photo, matches)))
    assert picture.format == "PNG"
    return np.asarray(picture)


def where(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero((picture == colour).all(axis=2))
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_without_a_match_the_photo_is_as_it_was() -> None:
    photo = photo_array(2)
    assert np.array_equal(drawn(photo), photo)


def test_a_frame_follows_its_box_and_the_photo_is_not_altered() -> None:
    photo = solid_array((200, 200, 200), (400, 300))
    picture = drawn(photo, match(Box(50, 100, 250, 220)))
    left, top, right, bottom = where(picture, RED)
    assert (left, right, bottom) == (50, 250, 220)
    assert 60 < top < 100
    assert picture[160, 150].tolist() == [200, 200, 200]
    assert (photo == 200).all()


def test_the_best_match_is_red_and_lies_on_top() -> None:
    box = Box(100, 100, 200, 200)
    photo = solid_array((250, 250, 250), (400, 300))
    both = drawn(photo, match(box), match(box, "Other", 1e-3))
    assert tuple(both[199, 150]) == RED
    apart = drawn(photo, match(box), match(Box(250, 100, 350, 200), "Other", 1e-3))
    assert where(apart, GREY)[:1] == (250,)


@pytest.mark.parametrize(
    "box",
    [Box(0, 0, 40, 30), Box(380, 0, 400, 20), Box(380, 285, 400, 300), Box(399, 299, 400, 300)],
)
def test_labels_stay_inside(box: Box) -> None:
    photo = solid_array((250, 250, 250), (400, 300))
    left, top, right, bottom = where(drawn(photo, match(box)), RED)
    # The label is at least as high as its letters and as wide as a few of them.
    assert right - left > 40
    assert bottom - top >= 12


def test_a_tiny_photo_and_a_long_name_do_no_harm() -> None:
    photo = solid_array((250, 250, 250), (20, 20))
    picture = drawn(photo, match(Box(0, 0, 20, 20), "A very long brand's name 商標"))
    assert picture.shape == (20, 20, 3)

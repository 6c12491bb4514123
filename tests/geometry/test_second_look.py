"""A drawn mark verifies however it is shown; another one does not, and nothing else does."""

import numpy as np
import pytest

from models.geometry import Agreement, ReferenceLook, look_again
from models.regions import Photo
from tests.geometry.drawn import BOX, SIDE, Floats, drawn_mark, mirrored, shown, turned
from tests.images import photo_array, solid_array

MARK = drawn_mark(1)
LOOK = ReferenceLook.of(MARK)


def found(photo: Photo, look: ReferenceLook = LOOK) -> Agreement:
    agreement = look_again(photo, BOX, look)
    assert agreement is not None
    return agreement


def assert_lies(agreement: Agreement, matrix: Floats, tolerance: float = 4.0) -> None:
    """The agreement takes the reference's corners to where they really are."""
    corners = np.array([[0, 0, 1], [SIDE, 0, 1], [SIDE, SIDE, 1], [0, SIDE, 1]], np.float64)
    seen, true = ((corners @ m.T)[:, :2] for m in (agreement.matrix, matrix))
    assert np.abs(seen - true).max() < tolerance


@pytest.mark.parametrize(
    "matrix",
    [turned(), turned(20), turned(180), turned(-8, 0.7), turned(5, 1.3), turned(at=(55, 40))],
    ids=["as is", "turned", "upside down", "small", "large", "beside the box"],
)
def test_a_moved_mark_is_laid_where_it_is(matrix: Floats) -> None:
    agreement = found(shown(MARK, matrix))
    assert_lies(agreement, matrix)
    assert agreement.inliers >= 15
    assert not agreement.mirrored
    assert not agreement.inverted


def test_a_tilted_mark_is_found() -> None:
    matrix = turned(10) @ np.array([[1, 0.15, 0], [0, 0.75, 20], [0, 0, 1]])
    assert_lies(found(shown(MARK, matrix)), matrix, 8.0)


def test_a_mirrored_mark_says_so() -> None:
    matrix = turned(7) @ mirrored()
    agreement = found(shown(MARK, matrix))
    assert agreement.mirrored
    assert_lies(agreement, matrix)


def test_a_negative_says_so() -> None:
    agreement = found(shown(255 - MARK, turned(5)))
    assert agreement.inverted
    assert_lies(agreement, turned(5))


def test_a_mirrored_negative_says_both() -> None:
    agreement = found(shown(255 - MARK, turned() @ mirrored()))
    assert (agreement.mirrored, agreement.inverted) == (True, True)


def test_another_colour_of_the_same_tone_is_found() -> None:
    assert found(shown(drawn_mark(1, (120, 20, 20)), turned(3))).inliers >= 15


def test_a_covered_half_lowers_the_share_and_no_more() -> None:
    whole = found(shown(MARK, turned()))
    photo = shown(MARK, turned())
    photo[:, BOX[0] + SIDE // 2 :] = 128
    half = found(photo)
    assert half.reference_share < 0.7 * whole.reference_share
    assert half.region_share > 0.9
    assert_lies(half, turned(), 8.0)


def test_the_shares_say_how_much_lies_on_what() -> None:
    agreement = found(shown(MARK, turned(0, 0.5)))
    assert agreement.region_share == pytest.approx(0.25, abs=0.05)
    assert agreement.reference_share > 0.6


def test_only_the_reference_s_own_box_is_looked_for() -> None:
    sheet = np.full((SIDE, 3 * SIDE, 3), 255, np.uint8)
    sheet[:, SIDE : 2 * SIDE] = MARK
    look = ReferenceLook.of(sheet, (SIDE, 0, 2 * SIDE, SIDE))
    shift = np.eye(3)
    shift[0, 2] = -SIDE
    agreement = found(shown(MARK, turned(12)), look)
    assert np.allclose(agreement.matrix @ [SIDE, 0, 1], turned(12) @ [0, 0, 1], atol=4)
    assert np.allclose(agreement.matrix, turned(12) @ shift, atol=5)


@pytest.mark.parametrize("other", range(2, 8))
def test_another_mark_does_not_agree(other: int) -> None:
    agreement = look_again(shown(drawn_mark(other), turned()), BOX, LOOK)
    assert agreement is None or agreement.inliers < 6


@pytest.mark.parametrize("seed", range(5))
def test_an_ordinary_photo_does_not_agree(seed: int) -> None:
    assert look_again(photo_array(seed, (260, 240)), BOX, LOOK) is None


@pytest.mark.parametrize(
    ("photo", "box"),
    [
        (solid_array((9, 9, 9), (50, 50)), (0, 0, 50, 50)),
        (solid_array((9, 9, 9), (1, 1)), (0, 0, 1, 1)),
        (photo_array(1, (300, 20)), (0, 3, 300, 4)),
        (photo_array(1, (20, 20)), (0, 0, 2, 20)),
    ],
    ids=["blank", "one pixel", "one row", "two columns"],
)
def test_nothing_comes_of_blank_and_tiny_regions(
    photo: Photo, box: tuple[int, int, int, int]
) -> None:
    assert look_again(photo, box, LOOK) is None


def test_a_reference_without_texture_agrees_with_nothing() -> None:
    plain = ReferenceLook.of(solid_array((200, 30, 30), (80, 80)))
    assert plain.points == 0
    assert look_again(shown(MARK, turned()), BOX, plain) is None


def test_equal_looks_give_equal_answers() -> None:
    photo = shown(MARK, turned(20))
    first, second = found(photo), found(photo)
    assert np.array_equal(first.matrix, second.matrix)
    assert first.inliers == second.inliers

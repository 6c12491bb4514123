"""Pictures for checking a match by eye: panels of one height, the reference where it belongs."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.domain.alignment import Alignment, Matrix
from app.domain.box import Box
from app.domain.match import Match
from app.media.aligned import aligned_png, beside_png
from tests.images import photo_array, solid_array

BOX = Box(100, 50, 200, 150)
PHOTO = solid_array((200, 200, 200), (400, 300))
BLUE = solid_array((0, 0, 255), (50, 50))
PLACED: Matrix = ((2.0, 0.0, 100.0), (0.0, 2.0, 50.0), (0.0, 0.0, 1.0))


def match(matrix: Matrix | None = None, box: Box = BOX, *, mirrored: bool = False) -> Match:
    alignment = None if matrix is None else Alignment(matrix, 9, 1.0, 1.0, mirrored)
    return Match("Acme", "star", 1, 1, box, 0.9, 3.0, 1e-6, alignment=alignment)


def opened(data: bytes) -> NDArray[np.int64]:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    return np.asarray(picture).astype(np.int64)


def test_beside_shows_the_crop_and_the_reference() -> None:
    picture = opened(beside_png(PHOTO, match(), BLUE))
    assert picture.shape[0] == 336
    left, right = picture[168, 168], picture[168, -168]
    assert left.tolist() == [200, 200, 200]
    assert right.tolist() == [0, 0, 255]


def test_without_an_alignment_there_is_nothing_to_lay_over() -> None:
    assert aligned_png(PHOTO, match(), BLUE) == beside_png(PHOTO, match(), BLUE)


def test_the_reference_is_laid_where_the_alignment_says() -> None:
    picture = opened(aligned_png(PHOTO, match(PLACED), BLUE))
    middle = picture[:, 336:656]  # the second of three square panels
    assert middle[168, 160, 2] > middle[168, 160, 0] + 60  # blue shines through in the middle
    assert middle[12, 20].tolist() == [200, 200, 200]  # and not in the margin of the crop


def test_only_the_part_that_shows_the_motif_is_laid_over() -> None:
    half = Box(0, 0, 25, 50)
    picture = opened(aligned_png(PHOTO, match(PLACED), BLUE, half))
    middle = picture[:, 336:656]
    assert middle[168, 100, 2] > middle[168, 100, 0] + 60
    assert middle[168, 220].tolist() == [200, 200, 200]


def test_a_mirrored_and_tilted_reference_beyond_the_edge_does_no_harm() -> None:
    mirror: Matrix = ((-9.0, 0.5, 210.0), (0.2, 2.0, -40.0), (0.0, 0.001, 1.0))
    photo = photo_array(3)
    corner = match(mirror, Box(0, 0, 30, 300 - 60), mirrored=True)
    assert opened(aligned_png(photo, corner, BLUE)).shape[0] == 336


def test_a_long_wordmark_and_a_single_pixel_have_a_size_that_a_page_can_hold() -> None:
    long = solid_array((0, 0, 255), (900, 9))
    picture = opened(aligned_png(PHOTO, match(PLACED, Box(3, 3, 4, 4)), long))
    assert picture.shape[0] == 336
    assert picture.shape[1] < 2200


def test_neither_picture_is_altered() -> None:
    aligned_png(PHOTO, match(PLACED), BLUE)
    assert (PHOTO == 200).all()
    assert (BLUE == (0, 0, 255)).all()

"""A decoded image checks itself and cannot be altered."""

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from app.media.decoded import DecodedImage
from app.media.formats import ImageFormat
from tests.images import Picture, photo_array

SHA256 = hashlib.sha256(b"photo").hexdigest()


def decoded(*frames: Picture, total: int | None = None, sha256: str = SHA256) -> DecodedImage:
    count = len(frames) if total is None else total
    return DecodedImage(frames, ImageFormat.GIF, sha256, count)


def test_width_and_height_are_those_of_the_picture() -> None:
    image = decoded(photo_array(1, (30, 20)), photo_array(2, (30, 20)), total=9)
    assert (image.width, image.height, image.frame_count_total) == (30, 20, 9)


def test_pixels_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        decoded(photo_array()).frames[0][0, 0] = 0


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_what_is_no_rgb_picture_is_refused(frame: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="not an 8-bit RGB picture"):
        decoded(frame)


def test_the_parts_must_fit_together() -> None:
    photo = photo_array(size=(8, 6))
    with pytest.raises(ValueError, match="at least one frame"):
        decoded()
    with pytest.raises(ValueError, match="different sizes"):
        decoded(photo, photo_array(size=(6, 8)))
    with pytest.raises(ValueError, match="2 frames of 1"):
        decoded(photo, photo, total=1)
    with pytest.raises(ValueError, match="SHA-256"):
        decoded(photo, sha256=SHA256.upper())

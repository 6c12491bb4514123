"""Animations are sampled evenly, within a budget, and broken ends are cut off."""

import zlib

import numpy as np
import pytest
from PIL import Image

from app.domain.errors import ImageRefusedError
from app.media.decoding import choose_frames, decode_image
from app.media.limits import DecodeLimits
from tests.images import (
    Picture,
    encode_animation,
    encode_image,
    photo_array,
    solid_array,
)

LIMITS = DecodeLimits()
ANIMATED = ["gif", "png", "webp"]


def ramp(count: int) -> list[Picture]:
    """Frames that grow brighter by ten each."""
    return [solid_array((10 * step, 10 * step, 10 * step), (20, 16)) for step in range(count)]


def shades(data: bytes, limits: DecodeLimits = LIMITS) -> list[int]:
    """Which frames of a ramp were kept, by their brightness."""
    return [round(float(frame.mean()) / 10) for frame in decode_image(data, limits).frames]


@pytest.mark.parametrize("image_format", ANIMATED)
@pytest.mark.parametrize(
    ("count", "kept"),
    [(2, [0, 1]), (4, [0, 1, 2, 3]), (5, [0, 1, 2, 3]), (10, [0, 2, 5, 7]), (25, [0, 6, 12, 18])],
)
def test_frames_are_spread_evenly(image_format: str, count: int, kept: list[int]) -> None:
    data = encode_animation(ramp(count), image_format)
    assert shades(data) == kept
    assert decode_image(data, LIMITS).frame_count_total == count


@pytest.mark.parametrize("image_format", ANIMATED)
def test_the_number_of_frames_is_a_limit(image_format: str) -> None:
    data = encode_animation(ramp(9), image_format)
    assert shades(data, DecodeLimits(max_frames=1)) == [0]
    assert shades(data, DecodeLimits(max_frames=3)) == [0, 3, 6]


def test_a_large_animation_is_sampled_from_the_frames_it_can_afford() -> None:
    limits = DecodeLimits(max_sequence_pixels=6_000_000)
    assert choose_frames(100, 1_000_000, limits) == (0, 1, 3, 4)
    assert choose_frames(100, 7_000_000, limits) == (0,)
    assert max(choose_frames(10**9, 1, DecodeLimits())) < 2000  # tiny frames take time as well


def test_the_first_picture_of_an_avif_sequence_is_taken() -> None:
    image = decode_image(encode_animation(ramp(5), "avif"), LIMITS)
    assert (len(image.frames), image.frame_count_total) == (1, 1)
    assert image.frames[0].mean() < 3


@pytest.mark.parametrize("image_format", ANIMATED)
def test_broken_later_frames_end_the_sequence(image_format: str) -> None:
    data = encode_animation([photo_array(seed, (40, 30)) for seed in range(4)], image_format)
    kept = set()
    for end in range(60, len(data) - 20, len(data) // 40):
        try:
            kept.add(len(decode_image(data[:end], LIMITS).frames))
        except ImageRefusedError:
            kept.add(0)
    assert {0, 4} & kept == {0}
    if image_format != "webp":  # libwebp refuses a file that is shorter than it says
        assert {1, 2, 3} <= kept


def test_a_frame_that_outgrows_the_canvas_is_left_out() -> None:
    data = encode_animation(ramp(2), "gif")
    at = data.rindex(b",\0\0\0\0\x14\0\x10\0") + 1
    wider = data[:at] + b"\x05\0" + data[at + 2 :]  # the second frame now lies five to the right
    image = decode_image(wider, LIMITS)
    assert (len(image.frames), image.width, image.frame_count_total) == (1, 20, 2)


def test_an_animation_that_lies_about_its_length_is_believed_as_far_as_it_goes() -> None:
    data = encode_animation(ramp(3), "png")
    at = data.index(b"acTL")
    lying = data[: at + 4] + (2**31 - 1).to_bytes(4, "big") + data[at + 8 :]
    lying = lying[: at + 12] + _crc(lying[at : at + 12]) + lying[at + 16 :]
    assert shades(lying) == [0, 1, 2]


def _crc(chunk: bytes) -> bytes:
    return zlib.crc32(chunk).to_bytes(4, "big")


@pytest.mark.parametrize("image_format", ANIMATED)
def test_what_the_frames_leave_free_is_white(image_format: str) -> None:
    left = Image.new("RGBA", (20, 16), (0, 0, 0, 0))
    left.paste((255, 0, 0, 255), (0, 0, 10, 16))
    right = left.rotate(180)
    data = encode_image(left, image_format, save_all=True, append_images=[right], disposal=2)
    first, second = decode_image(data, LIMITS).frames
    np.testing.assert_allclose(first[8, 15].astype(int), 255, atol=6)
    np.testing.assert_allclose(first[8, 4].astype(int), (255, 0, 0), atol=6)
    np.testing.assert_allclose(second[8, 15].astype(int), (255, 0, 0), atol=6)
    np.testing.assert_allclose(second[8, 4].astype(int), 255, atol=6)

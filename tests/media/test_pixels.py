"""Every format and mode shows the colours, sides and shades that a browser would show."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.media.decoding import decode_image
from app.media.formats import ImageFormat
from app.media.limits import DecodeLimits
from tests.images import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    Picture,
    encode,
    encode_image,
    encode_mode,
    encode_oriented,
    exif,
    png_chunk,
    quarters_array,
    raw_png,
    solid_array,
)

LIMITS = DecodeLimits()
LOSSLESS = {"png", "gif", "bmp"}


def pixels(data: bytes) -> Picture:
    return decode_image(data, LIMITS).frames[0]


def assert_alike(found: Picture, expected: Picture, tolerance: int = 8) -> None:
    """Alike on the whole and in each quarter; lossy formats ring along the edges."""
    assert found.shape == expected.shape
    assert np.abs(found.astype(int) - expected).mean() <= tolerance
    height, width, _ = found.shape
    for row in (height // 4, 3 * height // 4):
        for column in (width // 4, 3 * width // 4):
            np.testing.assert_allclose(
                found[row, column].astype(int),
                expected[row, column],
                atol=tolerance,
            )


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_colours_and_sides_are_kept(image_format: ImageFormat) -> None:
    quarters = quarters_array()
    found = pixels(encode(quarters, image_format))
    if image_format in LOSSLESS:
        np.testing.assert_array_equal(found, quarters)
    assert_alike(found, quarters)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp", "avif", "heif"])
def test_every_orientation_is_turned_upright(image_format: str, orientation: int) -> None:
    quarters = quarters_array((64, 48))
    data = encode_oriented(quarters, orientation, image_format)
    image = decode_image(data, LIMITS)
    assert (image.width, image.height) == (64, 48)
    assert_alike(image.frames[0], quarters)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    assert_alike(pixels(encode(quarters_array(), "jpeg", exif=exif(orientation))), quarters_array())


@pytest.mark.parametrize(
    "block",
    [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0garbage", exif(6)[:-9]],
)
@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp"])
def test_broken_metadata_is_no_reason_to_refuse(image_format: str, block: bytes) -> None:
    found = pixels(encode(quarters_array(), image_format, exif=block))
    assert_alike(found, quarters_array())


def test_an_orientation_in_xmp_alone_is_ignored_as_browsers_do() -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    assert_alike(pixels(encode(quarters_array(), "jpeg", xmp=packet)), quarters_array())


def test_cmyk_as_adobe_writes_it_keeps_its_colours() -> None:
    data = encode_mode(quarters_array(), "CMYK", "jpeg", quality=95)
    assert b"Adobe" in data
    assert_alike(pixels(data), quarters_array())


def test_the_first_picture_of_a_multi_picture_jpeg_is_taken() -> None:
    second = Image.fromarray(solid_array(BLUE, (64, 48)))
    data = encode(quarters_array(), "mpo", save_all=True, append_images=[second])
    image = decode_image(data, LIMITS)
    assert (image.format, len(image.frames), image.frame_count_total) == (ImageFormat.JPEG, 1, 1)
    assert_alike(image.frames[0], quarters_array())


@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp", "gif", "bmp", "avif", "heif"])
def test_grey_becomes_three_equal_channels(image_format: str) -> None:
    grey = solid_array((128, 128, 128))
    found = pixels(encode_mode(grey, "L", image_format))
    np.testing.assert_allclose(found.astype(int), grey, atol=3)


@pytest.mark.parametrize("image_format", ["png", "gif", "bmp"])
def test_one_bit_is_black_and_white(image_format: str) -> None:
    half = solid_array((255, 255, 255), (32, 24))
    half[:, 16:] = 0
    np.testing.assert_array_equal(pixels(encode_mode(half, "1", image_format)), half)


@pytest.mark.parametrize(
    ("shade", "expected"),
    [(0, 0), (257, 1), (32768, 128), (65535, 255)],
)
def test_sixteen_bits_are_scaled_not_clipped(shade: int, expected: int) -> None:
    grey = np.full((6, 8), shade, np.uint16)
    assert (pixels(raw_png(grey, 0)) == expected).all()
    colour = np.full((6, 8, 3), (65535, shade, 0), np.uint16)
    assert (pixels(raw_png(colour, 2)) == (255, expected, 0)).all()


def test_sixteen_bit_grey_heif_is_scaled() -> None:
    grey = np.full((24, 32), 32768, np.uint16)
    found = pixels(encode_image(Image.fromarray(grey), "heif"))
    np.testing.assert_allclose(found.astype(int), 128, atol=2)


@pytest.mark.parametrize(("alpha", "shade"), [(0, 255), (255, 0), (51, 204)])
@pytest.mark.parametrize(
    ("image_format", "mode"),
    [("png", "LA"), ("png", "RGBA"), ("webp", "RGBA"), ("avif", "RGBA"), ("heif", "RGBA")],
)
def test_transparency_is_shown_over_white(
    image_format: str,
    mode: str,
    alpha: int,
    shade: int,
) -> None:
    black = Image.new(mode, (32, 24), 0)
    black.putalpha(alpha)
    found = pixels(encode_image(black, image_format))
    np.testing.assert_allclose(found.astype(int), shade, atol=4)


@pytest.mark.parametrize(
    "samples",
    [
        np.full((6, 8, 4), (0, 0, 0, 13107), np.uint16),
        np.full((6, 8, 2), (0, 13107), np.uint16),
    ],
)
def test_sixteen_bit_transparency_is_shown_over_white(samples: NDArray[np.uint16]) -> None:
    found = pixels(raw_png(samples, 6 if samples.shape[2] == 4 else 4))
    np.testing.assert_allclose(found.astype(int), 204, atol=1)


def palette_image() -> Image.Image:
    """Left half entry 0 (red), right half entry 1 (green)."""
    image = Image.new("P", (32, 24), 0)
    image.putpalette([*RED, *GREEN])
    image.paste(1, (16, 0, 32, 24))
    return image


@pytest.mark.parametrize("image_format", ["png", "gif", "bmp"])
def test_a_palette_is_looked_up(image_format: str) -> None:
    found = pixels(encode_image(palette_image(), image_format))
    assert (found[:, :16] == RED).all()
    assert (found[:, 16:] == GREEN).all()


@pytest.mark.parametrize(
    ("image_format", "transparency"),
    [("gif", 1), ("png", 1), ("png", b"\xff\x00"), ("png", b"\xfe\x00")],
)
def test_a_transparent_palette_entry_is_white(
    image_format: str,
    transparency: int | bytes,
) -> None:
    found = pixels(encode_image(palette_image(), image_format, transparency=transparency))
    np.testing.assert_allclose(found[:, :16].reshape(-1, 3).mean(0), RED, atol=2)
    assert (found[:, 16:] == 255).all()


def test_a_colour_key_is_white() -> None:
    quarters = quarters_array()
    key = png_chunk(b"tRNS", bytes(byte for level in BLUE for byte in (0, level)))
    found = pixels(raw_png(quarters, 2, key))
    assert (found[30, 10] == 255).all()
    assert tuple(found[10, 10]) == RED
    assert tuple(found[30, 50]) == WHITE


@pytest.mark.parametrize("keyword", [b"interlace", b"transparency", b"bbox", b"exif"])
def test_no_text_in_a_png_can_spoil_its_picture(keyword: bytes) -> None:
    text = png_chunk(b"tEXt", keyword + b"\0yes")
    np.testing.assert_array_equal(pixels(raw_png(quarters_array(), 2, text)), quarters_array())


@pytest.mark.parametrize("image_format", list(ImageFormat))
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1)])
def test_a_tiny_picture_is_decoded(image_format: ImageFormat, size: tuple[int, int]) -> None:
    image = decode_image(encode(solid_array(size=size), image_format), LIMITS)
    assert (image.width, image.height) == size
    np.testing.assert_allclose(image.frames[0][0, 0].astype(int), RED, atol=24)


def test_a_colour_profile_is_ignored() -> None:
    data = encode(quarters_array(), "png", icc_profile=b"not even a profile")
    np.testing.assert_array_equal(pixels(data), quarters_array())

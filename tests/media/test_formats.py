"""The first bytes decide the format."""

import pytest

from app.media.formats import ImageFormat, sniff_format
from tests.images import encode, photo_array


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_every_accepted_format_is_recognised(image_format: ImageFormat) -> None:
    assert sniff_format(encode(photo_array(size=(20, 16)), image_format)) is image_format


@pytest.mark.parametrize("image_format", ["tiff", "ico", "ppm", "jpeg2000", "tga", "pdf"])
def test_other_formats_are_not(image_format: str) -> None:
    assert sniff_format(encode(photo_array(size=(20, 16)), image_format)) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"GIF8", b"RIFF", b"BM", b"BMW, a car maker, and so on", b"<svg></svg>"],
)
def test_beginnings_and_lookalikes_are_not(data: bytes) -> None:
    assert sniff_format(data) is None


@pytest.mark.parametrize(
    ("major", "others", "expected"),
    [
        (b"mif1", b"mif1heic", ImageFormat.HEIF),
        (b"mif1", b"mif1avif", ImageFormat.AVIF),
        (b"heic", b"", ImageFormat.HEIF),
        (b"msf1", b"hevc", ImageFormat.HEIF),
        (b"isom", b"iso2mp41", None),
        (b"jxl ", b"jxl ", None),
    ],
)
def test_brands_tell_avif_heif_and_films_apart(
    major: bytes,
    others: bytes,
    expected: ImageFormat | None,
) -> None:
    box = (16 + len(others)).to_bytes(4, "big") + b"ftyp" + major + b"\0\0\0\0" + others
    assert sniff_format(box + b"avifheic") is expected  # what follows the box has no say

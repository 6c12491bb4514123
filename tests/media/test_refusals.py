"""What is refused, under which name, and that refusing costs neither time nor memory."""

import resource
import struct
import time
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.domain.errors import (
    CorruptImageError,
    EmptyImageError,
    ImageRefusedError,
    ImageTooLargeError,
    TooManyPixelsError,
    TruncatedImageError,
    UnsupportedImageError,
)
from app.media.decoding import decode_image
from app.media.formats import ImageFormat
from app.media.limits import MIB, DecodeLimits
from tests.images import (
    encode,
    encode_animation,
    header_bomb,
    photo_array,
    png_chunk,
    raw_png,
    solid_array,
)

LIMITS = DecodeLimits()
PHOTO = photo_array(seed=5, size=(96, 64))


@contextmanager
def little_memory(allowed: int = 256 * MIB) -> Iterator[None]:
    """Let this process grow by so many bytes of address space, touched or not (on Linux)."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        yield
        return
    used = int(statistics.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + allowed, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_no_bytes() -> None:
    with pytest.raises(EmptyImageError):
        decode_image(b"", LIMITS)


def test_too_many_bytes_are_refused_whatever_they_are() -> None:
    with pytest.raises(ImageTooLargeError):
        decode_image(b"x" * 101, DecodeLimits(max_bytes=100))


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\x00" * 64,
        encode(PHOTO, "tiff"),
        encode(PHOTO, "ico"),
    ],
)
def test_what_is_not_on_the_list(data: bytes) -> None:
    with pytest.raises(UnsupportedImageError, match="jpeg, png, webp"):
        decode_image(data, LIMITS)


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_a_header_bomb_is_refused_before_anything_is_allocated(image_format: ImageFormat) -> None:
    # WebP holds 14 bits a side in a bitstream and 24 in a canvas, GIF and JPEG 16
    side = 16_000 if image_format is ImageFormat.WEBP else 50_000
    data = header_bomb(image_format, (side, side))
    started = time.perf_counter()
    with little_memory(), pytest.raises(TooManyPixelsError, match=f"{side} x {side}"):
        decode_image(data, LIMITS)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("image_format", ["png", "avif", "heif"])
def test_the_largest_size_a_header_can_state_is_refused(image_format: str) -> None:
    with pytest.raises(TooManyPixelsError):
        decode_image(header_bomb(image_format, (2**31 - 1, 2**31 - 1)), LIMITS)


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_the_pixel_limit_is_exact(image_format: ImageFormat) -> None:
    data = encode(PHOTO, image_format)
    assert decode_image(data, DecodeLimits(max_pixels=96 * 64)).width == 96
    with pytest.raises(TooManyPixelsError):
        decode_image(data, DecodeLimits(max_pixels=96 * 64 - 1))


def test_a_gif_whose_later_frame_stretches_the_canvas_is_refused() -> None:
    data = encode_animation([solid_array(size=(8, 8)), solid_array((1, 2, 3), (8, 8))], "gif")
    at = data.rindex(struct.pack("<4HB", 0, 0, 8, 8, data[data.rindex(b",\0\0\0\0\x08") + 9]))
    stretched = data[:at] + struct.pack("<HH", 60_000, 60_000) + data[at + 4 :]
    with little_memory(), pytest.raises(TooManyPixelsError):
        decode_image(stretched, LIMITS)


def test_a_jpeg_that_repaints_itself_without_end_is_refused_at_once() -> None:
    data = encode(solid_array(size=(2000, 2000)), "jpeg", progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    assert decode_image(data[:-2] + last_scan * 10 + data[-2:], LIMITS).width == 2000
    started = time.perf_counter()
    with pytest.raises(CorruptImageError, match="64 scans"):
        decode_image(data[:-2] + last_scan * 10_000 + data[-2:], LIMITS)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "data",
    [
        encode(PHOTO, "jpeg")[:2] + b"\xff\xe5\0\2" * 300_000 + encode(PHOTO, "jpeg")[2:],
        encode(PHOTO, "jpeg")[:2] + b"\xff" * 3_000_000 + encode(PHOTO, "jpeg")[2:],
        raw_png(PHOTO, 2, png_chunk(b"tEXt") * 300_000),
        encode(PHOTO, "gif")[:-1] + b"!\xfe\0" * 300_000 + b";",
        encode(PHOTO, "webp") + b"JUNK\0\0\0\0" * 300_000,
        encode(PHOTO, "avif") + b"\0\0\0\x08free" * 300_000,
    ],
    ids=["jpeg", "jpeg-fill", "png", "gif", "webp", "avif"],
)
def test_a_file_cut_into_hundreds_of_thousands_of_parts_is_refused(data: bytes) -> None:
    started = time.perf_counter()
    with pytest.raises(CorruptImageError, match="250000 parts"):
        decode_image(data, LIMITS)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("image_format", list(ImageFormat))
@pytest.mark.parametrize("share", [0.03, 0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_is_called_truncated(
    image_format: ImageFormat,
    share: float,
) -> None:
    data = encode(PHOTO, image_format)
    with pytest.raises(TruncatedImageError, match="ends before"):
        decode_image(data[: max(30, int(len(data) * share))], LIMITS)


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_of_any_kind_is_never_shown_half(options: dict[str, object]) -> None:
    data = encode(PHOTO, "jpeg", **options)
    for end in range(20, len(data) - 20, 37):
        with pytest.raises(TruncatedImageError):
            decode_image(data[:end], LIMITS)


def test_a_still_picture_without_its_end_mark_is_whole() -> None:
    for image_format, mark in (("gif", 1), ("png", 12)):
        data = encode(PHOTO, image_format)
        assert decode_image(data[:-mark], LIMITS).width == 96


@pytest.mark.parametrize(
    ("image_format", "before"),
    [
        ("jpeg", b"\xff\xc4"),
        ("png", b"IDAT"),
        ("webp", b"WEBPVP8 "),
        ("avif", b"mdat"),
        ("heif", b"mdat"),
    ],
)
def test_damage_that_is_not_a_cut_is_called_corrupt(image_format: str, before: bytes) -> None:
    data = encode(PHOTO, image_format)
    at = data.index(before) + len(before)
    with pytest.raises(CorruptImageError, match="damaged"):
        decode_image(data[: at + 4] + b"\xee" * 4 + data[at + 8 :], LIMITS)
    with pytest.raises(CorruptImageError, match="damaged"):
        decode_image(data[:at] + bytes(12) + data[at + 12 :], LIMITS)


def test_compressed_text_in_a_png_is_never_unpacked() -> None:
    megabytes = zlib.compress(bytes(MIB - 1))
    texts = (png_chunk(b"zTXt", b"k%d\0\0" % entry + megabytes) for entry in range(80))
    with little_memory(64 * MIB):
        assert decode_image(raw_png(PHOTO, 2, *texts), LIMITS).width == 96


def test_the_sentence_shows_nothing_of_the_machine() -> None:
    with pytest.raises(ImageRefusedError) as refusal:
        decode_image(encode(PHOTO, "png")[:300], LIMITS)
    assert str(refusal.value) == "The PNG file ends before its picture does."
    assert refusal.value.__cause__ is not None


def test_pillows_warnings_stay_inside_and_the_filters_are_put_back() -> None:
    twice = png_chunk(b"acTL", struct.pack(">II", 2, 0)) * 2  # Pillow warns of a second one
    exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\xff\xff\0\0\xff\xff\0\0"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        decode_image(raw_png(PHOTO, 2, twice), LIMITS)
        decode_image(encode(PHOTO, "jpeg", exif=exif), LIMITS)
        warnings.warn("seen", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["seen"]

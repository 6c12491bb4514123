"""Damaged files of every format: a valid picture or a refusal by name, never anything else.

The mutations are those of a fuzzer: cuts, flipped and extreme bytes, spans removed, repeated or
taken from elsewhere. PNG checksums are mended, so that damage reaches beyond them.
"""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from app.domain.errors import ImageRefusedError
from app.media.decoding import decode_image
from app.media.formats import ImageFormat
from app.media.limits import DecodeLimits
from tests.images import (
    encode,
    encode_animation,
    encode_image,
    encode_mode,
    encode_oriented,
    photo_array,
    raw_png,
)

# small, so that a size made large by a flipped bit is refused rather than painted
LIMITS = DecodeLimits(max_pixels=200_000, max_sequence_pixels=500_000)
ANIMATED = {ImageFormat.GIF, ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.AVIF}


@cache
def samples(image_format: ImageFormat) -> tuple[bytes, ...]:
    """A few honest files of a format, each a few hundred bytes to a few thousand."""
    photo = photo_array(seed=3, size=(40, 30))
    clear = Image.fromarray(photo).convert("RGBA")
    clear.putalpha(Image.fromarray(photo[..., 0].copy()))
    files = [encode(photo, image_format), encode_mode(photo, "L", image_format)]
    if image_format in ANIMATED:
        files.append(encode_animation([photo_array(s, (24, 18)) for s in range(4)], image_format))
    if image_format not in {ImageFormat.GIF, ImageFormat.BMP}:
        files.append(encode_oriented(photo, 6, image_format))
    if image_format is not ImageFormat.JPEG:
        files.append(encode_image(clear, image_format))
    if image_format in {ImageFormat.PNG, ImageFormat.GIF, ImageFormat.BMP}:
        files += [encode_mode(photo, "P", image_format), encode_mode(photo, "1", image_format)]
    if image_format is ImageFormat.PNG:
        files.append(raw_png(np.full((9, 7, 3), 513, np.uint16), 2))
    if image_format is ImageFormat.JPEG:
        files += [encode(photo, "jpeg", progressive=True), encode_mode(photo, "CMYK", "jpeg")]
    return tuple(files)


def mended(data: bytes) -> bytes:
    """A PNG with the checksum of each chunk set right."""
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            break
        body = data[at + 4 : at + 8 + length]
        parts.append(data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return b"".join([*parts, data[at:]])


def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """One mutation, most often near the beginning, where the headers are."""
    reach = draw(st.sampled_from([60, 300, 100_000]))
    at = draw(st.integers(0, max(0, min(len(data), reach) - 1)))
    span = draw(st.integers(1, 24))
    kind = draw(st.sampled_from(["set", "set", "flip", "extreme", "remove", "repeat", "cut"]))
    if kind == "cut":
        return data[: at + span]
    if kind == "remove":
        return data[:at] + data[at + span :]
    if kind == "repeat":
        return data[: at + span] + data[at:]
    if kind == "flip":
        new = bytes(byte ^ 1 << draw(st.integers(0, 7)) for byte in data[at : at + 1])
    elif kind == "extreme":
        new = draw(st.sampled_from([b"\0", b"\xff", b"\x7f", b"\x80"])) * (span % 8 + 1)
    else:
        new = draw(st.binary(min_size=1, max_size=4))
    return data[:at] + new + data[at + len(new) :]


@st.composite
def damaged(draw: st.DrawFn, image_format: ImageFormat) -> bytes:
    """A real file with one to four mutations."""
    data = draw(st.sampled_from(samples(image_format)))
    for _ in range(draw(st.integers(1, 4))):
        data = mutated(draw, data)
    return mended(data) if image_format is ImageFormat.PNG else data


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_a_damaged_file_is_decoded_or_refused_by_name(image_format: ImageFormat) -> None:
    outcomes: set[type[object]] = set()

    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(damaged(image_format))
    def decoded_or_refused(data: bytes) -> None:
        try:
            image = decode_image(data, LIMITS)
        except ImageRefusedError as refusal:
            outcomes.add(type(refusal))
        else:
            outcomes.add(type(image))
            assert image.width * image.height <= LIMITS.max_pixels
            assert len(image.frames) <= LIMITS.max_frames

    decoded_or_refused()
    assert len(outcomes) >= 3  # the mutations are neither all harmless nor all fatal


@given(st.binary(max_size=200), st.sampled_from([b"", *(encode(photo_array(), "png")[:8],)]))
@settings(max_examples=200)
def test_noise_is_refused_by_name(noise: bytes, start: bytes) -> None:
    with pytest.raises(ImageRefusedError):
        decode_image(start + noise, LIMITS)


def test_threads_get_what_a_single_thread_gets() -> None:
    files = [data for image_format in ImageFormat for data in samples(image_format)]

    def total(data: bytes) -> int:
        return sum(int(frame.sum()) for frame in decode_image(data, LIMITS).frames)

    expected = [total(data) for data in files]
    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(total, files * 5)) == expected * 5

"""Boxes of AVIF and HEIF: items may not share bytes to a degree that no encoder produces."""

import struct

import pytest

from app.domain.errors import CorruptImageError
from app.media.containers.boxes import outline_boxes
from app.media.containers.outline import Outline
from app.media.limits import MIB, DecodeLimits

LIMITS = DecodeLimits()


def box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind: bytes, version: int, *bodies: bytes, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *bodies)


def size(width: int, height: int) -> bytes:
    return box(b"iprp", box(b"ipco", full(b"ispe", 0, struct.pack(">II", width, height))))


def shown(hidden: int = 0) -> bytes:
    return full(b"infe", 2, b"\0\1\0\0hvc1\0", flags=hidden)


def locations(version: int, lengths: list[int]) -> bytes:
    """An `iloc` in which every item has one stretch from the first byte on."""
    number = ">I" if version == 2 else ">H"
    items = b""
    for item, length in enumerate(lengths):
        items += struct.pack(number, item) + (b"\0\0" if version else b"")
        items += struct.pack(">HHII", 0, 1, 0, length)
    return full(b"iloc", version, b"\x44\0", struct.pack(number, len(lengths)), items)


def photo(*metadata: bytes, pixel_bytes: int = MIB) -> bytes:
    meta = full(b"meta", 0, *metadata)
    return box(b"ftyp", b"heic\0\0\0\0") + meta + box(b"mdat", bytes(pixel_bytes))


def test_the_largest_item_counts() -> None:
    data = photo(size(40, 30), size(8000, 6000), size(512, 512))
    assert outline_boxes(data, LIMITS) == Outline(8000, 6000, 1, complete=True)


def test_a_second_box_of_metadata_cannot_hide_the_first() -> None:
    data = photo(size(8000, 6000)) + full(b"meta", 0, size(1, 1))
    assert outline_boxes(data, LIMITS).width == 8000


@pytest.mark.parametrize("version", [0, 1, 2])
def test_items_side_by_side_are_fine_and_shared_ones_are_not(version: int) -> None:
    assert outline_boxes(photo(locations(version, [MIB // 200] * 200)), LIMITS).complete
    assert outline_boxes(photo(locations(version, [MIB] * 18)), LIMITS).complete
    with pytest.raises(CorruptImageError, match="more bytes than it has"):
        outline_boxes(photo(locations(version, [MIB] * 20)), LIMITS)


def test_a_length_of_zero_means_the_whole_file() -> None:
    with pytest.raises(CorruptImageError, match="more bytes than it has"):
        outline_boxes(photo(locations(0, [0] * 20)), LIMITS)


def test_a_stretch_without_any_fields_cannot_stall_the_walk() -> None:
    endless = full(b"iloc", 0, b"\0\0", b"\xff\xff", b"\0\1\0\1\xff\xff" * 1000)
    with pytest.raises(CorruptImageError):
        outline_boxes(photo(endless), LIMITS)


def test_many_shown_pictures_are_refused_in_a_large_file_only() -> None:
    assert outline_boxes(photo(shown() * 300), LIMITS).complete
    assert outline_boxes(photo(shown(hidden=1) * 300, pixel_bytes=8 * MIB), LIMITS).complete
    with pytest.raises(CorruptImageError, match="300 pictures"):
        outline_boxes(photo(shown() * 300, pixel_bytes=8 * MIB), LIMITS)


@pytest.mark.parametrize("declared", [b"\0\0\0\0", b"\0\0\0\7", b"\xff\xff\xff\xff"])
def test_a_box_of_impossible_size_ends_the_walk(declared: bytes) -> None:
    outline = outline_boxes(declared + b"meta" + bytes(100), LIMITS)
    assert not outline.complete


def test_a_size_in_eight_bytes_is_read() -> None:
    long_box = struct.pack(">I4sQ", 1, b"free", 16 + 5) + b"12345"
    assert outline_boxes(long_box + photo(), LIMITS).complete
    huge = struct.pack(">I4sQ", 1, b"meta", 2**63) + bytes(4) + locations(0, [1] * 3)
    assert not outline_boxes(huge, LIMITS).complete

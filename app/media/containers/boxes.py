"""The boxes of an AVIF or HEIF file: what its metadata promises about sizes, items and bytes.

Only what bounds the cost of decoding is read (ISO/IEC 14496-12 and 23008-12): `ispe`, the size of
an item; `infe`, the items; `iloc`, the bytes of each. Honest items lie side by side in the file.
Hostile ones all point at the same megabytes, and a decoder that copies them item by item turns
ten megabytes into gigabytes; those are refused before a decoder is asked.
"""

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.errors import CorruptImageError
from app.media.containers.outline import Outline
from app.media.limits import MIB, DecodeLimits

# version and flags, then width and height; it may stand anywhere in the metadata
_ITEM_SIZE: Final = re.compile(rb"ispe.{4}(.{4})(.{4})", re.DOTALL)
# version, then flags, of which the lowest bit hides an item: a tile, a mask, a thumbnail's part
_ITEM: Final = re.compile(rb"infe...(.)", re.DOTALL)
# libavif stores equal tiles once, so that the items of a small file may well share bytes
_SHARED_BYTES: Final = 16 * MIB
# libheif's bindings copy the metadata of every visible item, each up to the size of the file
_COPIED_FILES: Final = 16


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its four-letter name, where its body begins and ends, whether all of it is there."""

    kind: bytes
    start: int
    end: int
    whole: bool


def outline_boxes(data: bytes, limits: DecodeLimits) -> Outline:
    """Size of the largest item; complete if pixels are there and no box passes the end.

    Raises:
        CorruptImageError: More boxes than the limit, or items that share their bytes.
    """
    size = (0, 0)
    has_pixels = whole = False
    for box in limits.each_part(_boxes(data, 0, len(data))):
        if box.kind == b"meta":
            size = max(size, _largest_size(data, box), key=math.prod)
            _check_items(data, box, limits)
        has_pixels |= box.kind == b"mdat"
        whole = box.whole
    return Outline(*size, complete=has_pixels and whole)


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Boxes side by side; the last may claim to reach past `end`, where it is clipped."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1:  # the size did not fit and follows the name
            size, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        past = start + size if size >= header else end  # 0: as far as the file goes
        yield _Box(kind, start + header, min(past, end), whole=past <= end)
        start = past


def _largest_size(data: bytes, meta: _Box) -> tuple[int, int]:
    """Width and height of the largest item before cropping, (0, 0) if none says.

    The decoder names the size after cropping, but must decode the whole to get there.
    """
    sizes = [
        (int.from_bytes(columns, "big"), int.from_bytes(rows, "big"))
        for columns, rows in _ITEM_SIZE.findall(data, meta.start, meta.end)
    ]
    return max(sizes, key=math.prod, default=(0, 0))


def _check_items(data: bytes, meta: _Box, limits: DecodeLimits) -> None:
    """Refuse items that share bytes to a degree that no encoder produces.

    Raises:
        CorruptImageError: The items claim far more bytes than there are, or so many are shown
            that copies of their metadata would fill the memory.
    """
    shown = sum(not flags[0] & 1 for flags in _ITEM.findall(data, meta.start, meta.end))
    if shown * len(data) > _COPIED_FILES * limits.max_bytes:
        raise CorruptImageError(f"The image file shows {shown} pictures, too many for its size.")
    # the children of `meta` follow four bytes of version and flags
    for box in _boxes(data, meta.start + 4, meta.end):
        if box.kind == b"iloc":
            _check_extents(data, box, limits)


def _check_extents(data: bytes, box: _Box, limits: DecodeLimits) -> None:
    """Add up the bytes that all items claim."""
    claimed = 0
    for length in limits.each_part(_extent_lengths(data, box)):
        claimed += length or len(data)  # 0: the whole file
        if claimed > 2 * len(data) + _SHARED_BYTES:
            raise CorruptImageError("The image file promises more bytes than it has.")


def _extent_lengths(data: bytes, box: _Box) -> Iterator[int]:
    """Length of each stretch of bytes that an item consists of (`iloc`, versions 0 to 2)."""
    at = box.start
    version, sizes = data[at : at + 1], int.from_bytes(data[at + 4 : at + 6], "big")
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = 0 if version == b"\0" else sizes & 15
    id_size = 4 if version == b"\2" else 2
    # item id, construction method from version 1 on, data reference, base offset
    item_header = id_size + (2 if version == b"\0" else 4) + base_size
    at += 6 + id_size
    while at < box.end:
        at += item_header
        extent_count = int.from_bytes(data[at : at + 2], "big")
        at += 2
        for _ in range(extent_count):
            at += index_size + offset_size + length_size
            if at > box.end:
                return
            yield int.from_bytes(data[at - length_size : at], "big")

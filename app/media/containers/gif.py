"""GIF (89a specification): a screen, then frames and extensions made of small blocks.

A frame may lie outside the screen, and Pillow then stretches the canvas; the outline gives the
size that it will have in the end.
"""

import struct
from collections.abc import Iterator
from typing import Final

from app.media.containers.outline import Outline
from app.media.limits import DecodeLimits

_EXTENSION, _IMAGE, _END, _DATA = 0x21, 0x2C, 0x3B, -1
_DESCRIPTOR: Final = struct.Struct("<4HB")


def outline_gif(data: bytes, limits: DecodeLimits) -> Outline:
    """Canvas and number of frames; complete if the end mark is reached.

    Raises:
        CorruptImageError: More blocks than the limit.
    """
    frames = 0
    complete = False
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    for kind, at in limits.each_part(_blocks(data)):
        if kind == _IMAGE:
            left, top, columns, rows, _ = _DESCRIPTOR.unpack_from(data, at)
            width, height = max(width, left + columns), max(height, top + rows)
            frames += 1
        complete = kind == _END
    return Outline(width, height, max(frames, 1), complete)


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Kind of each block and where its body begins, as far as they are whole."""
    try:
        at = 13 + _table_size(data[10])
        while (kind := data[at]) != _END:
            at += 1
            if kind == _IMAGE:
                flags = _DESCRIPTOR.unpack_from(data, at)[-1]
            yield kind, at
            if kind == _IMAGE:
                at += _DESCRIPTOR.size + _table_size(flags)
            if kind in {_IMAGE, _EXTENSION}:  # anything else is a stray byte that Pillow skips
                at += 1  # the code size of an image, the label of an extension
                while size := data[at]:
                    yield _DATA, at
                    at += size + 1
                at += 1
    except (IndexError, struct.error):
        return
    yield _END, at


def _table_size(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 6 << (flags & 7) if flags & 0x80 else 0

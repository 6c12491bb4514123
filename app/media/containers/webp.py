"""WebP (RFC 9649): RIFF chunks, either one bitstream or a canvas with frames.

libwebp allocates the canvas, up to a gigabyte of it, before it can be asked for its size. Of an
animation without transparent frames Pillow paints black what the frames leave of the canvas, where
browsers show the page; a flag in the header is set so that it does not.
"""

import struct
from collections.abc import Iterator

from app.media.containers.outline import Outline
from app.media.limits import DecodeLimits

_ALPHA, _ANIMATION = 0x10, 0x02  # flags of the extended header


def outline_webp(data: bytes, limits: DecodeLimits) -> Outline:
    """Canvas and number of frames; complete if the file is as long as it says.

    Raises:
        CorruptImageError: More chunks than the limit.
    """
    width = height = frames = 0
    for kind, at in limits.each_part(_chunks(data)):
        columns, rows = _size(kind, data[at : at + 10])
        width, height = max(width, columns), max(height, rows)
        frames += kind == b"ANMF"
    announced = int.from_bytes(data[4:8], "little") + 8
    return Outline(width, height, max(frames, 1), complete=announced <= len(data))


def clear_canvas(data: bytes) -> bytes:
    """The same animation, its canvas marked as transparent; other files as they are."""
    if data[12:16] != b"VP8X" or len(data) < 21 or not data[20] & _ANIMATION:
        return data
    return data[:20] + bytes([data[20] | _ALPHA]) + data[21:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Name of each chunk and where its body begins; bodies are padded to an even length."""
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at + 8
        at += 8 + length + length % 2


def _size(kind: bytes, body: bytes) -> tuple[int, int]:
    """Width and height from the first ten bytes of a chunk, (0, 0) if it holds none."""
    if kind == b"VP8X":  # two 24-bit numbers, one less than the size
        columns, rows = body[4:7], body[7:10]
        return int.from_bytes(columns, "little") + 1, int.from_bytes(rows, "little") + 1
    if kind == b"VP8 ":  # two 14-bit numbers, each below two bits of scale
        bits = int.from_bytes(body[6:10], "little")
        return bits & 0x3FFF, bits >> 16 & 0x3FFF
    if kind == b"VP8L":  # two 14-bit numbers without a gap, one less than the size
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return 0, 0

"""PNG (W3C, third edition): chunks. They are counted, and only those of the picture are let pass.

Pillow keeps the text entries of a PNG in the same dictionary as its own notes, so a text entry
called `interlace` or `transparency` spoils a picture that every browser shows. Text and colour
profiles also come compressed. Neither says anything about the pixels here, so both are left out.
"""

import struct
from collections.abc import Iterator

from app.media.containers.outline import Outline
from app.media.limits import DecodeLimits

_PICTURE_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf", b"acTL", b"fcTL", b"fdAT"},
)


def outline_png(data: bytes, limits: DecodeLimits) -> Outline:
    """Size and number of frames; complete if the end chunk is reached.

    An animation's own count is believed only as far as there are frames.

    Raises:
        CorruptImageError: More chunks than the limit.
    """
    width = height = announced = controls = still = 0
    kind = b""
    for kind, at, _ in limits.each_part(_chunks(data)):
        body = data[at + 8 : at + 16]
        if kind == b"IHDR" and len(body) == 8:
            width, height = struct.unpack(">II", body)
        elif kind == b"acTL":
            announced = int.from_bytes(body[:4], "big")
        elif kind == b"fcTL":
            controls += 1
        elif kind == b"IDAT" and controls == 0:
            still = 1  # a picture ahead of the animation, for viewers that show stills
    frames = still + min(announced, controls) if announced else 1
    return Outline(width, height, max(frames, 1), complete=kind == b"IEND")


def keep_picture_chunks(data: bytes) -> bytes:
    """The same picture without metadata; damage is kept as it is, for the decoder to find."""
    kept = [data[at:end] for kind, at, end in _chunks(data) if kind in _PICTURE_CHUNKS]
    return b"".join([data[:8], *kept])


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and end of each chunk; the last may reach past the end of the file."""
    at, kind = 8, b""
    while at + 8 <= len(data) and kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        yield kind, at, end
        at = end

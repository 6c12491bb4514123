"""BMP: one header with everything at a fixed place, in two sizes of numbers."""

import struct

from app.media.containers.outline import Outline
from app.media.limits import DecodeLimits


def outline_bmp(data: bytes, _limits: DecodeLimits) -> Outline:
    """Size; complete if the file is as long as it says. Rows run downwards if there are minus."""
    layout = "<HH" if data[14:18] == b"\x0c\0\0\0" else "<Ii"
    if len(data) < 26:
        return Outline()
    width, height = struct.unpack_from(layout, data, 18)
    announced = int.from_bytes(data[2:6], "little")
    return Outline(width, abs(height), complete=announced <= len(data))

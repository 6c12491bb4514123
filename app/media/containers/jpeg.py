"""JPEG (ITU-T T.81, annex B): segments between markers, then one or more scans.

A progressive file paints its picture in several scans, and each costs a pass over all of it. Two
hundred thousand empty scans fit into twenty megabytes and keep a decoder busy for hours, so they
are counted; nothing is said about the pixels.
"""

import re
import struct
from typing import Final

from app.media.containers.outline import Outline
from app.media.limits import DecodeLimits

# inside a scan, FF00 is a stuffed data byte, and FFD0 to FFD7 go on with the same scan
_MARKER: Final = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def outline_jpeg(data: bytes, limits: DecodeLimits) -> Outline:
    """Size from the frame header; complete if the end mark is reached.

    Raises:
        CorruptImageError: More segments or scans than the limits.
    """
    width = height = scans = parts = at = 0
    while marker := _MARKER.search(data, at):
        # ahead of the scans, Pillow steps over stray bytes one at a time
        parts += 1 if scans else 1 + marker.start() - at
        limits.check_parts(parts)
        kind, at = marker[1][0], marker.end()
        if kind == _END:
            return Outline(width, height, complete=True)
        if kind == _SCAN:
            scans += 1
            limits.check_scans(scans)
        if kind in _SIZES and at + 7 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 3)
        if kind != _START:
            at += int.from_bytes(data[at : at + 2], "big")
    return Outline(width, height)

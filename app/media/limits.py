"""How much one image may cost. Every limit is checked against headers, before a pixel is decoded.

Bytes and pixels bound memory. The other limits bound time: a file of a few hundred kilobytes can
otherwise keep a decoder busy for minutes without ever being large (an animation of a million
frames, a progressive JPEG that repaints the same picture a hundred thousand times).
Nothing here decodes or reads a file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TypeVar

from app.domain.errors import CorruptImageError, ImageTooLargeError, TooManyPixelsError

Part = TypeVar("Part")

MIB = 1024 * 1024

# Pillow refuses larger pictures by a switch of its own; a limit above it could not be kept.
PILLOW_HARD_LIMIT = 178_956_970


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What `decode_image` accepts from one file.

    Attributes:
        max_bytes: Size of the file.
        max_pixels: Width times height of one frame, as its header states them.
        max_frames: Frames kept of an animation; a still picture has one.
        max_sequence_pixels: Pixels decoded over a whole animation, kept or not, because most
            formats reach a late frame only through all earlier ones; a frame counts as 65,536 at
            least. An animation is sampled from as many leading frames as fit. The first frame is
            always decoded.
        max_scans: Passes over the picture in one JPEG. Encoders write at most about twenty.
        max_parts: Segments, chunks or blocks that a file is cut into, and stray bytes in a header.

    Raises:
        ValueError: A limit below one, or `max_pixels` above what Pillow itself opens.

    >>> DecodeLimits(max_pixels=0)
    Traceback (most recent call last):
        ...
    ValueError: max_pixels must be at least 1, not 0
    """

    max_bytes: int = 20 * MIB
    max_pixels: int = 50_000_000
    max_frames: int = 4
    max_sequence_pixels: int = 100_000_000
    max_scans: int = 64
    max_parts: int = 250_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value < 1:
                raise ValueError(f"{field.name} must be at least 1, not {value}")
        if self.max_pixels > PILLOW_HARD_LIMIT:
            raise ValueError(f"max_pixels must be at most {PILLOW_HARD_LIMIT}")

    def check_bytes(self, byte_count: int) -> None:
        """Refuse a file by its size alone.

        Raises:
            ImageTooLargeError: More bytes than the limit.
        """
        if byte_count > self.max_bytes:
            raise ImageTooLargeError(
                f"The image has {byte_count} bytes; the limit is {self.max_bytes}.",
            )

    def check_pixels(self, width: int, height: int) -> None:
        """Refuse a picture by the size in its header.

        Raises:
            TooManyPixelsError: More pixels than the limit.
        """
        if width * height > self.max_pixels:
            raise TooManyPixelsError(
                f"The image has {width} x {height} pixels; the limit is {self.max_pixels} in all.",
            )

    def check_scans(self, scan_count: int) -> None:
        """Refuse a JPEG that repaints its picture without end.

        Raises:
            CorruptImageError: More scans than the limit.
        """
        if scan_count > self.max_scans:
            raise CorruptImageError(f"The image has more than {self.max_scans} scans.")

    def check_parts(self, part_count: int) -> None:
        """Refuse a file that is mostly structure.

        Raises:
            CorruptImageError: More parts than the limit.
        """
        if part_count > self.max_parts:
            raise CorruptImageError(f"The image file has more than {self.max_parts} parts.")

    def each_part(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts as they come, until there are too many.

        Raises:
            CorruptImageError: More parts than the limit.
        """
        for count, part in enumerate(parts, start=1):
            self.check_parts(count)
            yield part

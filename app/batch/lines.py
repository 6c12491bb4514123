"""Cuts a file into lines of bounded length, whatever its bytes are.

Lines end with LF; a CR before it stays with its line, and a byte order mark at the start is
dropped. Of a line above the limit only the head is kept, and the rest is skipped without ever being
in memory, so that one endless line costs no more than any other. Nothing is decoded here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MAX_LINE_BYTES = 10 * 2**20
_BOM = b"\xef\xbb\xbf"
_SKIP_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its line end, or the head of one that is too long; `number` starts at 1."""

    number: int
    data: bytes
    too_long: bool = False

    @property
    def blank(self) -> bool:
        """Nothing but white space."""
        return not self.too_long and not self.data.strip()


def read_lines(file: BinaryIO, limit: int = MAX_LINE_BYTES) -> Iterator[Line]:
    r"""Yield every line of a file.

    >>> import io
    >>> [(line.data, line.too_long) for line in read_lines(io.BytesIO(b"ab\nabcdef\nc"), limit=3)]
    [(b'ab\n', False), (b'abcd', True), (b'c', False)]
    """
    start, number = _BOM, 0
    while data := file.readline(limit + 1):
        number += 1
        too_long = len(data) > limit and not data.endswith(b"\n")
        if too_long:
            _skip_line(file)
        yield Line(number, data.removeprefix(start), too_long)
        start = b""


def _skip_line(file: BinaryIO) -> None:
    while (data := file.readline(_SKIP_BYTES)) and not data.endswith(b"\n"):
        pass

"""Which encoding a text file is in, and a stream that reads any of them as UTF-8.

A byte order mark decides. Without one, a file whose lines beyond ASCII are mostly UTF-8 is UTF-8,
so that one damaged line does not turn the others into nonsense; else charset-normalizer chooses
among what marketplaces' exports are written in. Bytes that the encoding does not have come through
as bytes that are no UTF-8, and spoil the row they stand in alone.
"""

import codecs
import io
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.domain.errors import UnsupportedFileError

SAMPLE_BYTES = 2**20
UTF8 = "utf-8"
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DEFAULT = "cp1252"
_CANDIDATES = [_DEFAULT, "cp1250", "cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr"]
_BLOCK = 2**16


def checked_encoding(name: str) -> str:
    """Return an encoding's usual name.

    Raises:
        UnsupportedFileError: when there is none of that name.
    """
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UnsupportedFileError(f"there is no encoding {name!r}") from None


def detected_encoding(sample: bytes) -> str:
    r"""Return the encoding that the start of a file is most probably in.

    >>> detected_encoding("größer\n".encode("cp1252")), detected_encoding("größer\n".encode())
    ('cp1252', 'utf-8')
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if wide := _unmarked_utf16(sample):
        return wide
    beyond = [line for line in sample.split(b"\n") if not line.isascii()]
    # The sample may end inside a character, so the last line has no vote when there are others.
    voters = beyond[:-1] or beyond
    if 2 * sum(map(_is_utf8, voters)) >= len(voters):
        return UTF8
    found = from_bytes(b"\n".join(voters), cp_isolation=_CANDIDATES)
    best = found.best()
    # Western and Central European text look alike; where both would do, the usual one does.
    if best is None or any(_DEFAULT in match.could_be_from_charset for match in found):
        return _DEFAULT
    return best.encoding


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(sample: bytes) -> str:
    """Recognise ASCII in two bytes each by its zeros, which no other text has."""
    head = sample[:1024]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros and 2 * zeros.count(0) > len(zeros):
            return name
    return ""


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """Return a file whose bytes are those of `file` in UTF-8, without reading them ahead."""
    if encoding == UTF8:
        return file
    return io.BufferedReader(_Recoded(file, encoding), _BLOCK)


class _Recoded(io.RawIOBase):
    """Decodes block by block and encodes again."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        wide = encoding.startswith("utf-16")
        # Neither handler loses a byte, and neither makes valid UTF-8 of what was invalid.
        self._errors = "surrogatepass" if wide else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(self._errors)
        self._file = file
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        while not self._ready and not self._ended:
            self._fill()
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed's Buffer is 3.12's
        count = min(len(view), len(self._ready))
        view[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _fill(self) -> None:
        data = self._file.read(_BLOCK)
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:  # a file that ends inside a character, or lost a byte
            self._decoder.reset()
            self._ready = b"\xff"
            return
        self._ready = text.encode(errors=self._errors)

"""Reads and writes files that are compressed as their last extension says.

A compressed file that ends too early is an error and never a short catalogue: the readers used
here all check for the end mark. What is written carries no time and no name, so that the same
content has the same bytes.
"""

import bz2
import gzip
import io
import lzma
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import pyarrow as pa

COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
# What the libraries raise for damaged data, beside OSError.
DAMAGE = (EOFError, lzma.LZMAError, pa.ArrowException)
_LEVEL = 6


def split_extensions(name: str) -> tuple[str, str]:
    """Return a name's format and compression, lower case; empty where it has none.

    >>> split_extensions("in.csv.GZ"), split_extensions("in.parquet"), split_extensions("in.gz")
    (('.csv', '.gz'), ('.parquet', ''), ('', '.gz'))
    """
    path = PurePosixPath(name.lower())
    if path.suffix not in COMPRESSIONS:
        return path.suffix, ""
    return path.with_suffix("").suffix, path.suffix


def decompressed(file: BinaryIO, compression: str) -> BinaryIO:
    """Return a file that reads the content of a compressed one."""
    match compression:
        case ".gz":
            return cast("BinaryIO", gzip.GzipFile(fileobj=file))
        case ".bz2":
            return cast("BinaryIO", bz2.BZ2File(file))
        case ".xz":
            return cast("BinaryIO", lzma.LZMAFile(file))
        case ".zst":
            return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd"))
    return file


def compressing(file: BinaryIO, compression: str) -> BinaryIO:
    """Return a file that compresses into another; closing it leaves the other open."""
    match compression:
        case ".gz":
            return cast("BinaryIO", gzip.GzipFile("", "wb", _LEVEL, file, mtime=0))
        case ".bz2":
            return cast("BinaryIO", bz2.BZ2File(file, "wb"))
        case ".xz":
            return cast("BinaryIO", lzma.LZMAFile(file, "wb"))
        case ".zst":
            return cast("BinaryIO", _Zstandard(file))
    return cast("BinaryIO", _Plain(file))


class _Plain(io.RawIOBase):
    """Hands on what is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self._file.write(data)


class _Zstandard(io.RawIOBase):
    """Arrow's stream, which would close the file below with itself."""

    def __init__(self, file: BinaryIO) -> None:
        self._stream = pa.CompressedOutputStream(pa.PythonFile(_Plain(file), "w"), "zstd")

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

"""Lines of any bytes: whole, bounded, and none lost."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.catalog_files import catalog_files
from app.batch.lines import Line, read_lines
from app.domain.errors import UnsupportedFileError


def _read(data: bytes, limit: int = 10) -> list[Line]:
    return list(read_lines(io.BytesIO(data), limit))


def test_a_line_of_exactly_the_limit_is_whole() -> None:
    assert _read(b"0123456789\nx") == [Line(1, b"0123456789\n"), Line(2, b"x")]
    assert _read(b"0123456789") == [Line(1, b"0123456789")]


def test_a_longer_line_is_cut_and_the_next_one_is_read() -> None:
    assert _read(b"0123456789abcdef\nx\n") == [Line(1, b"0123456789a", True), Line(2, b"x\n")]


def test_a_byte_order_mark_is_dropped_at_the_start_alone() -> None:
    assert _read(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n") == [
        Line(1, b"a\n"),
        Line(2, b"\xef\xbb\xbfb\n"),
    ]


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b""))))
def test_there_is_one_line_for_each_line_end(lines: list[bytes]) -> None:
    found = _read(b"".join(line + b"\n" for line in lines))
    assert len(found) == len(lines)
    assert [line.too_long for line in found] == [len(line) > 10 for line in lines]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(UnsupportedFileError, match="no catalogue file"):
            catalog_files(path)

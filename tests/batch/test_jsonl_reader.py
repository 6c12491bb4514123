"""JSONL: every good row survives whatever stands between."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.batch.jsonl_reader import JsonlReader
from app.batch.rows import BadRow, CatalogRow, Row
from tests.batch.samples import catalog_file, listing_values

GOOD = json.dumps(listing_values(1)).encode()


def _rows(path: Path, data: bytes, limit: int = 10_000) -> list[Row]:
    path.write_bytes(data)
    reader = JsonlReader(catalog_file(path), max_line_bytes=limit)
    rows = list(reader.rows())
    assert reader.count() == len(rows)
    assert [row.place.number for row in rows] == list(range(1, len(rows) + 1))
    return rows


def test_rows_are_read_with_a_bom_crlf_blank_lines_and_no_last_line_end(tmp_path: Path) -> None:
    rows = _rows(tmp_path / "in.jsonl", b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + GOOD)
    assert [type(row) for row in rows] == [CatalogRow, CatalogRow]
    assert rows[0].digest == rows[1].digest


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"listing_id": "A", "images": [', "not JSON: Expecting value at column 32"),
        (b'{"listing_id": "A", "images": []} x', "not JSON: Extra data"),
        (b'{"listing_id": "A", "images": [], "price": NaN}', "not JSON: NaN"),
        (b'["A"]', "not a JSON object"),
        (b"[" * 9_000, "too deep"),
        (b'{"listing_id": "A", "images": [], "price": ' + b"1" * 5_000 + b"}", "too long"),
        (b'{"images": []}', "listing_id"),
        (b'{"listing_id": "A", "images": "a.jpg"}', "images must be a list"),
        (b'{"listing_id": "\xff", "images": []}', "not valid UTF-8"),
        (b'{"listing_id": "A\x00", "images": []}', "null character"),
        (b'{"listing_id": "\\ud800", "images": []}', "not valid Unicode"),
        (b'{"listing_id": "' + b"A" * 10_000 + b'", "images": []}', "longer than 10000 bytes"),
    ],
)
def test_a_bad_line_is_told_and_its_neighbours_are_read(
    tmp_path: Path, line: bytes, complaint: str
) -> None:
    first, bad, last = _rows(tmp_path / "in.jsonl", GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    assert isinstance(first, CatalogRow)
    assert isinstance(last, CatalogRow)
    assert isinstance(bad, BadRow)
    assert complaint in bad.reason
    assert bad.text == line.decode(errors="replace")[:200]


def test_a_listing_twice_is_two_rows(tmp_path: Path) -> None:
    assert len(_rows(tmp_path / "in.jsonl", (GOOD + b"\n") * 2)) == 2


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert _rows(tmp_path / "in.jsonl", b"") == []


junk = st.one_of(
    st.binary(max_size=60),
    st.text('{}[]",:\\nul0e', max_size=60).map(str.encode),
    st.builds(lambda cut, tail: GOOD[:cut] + tail, st.integers(0, 300), st.binary(max_size=5)),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), junk), max_size=8))
def test_any_bytes_leave_the_good_rows_alone(
    tmp_path: Path, pieces: list[tuple[bool, bytes]]
) -> None:
    data = b"".join(b"\n" + (GOOD if good else noise) for good, noise in pieces)
    rows = _rows(tmp_path / "in.jsonl", data)
    found = sum(isinstance(row, CatalogRow) for row in rows)
    assert found >= sum(good for good, _ in pieces)

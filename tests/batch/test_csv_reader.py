"""CSV: dialects are recognised, and one broken record stays one bad row."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.batch.csv_reader import MAX_RECORD_LINES, CsvReader, split_images
from app.batch.rows import BadRow, CatalogRow, Row
from app.domain.errors import InvalidInputError, UnsupportedFileError
from tests.batch.samples import catalog_file, csv_text, listing_values

HEADER = ",".join(listing_values(0)).encode() + b"\n"


def _rows(path: Path, data: bytes, limit: int = 10_000) -> list[Row]:
    path.write_bytes(data)
    reader = CsvReader(catalog_file(path), max_line_bytes=limit)
    rows = list(reader.rows())
    assert reader.count() == len(rows)
    assert [row.place.number for row in rows] == list(range(1, len(rows) + 1))
    return rows


def _good(number: int) -> bytes:
    return f"G{number},,größer,,,,,,a.jpg\n".encode()


def _ids(rows: list[Row]) -> list[str]:
    return [row.listing.listing_id if isinstance(row, CatalogRow) else "bad" for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_listing_comes_back_from_every_dialect(
    tmp_path: Path, delimiter: str, encoding: str, line_end: str
) -> None:
    values = [listing_values(number) for number in range(3)]
    text = csv_text(values, delimiter=delimiter)
    records = text.replace("\n", line_end).replace(f"two{line_end}lines", "two\nlines")
    rows = _rows(tmp_path / "in.csv", records.encode(encoding))
    for row, expected in zip(rows, values, strict=True):
        assert isinstance(row, CatalogRow)
        listing = row.listing
        assert {name: getattr(listing, name) for name in expected} == {
            **expected,
            "images": tuple(expected["images"]),
        }


def test_columns_may_come_in_any_order_case_and_company(tmp_path: Path) -> None:
    (row,) = _rows(tmp_path / "in.csv", b"Colour, IMAGES ,Listing_ID\nred,a.jpg,A\n")
    assert isinstance(row, CatalogRow)
    assert (row.listing.listing_id, row.listing.images) == ("A", ("a.jpg",))


@pytest.mark.parametrize(
    ("cell", "images"),
    [
        ("", []),
        ("a b.jpg", ["a b.jpg"]),
        ("a.jpg; b c.jpg ;", ["a.jpg", "b c.jpg"]),
        ("a;b.jpg|c.jpg", ["a;b.jpg", "c.jpg"]),
        ('["a|b;c.jpg", "d.jpg"]', ["a|b;c.jpg", "d.jpg"]),
        ("[]", []),
        ("[front].jpg|b.jpg", ["[front].jpg", "b.jpg"]),
    ],
)
def test_an_images_cell_is_split(cell: str, images: list[str]) -> None:
    assert split_images(cell) == images


def test_brackets_promise_json() -> None:
    with pytest.raises(InvalidInputError, match="not JSON"):
        split_images("[a.jpg]")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"id;pictures\n", "must name the columns listing_id and images"),
        (b"listing_id images\n", "separated by commas, semicolons, tabs"),
        (b"listing_id,images,images\n", "'images' twice"),
        (b'listing_id,images,"open\n', "must name"),
        (b"listing_id,images," + b"x" * 20_000, "must name"),
    ],
)
def test_a_header_of_no_use_refuses_the_file(tmp_path: Path, data: bytes, complaint: str) -> None:
    with pytest.raises(UnsupportedFileError, match=complaint):
        _rows(tmp_path / "in.csv", data)


def test_an_empty_file_and_a_header_alone_have_no_rows(tmp_path: Path) -> None:
    for data in (b"", b"\n \n", HEADER, HEADER.rstrip()):
        assert _rows(tmp_path / "in.csv", data) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"A,b.jpg", "2 cells, and the header has 9"),
        (b"A,,,,,,,,b.jpg,", "10 cells, and the header has 9"),
        (b",,,,,,,,b.jpg", "needs a listing_id"),
        (b"A,,,,,,12 EUR,,b.jpg", "price '12 EUR' is not a number"),
        (b"A,,,,,,nan,,b.jpg", "finite"),
        (b"A,,,,,,,,[b.jpg]", "not JSON"),
        (b'A,,"x"y,,,,,,b.jpg', "not CSV"),
        (b'A,,"never closed,,,,,,b.jpg', "a quote is opened on this line"),
        (b"A\rB,,,,,,,,b.jpg", "not CSV"),
        (b"A\xff,,,,,,,,b.jpg", "not valid UTF-8"),
        (b"A\x00,,,,,,,,b.jpg", "null character"),
        (b"A,,," + b"x" * 10_000 + b",,,,,b.jpg", "longer than 10000 bytes"),
    ],
)
def test_a_bad_line_is_told_and_its_neighbours_are_read(
    tmp_path: Path, line: bytes, complaint: str
) -> None:
    data = HEADER + _good(1) + line + b"\n" + _good(3) + _good(4)
    rows = _rows(tmp_path / "in.csv", data)
    assert _ids(rows) == ["G1", "bad", "G3", "G4"]
    bad = rows[1]
    assert isinstance(bad, BadRow)
    assert complaint in bad.reason
    assert bad.text == line.decode(errors="replace")[:200]


def test_a_cell_above_the_parsers_limit_is_a_bad_row(tmp_path: Path) -> None:
    line = b"A,,," + b"x" * 140_000 + b",,,,,b.jpg\n"
    rows = _rows(tmp_path / "in.csv", HEADER + line + _good(2), limit=10**6)
    assert _ids(rows) == ["bad", "G2"]


def test_an_open_quote_swallows_no_line_even_when_another_one_closes_it(tmp_path: Path) -> None:
    broken = b'A,,"oops,,,,,,a.jpg\n'
    closing = b'B,,",c",,,,,,b.jpg\n'
    rows = _rows(tmp_path / "in.csv", HEADER + broken + _good(2) + closing + _good(4))
    assert _ids(rows) == ["bad", "G2", "B", "G4"]


def test_a_record_has_a_bounded_number_of_lines(tmp_path: Path) -> None:
    def record(line_ends: int) -> bytes:
        return b'A,,,"' + b"\n" * line_ends + b'",,,,,a.jpg\n'

    path = tmp_path / "in.csv"
    assert _ids(_rows(path, HEADER + record(MAX_RECORD_LINES - 1) + _good(2))) == ["A", "G2"]
    too_long = _ids(_rows(path, HEADER + record(MAX_RECORD_LINES) + _good(2)))
    assert (too_long[0], too_long[-1]) == ("bad", "G2")


def test_a_record_has_a_bounded_number_of_bytes(tmp_path: Path) -> None:
    record = b'A,,,"' + (b"x" * 999 + b"\n") * 9 + b'",,,,,a.jpg\n'
    path = tmp_path / "in.csv"
    assert _ids(_rows(path, HEADER + record + _good(2))) == ["A", "G2"]
    too_long = _ids(_rows(path, HEADER + record + _good(2), limit=5_000))
    assert (too_long[0], too_long[-1]) == ("bad", "G2")


def test_quotes_that_reopen_on_every_line_cost_bounded_time(tmp_path: Path) -> None:
    rows = _rows(tmp_path / "in.csv", HEADER + b'x","y\n' * 1_100 + _good(1))
    assert _ids(rows) == ["bad"] * 1_100 + ["G1"]


junk = st.one_of(
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")),
    st.text('",;ab\r\\', max_size=30).map(str.encode),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), junk), max_size=10))
def test_any_bytes_leave_the_good_rows_alone(tmp_path: Path, pieces: list[bytes | None]) -> None:
    lines = [
        _good(number) if piece is None else piece + b"\n" for number, piece in enumerate(pieces)
    ]
    rows = _rows(tmp_path / "in.csv", HEADER + b"".join(lines))
    good = [f"G{number}" for number, piece in enumerate(pieces) if piece is None]
    assert [name for name in _ids(rows) if name.startswith("G")] == good


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text('listing_id,images;"\n', max_size=60)))
def test_any_file_is_read_or_refused(tmp_path: Path, content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    try:
        _rows(tmp_path / "in.csv", data)
    except UnsupportedFileError:
        assert data.strip()


@pytest.mark.parametrize(("cell", "price"), [("12,50", 12.5), ("-3,5", -3.5), ("12.50", 12.5)])
def test_a_decimal_comma_is_read(tmp_path: Path, cell: str, price: float) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"listing_id;price;images\nA;{cell};a.jpg\n")
    (row,) = CsvReader(catalog_file(path)).rows()
    assert isinstance(row, CatalogRow)
    assert row.listing.price == price

"""Encodings are found out, and what does not fit one spoils its own row alone."""

import io
from pathlib import Path

import pytest

from app.batch.csv_reader import CsvReader
from app.batch.encodings import as_utf8, checked_encoding, detected_encoding
from app.batch.rows import BadRow, CatalogRow
from app.domain.errors import UnsupportedFileError
from tests.batch.samples import catalog_file

TEXTS = {
    "cp1252": "Größe verstellbar, Ring für Damen; Bracelet doré à vis, 12 €, tamaño pequeño",
    "cp1250": "Pierścionek złoty, różowy, święta; příliš žluťoučký kůň",
    "cp1251": "Кольцо женское золотое, размер регулируется",
    "shift_jis": "ネックレス 女性用 ゴールド 送料無料",
    "gb18030": "女士手镯 钛钢 螺丝 玫瑰金 情侣款 不掉色",
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("lines", [1, 50])
def test_what_exports_are_written_in_is_found_out(encoding: str, lines: int) -> None:
    text = f"A,{TEXTS[encoding]} {TEXTS[encoding]}\n" * lines
    assert text.encode(encoding).decode(detected_encoding(text.encode(encoding))) == text


@pytest.mark.parametrize(
    ("sample", "encoding"),
    [
        (b"", "utf-8"),
        (b"plain\n", "utf-8"),
        ("größer".encode("utf-8-sig"), "utf-8"),
        ("größer".encode("utf-16"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("a,b\n1,2\n".encode("utf-16-be"), "utf-16-be"),
        (("größer\n" * 3).encode() + b"\xff\xff\n", "utf-8"),
    ],
)
def test_marks_and_majorities_decide(sample: bytes, encoding: str) -> None:
    assert detected_encoding(sample) == encoding


def test_a_file_is_recoded_across_blocks() -> None:
    text = "é€手\n" * 50_000
    for encoding in ("utf-16", "utf-16-le", "gb18030"):
        file = as_utf8(io.BytesIO(text.encode(encoding)), encoding)
        assert file.read().decode("utf-8-sig") == text


def test_bytes_that_an_encoding_lacks_spoil_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    good = "G{},größer,a.jpg\n"
    data = "listing_id,title,images\n" + good.format(1) + "B,\x81,a.jpg\n" + good.format(2)
    path.write_bytes(data.encode("latin-1"))
    first, bad, last = CsvReader(catalog_file(path), encoding="cp1252").rows()
    assert isinstance(first, CatalogRow)
    assert isinstance(last, CatalogRow)
    assert (first.listing.title, last.listing.listing_id) == ("größer", "G2")
    assert isinstance(bad, BadRow)
    assert (bad.reason, bad.place.line) == ("the row is not valid CP1252", 3)


@pytest.mark.parametrize("end", [1, 3])
def test_utf_16_that_ends_inside_a_character_is_a_bad_row(tmp_path: Path, end: int) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("listing_id,images\nA,a.jpg\nB,b😀".encode("utf-16")[:-end])
    rows = list(CsvReader(catalog_file(path)).rows())
    assert isinstance(rows[0], CatalogRow)
    assert isinstance(rows[1], BadRow)


def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("sep=;\nlisting_id;images\nA;a.jpg\n")
    (row,) = CsvReader(catalog_file(path)).rows()
    assert isinstance(row, CatalogRow)
    assert (row.place.number, row.place.line) == (1, 3)


def test_an_encoding_that_is_none_is_refused() -> None:
    assert checked_encoding("Latin-1") == "iso8859-1"
    with pytest.raises(UnsupportedFileError, match="no encoding 'klingon'"):
        checked_encoding("klingon")

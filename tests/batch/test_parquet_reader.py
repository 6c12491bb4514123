"""Parquet: paths or pictures in columns, bad rows by number, broken files by name."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch.parquet_reader import ParquetReader
from app.batch.rows import BadRow, CatalogRow, Row
from app.domain.errors import UnsupportedFileError
from app.media.limits import DecodeLimits
from app.services.sources import BytesSource
from tests.batch.samples import catalog_file, listing_values


def _write(path: Path, columns: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def _rows(path: Path) -> list[Row]:
    reader = ParquetReader(catalog_file(path))
    rows = list(reader.rows())
    assert reader.count() == len(rows)
    return rows


def _listing_columns(count: int) -> dict[str, Any]:
    values = [listing_values(number) for number in range(count)]
    return {name: [row[name] for row in values] for name in values[0]}


def test_a_listing_comes_back(tmp_path: Path) -> None:
    rows = _rows(_write(tmp_path / "in.parquet", _listing_columns(130)))
    assert [row.place.number for row in rows] == list(range(1, 131))
    for number, row in enumerate(rows):
        assert isinstance(row, CatalogRow)
        expected = listing_values(number)
        assert row.listing.images == tuple(expected["images"])
        assert (row.listing.title, row.listing.price) == (expected["title"], expected["price"])
        assert row.place.line is None


@pytest.mark.parametrize(
    ("images", "names"),
    [
        (pa.array([["a.jpg", "b.jpg"]]), ("a.jpg", "b.jpg")),
        (pa.array(["a.jpg | b.jpg"]), ("a.jpg", "b.jpg")),
        (pa.array([["a.jpg"]], pa.large_list(pa.large_string())), ("a.jpg",)),
        (pa.array([[b"one", b"two"]]), ("image 1", "image 2")),
        (pa.array([b"one"], pa.large_binary()), ("image 1",)),
        (pa.array([[{"bytes": b"one", "path": "x.jpg"}]]), ("x.jpg",)),
        (pa.array([{"bytes": b"one", "path": None}]), ("image 1",)),
        (pa.array([[{"path": "x.jpg", "bytes": None}]]), ("x.jpg",)),
        (pa.array([[]], pa.list_(pa.null())), ()),
    ],
)
def test_pictures_are_paths_or_bytes(tmp_path: Path, images: Any, names: tuple[str, ...]) -> None:
    (row,) = _rows(_write(tmp_path / "in.parquet", {"listing_id": [7], "images": images}))
    assert isinstance(row, CatalogRow)
    assert row.listing.listing_id == "7"
    assert row.listing.images == names
    for source, data in zip(row.sources, (b"one", b"two"), strict=False):
        if isinstance(source, BytesSource):
            assert source.read(DecodeLimits()) == data


def test_bytes_are_part_of_what_makes_rows_the_same(tmp_path: Path) -> None:
    images = pa.array([[b"one"], [b"one"], [b"two"]])
    path = _write(tmp_path / "in.parquet", {"listing_id": ["A"] * 3, "images": images})
    first, same, other = _rows(path)
    assert first.digest == same.digest != other.digest


def test_a_bad_row_is_told_by_number(tmp_path: Path) -> None:
    columns = {
        "listing_id": ["A", None, "C", "D"],
        "images": [["a.jpg"], ["b.jpg"], None, [None]],
        "price": [Decimal("1.50")] * 4,
    }
    rows = _rows(_write(tmp_path / "in.parquet", columns))
    assert isinstance(rows[0], CatalogRow)
    assert rows[0].listing.price == 1.5
    bad = [(row.place.number, row.reason) for row in rows if isinstance(row, BadRow)]
    assert bad == [
        (2, "a listing needs a listing_id"),
        (3, "images must be a list, not null"),
        (4, "image 1 must be text, not null"),
    ]


def test_a_mended_row_is_another_row(tmp_path: Path) -> None:
    first = _rows(_write(tmp_path / "a.parquet", {"listing_id": ["A"], "images": [[None]]}))
    second = _rows(_write(tmp_path / "b.parquet", {"listing_id": ["A"], "images": [[""]]}))
    assert first[0].digest != second[0].digest


def test_folders_of_a_partitioned_table_give_values(tmp_path: Path) -> None:
    path = tmp_path / "category=rings" / "in.parquet"
    (row,) = _rows(_write(path, {"listing_id": ["A"], "images": [["a.jpg"]]}))
    assert isinstance(row, CatalogRow)
    assert row.listing.category == "rings"


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"listing_id": ["A"]}, "no column 'images'"),
        ({"images": [["a"]]}, "no column 'listing_id'"),
        ({"listing_id": ["A"], "images": [5]}, "images is int64, not paths or pictures"),
        ({"listing_id": ["A"], "images": [[5]]}, "not paths or pictures"),
    ],
)
def test_columns_of_no_use_refuse_the_file(
    tmp_path: Path, columns: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(UnsupportedFileError, match=complaint):
        _rows(_write(tmp_path / "in.parquet", columns))


@pytest.mark.parametrize("part", ["footer", "page", "all", "none"])
def test_a_broken_file_is_refused(tmp_path: Path, part: str) -> None:
    path = _write(tmp_path / "in.parquet", _listing_columns(50))
    data = path.read_bytes()
    broken = {
        "footer": data[:-20],
        "page": data[:4] + b"\xff" * 200 + data[204:],
        "all": b"no Parquet",
        "none": b"",
    }
    path.write_bytes(broken[part])
    with pytest.raises(UnsupportedFileError, match=r"cannot read in.parquet: "):
        _rows(path)

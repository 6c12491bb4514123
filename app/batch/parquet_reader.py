"""Reads a catalogue in Parquet: one listing in each row, a few rows in memory at a time.

    listing_id   text, or whole numbers
    images       list<string>, or text as in CSV: paths
                 list<binary>, or list<struct<bytes, path>> as datasets have it: pictures
                 one of these without the list: a single picture

Other columns are those of every format. A folder named `category=rings`, as partitioned tables
have it, gives its rows that value. Columns of a type that can never make a listing are found when
the file is opened; a damaged page ends the reading, because nobody knows what rows it held.
"""

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from app.batch.catalog_files import CatalogFile, readable
from app.batch.csv_reader import split_images
from app.batch.rows import (
    COLUMNS,
    EXCERPT_CHARS,
    REQUIRED,
    Place,
    Row,
    bad_row,
    catalog_row,
)
from app.domain.errors import InvalidInputError, UnsupportedFileError

_ROWS_AT_ONCE = 64  # a row may carry two dozen pictures


class ParquetReader:
    """The rows of one Parquet file."""

    def __init__(self, file: CatalogFile) -> None:
        self._file = file

    def count(self) -> int:
        """Return how many rows `rows` will yield, as the file's footer says.

        Raises:
            UnsupportedFileError: when the file cannot be read or its columns not be used.
        """
        with self._opened() as table:
            return int(table.metadata.num_rows)

    def columns(self) -> tuple[str, ...]:
        """Return the columns' names.

        Raises:
            UnsupportedFileError: when the file cannot be read or its columns not be used.
        """
        with self._opened() as table:
            return tuple(table.schema_arrow.names)

    def rows(self, first: int = 1) -> Generator[Row, None, None]:
        """Yield every row in order, counted from `first`.

        Raises:
            UnsupportedFileError: when the file cannot be read to its end.
        """
        defaults = _partition(self._file.path)
        for number, values in enumerate(self._values(), start=first):
            yield self._row(Place(number, self._file.name), defaults | values)

    def _values(self) -> Iterator[dict[str, object]]:
        with self._opened() as table:
            wanted = [name for name in table.schema_arrow.names if name in COLUMNS]
            for batch in table.iter_batches(_ROWS_AT_ONCE, columns=wanted, use_threads=False):
                yield from batch.to_pylist()

    def _row(self, place: Place, values: dict[str, object]) -> Row:
        text = _excerpt(values)
        try:
            return catalog_row(place, _plain(values), folder=self._file.images, text=text)
        except InvalidInputError as error:
            return bad_row(place, repr(values).encode(), error.message, text)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        name = self._file.name
        with readable(name), self._file.fs.open(self._file.path, "rb") as file:
            table = pq.ParquetFile(file, pre_buffer=False, buffer_size=2**16)
            check_schema(table.schema_arrow, name)
            yield table


def check_schema(schema: pa.Schema, name: str) -> None:
    """Refuse columns that cannot make a listing.

    Raises:
        UnsupportedFileError: naming the column.
    """
    for column in COLUMNS:
        if schema.names.count(column) > 1:
            raise UnsupportedFileError(f"{name} has the column {column!r} twice")
    missing = [column for column in REQUIRED if column not in schema.names]
    if missing:
        raise UnsupportedFileError(f"{name} has no column {missing[0]!r}")
    kind = schema.field("images").type
    if not _is_images(kind):
        raise UnsupportedFileError(f"{name}: images is {kind}, not paths or pictures")


def _is_images(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    if pa.types.is_struct(kind):
        return any(kind.get_field_index(name) >= 0 for name in ("bytes", "path"))
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
    return any(is_kind(kind) for is_kind in (*texts, pa.types.is_binary, pa.types.is_large_binary))


def _partition(path: str) -> dict[str, object]:
    """Return the values that the names of a partitioned table's folders give.

    >>> _partition("/data/category=rings/brand=x/part-0.parquet")
    {'category': 'rings'}
    """
    pairs = (part.partition("=") for part in PurePosixPath(path).parts[:-1])
    return {name: value for name, sign, value in pairs if sign and name in COLUMNS}


def _plain(values: dict[str, object]) -> Mapping[str, object]:
    """Return values as JSON would have them: what is one picture becomes a list of it."""
    images, price = values.get("images"), values.get("price")
    if isinstance(images, str):
        images = split_images(images)
    elif isinstance(images, bytes | dict):
        images = [images]
    if isinstance(price, Decimal):
        price = float(price)
    return values | {"images": images, "price": price}


def _excerpt(values: Mapping[str, object]) -> str:
    """Return the row for people to recognise it by, without its pictures."""
    shown = {name: value for name, value in values.items() if name != "images"}
    return json.dumps(shown, default=str, ensure_ascii=False)[:EXCERPT_CHARS]

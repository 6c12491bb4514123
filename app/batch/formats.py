"""The accepted catalogue formats, by a file's extension, and all files of a catalogue as one.

IN ─▶ files, in the order of their names ─▶ a reader each ─▶ rows, counted through
"""

from collections.abc import Generator
from pathlib import Path
from typing import Protocol

from app.batch.catalog_files import CatalogFile, catalog_files, is_remote
from app.batch.csv_reader import CsvReader
from app.batch.encodings import checked_encoding
from app.batch.jsonl_reader import JsonlReader
from app.batch.parquet_reader import ParquetReader
from app.batch.rows import Row


class CatalogReader(Protocol):
    """The rows of one catalogue file; may be read more than once."""

    def count(self) -> int:
        """Return the number of rows, bad ones included, without parsing their values."""

    def rows(self, first: int = 1) -> Generator[Row, None, None]:
        """Yield every row in order, counted from `first`, in constant memory."""


def reader_for(file: CatalogFile, encoding: str = "") -> CatalogReader:
    """Return the reader of one file; `encoding` is for CSV, empty to find it out."""
    if file.format == ".parquet":
        return ParquetReader(file)
    if file.format in (".csv", ".tsv"):
        return CsvReader(file, encoding=encoding)
    return JsonlReader(file)


class Catalog:
    """The rows of everything that IN stands for."""

    def __init__(
        self,
        source: str | Path,
        *,
        encoding: str = "",
        inside: tuple[Path, ...] | None = None,
    ) -> None:
        """Find the files; `inside` confines the photos that they name, see `catalog_files`.

        Raises:
            UnsupportedFileError: when there are none, or one has an unknown format.
        """
        self.files = catalog_files(source, inside)
        encoding = checked_encoding(encoding) if encoding else ""
        self.readers = tuple(reader_for(file, encoding) for file in self.files)
        # The same words name the same catalogue only where they are resolved.
        self.name = str(source) if is_remote(source) else str(Path(source).resolve())

    def count(self) -> int:
        """Return the number of rows; reads every file that does not say it itself.

        Raises:
            UnsupportedFileError: when a file cannot be read or used.
        """
        return sum(reader.count() for reader in self.readers)

    def rows(self) -> Generator[Row, None, None]:
        """Yield every row in order.

        Raises:
            UnsupportedFileError: when a file cannot be read or used.
        """
        number = 0
        for reader in self.readers:
            for row in reader.rows(number + 1):
                number = row.place.number
                yield row

"""The accepted catalogue formats, by a file's extension."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from app.batch.csv_reader import CsvReader
from app.batch.jsonl_reader import JsonlReader
from app.batch.rows import Row
from app.batch.writers import CsvWriter, JsonlWriter, ResultWriter
from app.domain.errors import UnsupportedFileError

Kind = TypeVar("Kind")


class CatalogReader(Protocol):
    """The rows of one catalogue file; may be read more than once."""

    def count(self) -> int:
        """Return the number of rows, bad ones included, without parsing their values."""

    def rows(self) -> Generator[Row, None, None]:
        """Yield every row in order, in constant memory."""


def reader_for(path: Path) -> CatalogReader:
    """Return the reader of a catalogue.

    Raises:
        UnsupportedFileError: when its extension is unknown; the message names those accepted.
    """
    readers: dict[str, type[JsonlReader | CsvReader]] = {
        ".jsonl": JsonlReader,
        ".ndjson": JsonlReader,
        ".csv": CsvReader,
    }
    return _by_extension(path, readers)(path)


def writer_for(path: Path) -> type[ResultWriter]:
    """Return the writer of a result file.

    Raises:
        UnsupportedFileError: when its extension is unknown; the message names those accepted.
    """
    writers: dict[str, type[ResultWriter]] = {
        ".jsonl": JsonlWriter,
        ".ndjson": JsonlWriter,
        ".csv": CsvWriter,
    }
    return _by_extension(path, writers)


def _by_extension(path: Path, kinds: Mapping[str, Kind]) -> Kind:
    try:
        return kinds[path.suffix.lower()]
    except KeyError:
        accepted = ", ".join(kinds)
        raise UnsupportedFileError(f"{path.name} is not one of: {accepted}") from None

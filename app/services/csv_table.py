"""Reads a CSV that people made, row by row: a manifest of references, a list of sellers.

    file ─▶ header, checked ─▶ rows as text, each with every column that is known

A row that the parser gives up on, has cells too many or bytes that are no UTF-8 is refused when it
is checked, so that it costs itself alone. Columns that mean nothing here are named and left out.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import UnsupportedFileError

_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"
_FAULT = ""  # the cell under which a row says that it cannot be read

Row = dict[str, str]


@dataclass(slots=True)
class CsvTable:
    """A file's rows; `ignored` columns are known once the first row was read."""

    path: Path
    required: Sequence[str]
    optional: Sequence[str]
    ignored: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield every row with all columns that are known, empty where it has none.

        Raises:
            UnsupportedFileError: when the file cannot be read or lacks a required column.
        """
        known = (*self.required, *self.optional)
        try:
            with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                reader = csv.DictReader(file, restkey=_FAULT, strict=False)
                columns = [name.strip() for name in reader.fieldnames or ()]
                missing = [name for name in self.required if name not in columns]
                if missing:
                    raise UnsupportedFileError(f"{self.path.name} lacks the column {missing[0]!r}")
                reader.fieldnames = columns
                self.ignored = tuple(name for name in columns if name not in known)
                yield from _cells(reader, known)
        except (OSError, csv.Error) as error:
            raise UnsupportedFileError(f"cannot read {self.path}: {error}") from error

    def check(self, row: Row) -> None:
        """Refuse a row that cannot be used; `UnsupportedFileError`."""
        if row[_FAULT]:
            raise UnsupportedFileError(row[_FAULT])
        if any(_UNDECODABLE in cell for cell in row.values()):
            raise UnsupportedFileError("a cell is not valid UTF-8")
        for name in self.required:
            if not row[name].strip():
                raise UnsupportedFileError(f"the cell {name!r} is empty")


def _cells(reader: "csv.DictReader[str]", known: Sequence[str]) -> Iterator[Row]:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield dict.fromkeys(known, "") | {_FAULT: str(error)}
        else:
            extra = "more cells than the header has columns" if row.get(_FAULT) else ""
            yield {name: row.get(name) or "" for name in known} | {_FAULT: extra}

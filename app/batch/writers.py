"""Writes assessments as JSONL, for machines, or as CSV, for people with a spreadsheet.

JSONL has the contract's document on each line, unchanged. CSV has one flat row for each listing,
with its best match over all photos; codes in one cell are joined by `;`. Text in a catalogue comes
from sellers, and a spreadsheet runs a cell that begins like a formula: in CSV every text that
begins with `=`, `+`, `-`, `@`, a tab or a line end gets an apostrophe before it. Writers write to
an open file and know nothing of names, renaming or disks.
"""

import csv
import json
from typing import BinaryIO, Protocol

from app.batch.flat_row import COLUMNS, flat
from app.domain.contract import Document

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class ResultWriter(Protocol):
    """Adds assessments to an open file."""

    def __init__(self, file: BinaryIO) -> None: ...

    def write(self, document: Document) -> None:
        """Add one assessment in the contract's shape."""


class JsonlWriter:
    """One document on each line, UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, document: Document) -> None:
        """Add one document."""
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        self._file.write(_encoded(f"{text}\n"))


class CsvWriter:
    """A header row and one row for each assessment: RFC 4180, UTF-8, comma-separated."""

    def __init__(self, file: BinaryIO) -> None:
        # With another line end, Python 3.11 leaves a lone CR inside a cell unquoted.
        self._rows = csv.writer(_Encoder(file), lineterminator="\r\n")
        self._rows.writerow(COLUMNS)

    def write(self, document: Document) -> None:
        """Add one assessment."""
        cells = flat(document)
        self._rows.writerow([_cell(cells[column]) for column in COLUMNS])


class _Encoder:
    """The text file that `csv` wants, over a file of bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(_encoded(text))


def _encoded(text: str) -> bytes:
    # A folder's name may hold bytes that are no UTF-8; as `\udcff` they are valid JSON as well.
    return text.encode(errors="backslashreplace")


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value

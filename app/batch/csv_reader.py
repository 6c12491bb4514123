r"""Reads a catalogue in CSV: a header row, then one listing in each record.

In any usual encoding, which is found out from the start of the file. Comma, semicolon, tab or
upright stroke, whichever splits the header line into columns among which are `listing_id` and
`images`; other columns may be missing, and unknown ones are ignored. A first line `sep=;`, as
Excel writes it, is no row. Cells may be quoted and then hold delimiters and line ends; a cell has
at most 131,072 characters, the limit of Python's parser, and a record at most 1,000 lines.

The `images` cell is a JSON list when it stands in square brackets; else paths separated by `|`; and
where there is no `|`, by `;`. Spaces around a path are dropped, those inside it are kept.

One broken record is one `BadRow`. What to do after a quote that nobody closes cannot be known; here
the line on which it was opened is the bad row, and reading goes on with the line after it. The same
holds for a record over several lines without the header's number of cells.
"""

import csv
import re
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.batch.catalog_files import CatalogFile
from app.batch.encodings import SAMPLE_BYTES, as_utf8, detected_encoding
from app.batch.jsonl_reader import decode, parse_json
from app.batch.lines import MAX_LINE_BYTES, Line, read_lines
from app.batch.rows import COLUMNS, REQUIRED, Place, Row, bad_row, catalog_row, excerpt
from app.domain.errors import InvalidInputError, UnsupportedFileError

DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(rb"\s*\"?sep=.\"?\s*", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}")
MAX_RECORD_LINES = 1000  # bounds the time that unclosed quotes can cost


@dataclass(frozen=True, slots=True)
class Header:
    """The columns in order, and what separates them."""

    columns: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class Record:
    """The line a record begins on, its bytes and its cells, or why it has none."""

    line: int
    data: bytes
    cells: tuple[str, ...] = ()
    reason: str = ""


class CsvReader:
    """The rows of one CSV file; `encoding` empty: found out."""

    def __init__(
        self, file: CatalogFile, *, encoding: str = "", max_line_bytes: int = MAX_LINE_BYTES
    ) -> None:
        self._file = file
        self._encoding = encoding
        self._limit = max_line_bytes

    def encoding(self) -> str:
        """Return the encoding that the file is read in.

        Raises:
            UnsupportedFileError: when the file cannot be read.
        """
        if not self._encoding:
            with self._file.opened() as file:
                self._encoding = detected_encoding(file.read(SAMPLE_BYTES))
        return self._encoding

    def header(self) -> Header | None:
        """Return the columns and what separates them; `None` for a file without any line.

        Raises:
            UnsupportedFileError: when the file cannot be read or its header not be used.
        """
        with self._file.opened() as file:
            return self._header(_Lines(as_utf8(file, self.encoding()), self._limit))

    def count(self) -> int:
        """Return how many rows `rows` will yield; reads the file once.

        Raises:
            UnsupportedFileError: when the file cannot be read or its header not be used.
        """
        return sum(1 for _ in self._records())

    def rows(self, first: int = 1) -> Generator[Row, None, None]:
        """Yield every row in order, counted from `first`.

        Raises:
            UnsupportedFileError: when the file cannot be read or its header not be used.
        """
        for number, (header, record) in enumerate(self._records(), start=first):
            yield self._row(Place(number, self._file.name, record.line), header, record)

    def _records(self) -> Iterator[tuple[Header, Record]]:
        with self._file.opened() as file:
            lines = _Lines(as_utf8(file, self.encoding()), self._limit)
            header = self._header(lines)
            while header is not None and (line := lines.next_row()) is not None:
                yield header, _record(line, lines, header)

    def _header(self, lines: "_Lines") -> Header | None:
        first = lines.next_row()
        if first is not None and _SEPARATOR_LINE.fullmatch(first.data):
            first = lines.next_row()
        return None if first is None else read_header(first, self._file.name)

    def _row(self, place: Place, header: Header, record: Record) -> Row:
        if record.reason:
            return bad_row(place, record.data, record.reason)
        try:
            decode(record.data, self.encoding())
            values = _values(dict(zip(header.columns, record.cells, strict=True)))
            text = excerpt(record.data)
            return catalog_row(place, values, folder=self._file.images, text=text)
        except InvalidInputError as error:
            return bad_row(place, record.data, error.message)


class _Lines:
    """Lines that can be given back, to be read again."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self.limit = limit
        self._lines = read_lines(file, limit)
        self._returned: deque[Line] = deque()

    def next_line(self) -> Line | None:
        if self._returned:
            return self._returned.popleft()
        return next(self._lines, None)

    def next_row(self) -> Line | None:
        while (line := self.next_line()) is not None:
            if not line.blank:
                return line
        return None

    def give_back(self, lines: list[Line]) -> None:
        self._returned.extendleft(reversed(lines))


def _record(first: Line, lines: _Lines, header: Header) -> Record:
    """Parse the record that starts on a line, taking as many more lines as its quotes ask for."""
    if first.too_long:
        return Record(
            first.number, first.data, reason=f"the line is longer than {lines.limit} bytes"
        )
    taken = [first]
    reason = ""
    try:
        texts = _texts(taken, lines)
        cells = next(csv.reader(texts, delimiter=header.delimiter, strict=True))
        if len(cells) != len(header.columns):
            reason = f"{len(cells)} cells, and the header has {len(header.columns)} columns"
    except csv.Error as error:
        cells, reason = [], f"not CSV: {error}"
    if reason and len(taken) > 1:
        lines.give_back(taken[1:])
        return Record(first.number, first.data, reason=f"{reason} (a quote is opened on this line)")
    data = b"".join(line.data for line in taken)
    return Record(first.number, data, tuple(cells), reason)


def _texts(taken: list[Line], lines: _Lines) -> Iterator[str]:
    """Yield the first line taken, then further ones as they are asked for, within bounds."""
    size = 0
    while not taken[-1].too_long and size <= lines.limit and len(taken) <= MAX_RECORD_LINES:
        size += len(taken[-1].data)
        # Undecodable bytes are let through here, so that they spoil their own record alone.
        yield taken[-1].data.decode(errors="surrogateescape")
        line = lines.next_line()
        if line is None:
            return
        taken.append(line)


def read_header(line: Line, name: str) -> Header:
    """Find the delimiter that makes the required columns appear.

    Raises:
        UnsupportedFileError: when none does, or a column that matters appears twice.
    """
    try:
        text = decode(line.data)
    except InvalidInputError as error:
        raise UnsupportedFileError(f"{name}: the header: {error.message}") from error
    # A header cut at the limit would lose columns without a word.
    for delimiter in () if line.too_long else DELIMITERS:
        columns = _split_header(text, delimiter)
        if set(REQUIRED) <= set(columns):
            twice = [column for column in COLUMNS if columns.count(column) > 1]
            if twice:
                raise UnsupportedFileError(f"{name} has the column {twice[0]!r} twice")
            return Header(columns, delimiter)
    raise UnsupportedFileError(
        f"{name}: the first line must name the columns listing_id and images, "
        "separated by commas, semicolons, tabs or |"
    )


def _split_header(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return ()
    return tuple(cell.strip().lower() for cell in cells)


def _values(cells: dict[str, str]) -> dict[str, object]:
    price = cells.get("price", "").strip()
    return {**cells, "images": split_images(cells["images"]), "price": _number(price)}


def split_images(cell: str) -> list[object]:
    """Return the paths in an `images` cell.

    >>> split_images("front view.jpg | back.jpg"), split_images("a.jpg;b.jpg")
    (['front view.jpg', 'back.jpg'], ['a.jpg', 'b.jpg'])
    >>> split_images('["odd | name.jpg"]')
    ['odd | name.jpg']
    """
    cell = cell.strip()
    if cell.startswith("[") and cell.endswith("]"):
        images = parse_json(cell)
        return images if isinstance(images, list) else []
    parts = cell.split("|" if "|" in cell else ";")
    return [part.strip() for part in parts if part.strip()]


def _number(text: str) -> float | None:
    if not text:
        return None
    if _DECIMAL_COMMA.fullmatch(text):  # "12,50": what most of Europe's spreadsheets export
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise InvalidInputError(f"price {text[:40]!r} is not a number") from None

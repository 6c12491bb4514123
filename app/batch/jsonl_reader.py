"""Reads a catalogue in JSONL: one JSON object on each line, UTF-8, with or without a BOM.

Lines are read one at a time; blank ones are no rows. A line that is too long, not UTF-8, not JSON
or not a listing becomes a `BadRow` and the next line is read as if nothing had happened.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import suppress
from itertools import islice
from typing import NoReturn

from app.batch.catalog_files import CatalogFile
from app.batch.encodings import UTF8
from app.batch.lines import MAX_LINE_BYTES, Line, read_lines
from app.batch.rows import Place, Row, bad_row, catalog_row, excerpt
from app.domain.errors import InvalidInputError

_FIRST_ROWS = 100


class JsonlReader:
    """The rows of one JSONL file."""

    def __init__(self, file: CatalogFile, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._file = file
        self._limit = max_line_bytes

    def count(self) -> int:
        """Return how many rows `rows` will yield; reads the file once without parsing it.

        Raises:
            UnsupportedFileError: when the file cannot be read.
        """
        return sum(1 for _ in self._lines())

    def columns(self) -> tuple[str, ...]:
        """Return the names in the first rows, in the order in which they appear.

        Raises:
            UnsupportedFileError: when the file cannot be read.
        """
        names: dict[str, None] = {}
        for line in islice(self._lines(), _FIRST_ROWS):
            with suppress(InvalidInputError):
                names |= dict.fromkeys(parse_object(decode(line.data)))
        return tuple(names)

    def rows(self, first: int = 1) -> Generator[Row, None, None]:
        """Yield every row in order, counted from `first`.

        Raises:
            UnsupportedFileError: when the file cannot be read.
        """
        for number, line in enumerate(self._lines(), start=first):
            yield self._row(Place(number, self._file.name, line.number), line)

    def _lines(self) -> Iterator[Line]:
        with self._file.opened() as file:
            for line in read_lines(file, self._limit):
                if not line.blank:
                    yield line

    def _row(self, place: Place, line: Line) -> Row:
        if line.too_long:
            return bad_row(place, line.data, f"the line is longer than {self._limit} bytes")
        try:
            values = parse_object(decode(line.data.rstrip(b"\r\n")))
            text = excerpt(line.data)
            return catalog_row(place, values, folder=self._file.images, text=text)
        except InvalidInputError as error:
            return bad_row(place, line.data, error.message)


def decode(data: bytes, encoding: str = UTF8) -> str:
    """Return a row's text; `encoding` is what the file was in before it became UTF-8.

    Raises:
        InvalidInputError: when the bytes are not UTF-8 or contain a null character.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InvalidInputError(f"the row is not valid {encoding.upper()}") from None
    if "\0" in text:
        raise InvalidInputError("the row contains a null character")
    return text


def parse_object(text: str) -> dict[str, object]:
    """Return the object of strict JSON.

    Raises:
        InvalidInputError: when it is not JSON or another kind of value.
    """
    value = parse_json(text)
    if not isinstance(value, dict):
        raise InvalidInputError("not a JSON object")
    return value


def parse_json(text: str) -> object:
    """Return the value of strict JSON; `NaN` and `Infinity` are not JSON.

    Raises:
        InvalidInputError: when it is not JSON, or nested or sized beyond reading.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("not JSON: a number too long or lists too deep") from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInputError(f"not JSON: {name} is no number")

"""Pages of a catalogue's results: lines of a file, found again by where they begin.

A cursor is the place of a line in the file, so the last page of a million costs no more than the
first. With a verdict asked for, the lines in between are looked at but not parsed.
"""

import json
from pathlib import Path
from typing import Any

from app.api.cursors import encode_cursor
from app.api.schemas.catalogs import CatalogResults
from app.domain.assessment import Verdict
from app.domain.errors import InvalidInputError, StorageError


def read_page(path: Path, *, start: int, limit: int, verdict: Verdict | None) -> CatalogResults:
    """Return a page of assessments from `start` on.

    Raises:
        InvalidInputError: when no line begins there.
        StorageError: when the file cannot be read.
    """
    items: list[dict[str, Any]] = []
    try:
        with path.open("rb") as file:
            _require_line(file.seek(max(start - 1, 0)), file.read(1), start)
            place = file.seek(start)
            for line in file:
                document = _wanted(line, verdict)
                if document is not None:
                    if len(items) == limit:
                        return CatalogResults(items=tuple(items), next_cursor=encode_cursor(place))
                    items.append(document)
                place += len(line)
    except (OSError, ValueError) as error:
        raise StorageError("the results of the catalogue cannot be read") from error
    return CatalogResults(items=tuple(items), next_cursor=None)


def _require_line(_: int, before: bytes, start: int) -> None:
    if start and before != b"\n":
        raise InvalidInputError("the cursor is not one that this service gave out")


def _wanted(line: bytes, verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is not None and verdict.value.encode() not in line:
        return None
    document: dict[str, Any] = json.loads(line)
    return document if verdict is None or document["verdict"] == verdict else None

"""Writes assessments as JSONL, for machines, or as CSV, for people with a spreadsheet.

JSONL has the contract's document on each line, unchanged. CSV has one flat row for each listing,
with its best match over all photos; codes in one cell are joined by `;`. Text in a catalogue comes
from sellers, and a spreadsheet runs a cell that begins like a formula: in CSV every text that
begins with `=`, `+`, `-`, `@`, a tab or a line end gets an apostrophe before it. Writers write to
an open file and know nothing of names, renaming or disks.
"""

import csv
import json
import math
from collections.abc import Mapping
from typing import BinaryIO, Protocol

from app.domain.contract import Document

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "listing_id",
    "verdict",
    "score",
    "claim_kind",
    "claim_text",
    "reasons",
    "best_brand",
    "best_motif",
    "best_image",
    "best_box",
    "best_similarity",
    "best_false_alarms_per_million",
    "images",
    "image_errors",
    "model",
    "index",
    "registry",
    "policy",
    "background",
)


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


def flat(document: Document) -> Mapping[str, object]:
    """Return an assessment as one value for each of `COLUMNS`; what is missing is empty."""
    images = document["images"]
    image, match = best_match(document)
    return {
        "listing_id": document["listing_id"],
        "verdict": document["verdict"],
        "score": document["score"],
        "claim_kind": document["claim"]["kind"],
        "claim_text": document["claim"]["text"],
        "reasons": ";".join(reason["code"] for reason in document["reasons"]),
        "best_brand": match.get("brand"),
        "best_motif": match.get("motif"),
        "best_image": image,
        "best_box": json.dumps(match["box"]) if match else None,
        "best_similarity": match.get("similarity"),
        "best_false_alarms_per_million": match.get("false_alarms_per_million"),
        "images": len(images),
        "image_errors": ";".join(found["error"]["code"] for found in images if found["error"]),
        **{name: document["versions"][name] for name in COLUMNS[-5:]},
    }


def best_match(document: Document) -> tuple[str | None, Document]:
    """Return the rarest match over all images and the image it is in; most similar among equals."""
    found = [(image["image"], match) for image in document["images"] for match in image["matches"]]
    return min(found, key=lambda pair: _rank(pair[1]), default=(None, {}))


def _rank(match: Document) -> tuple[float, float]:
    alarms = match["false_alarms_per_million"]
    return (math.inf if alarms is None else alarms, -match["similarity"])

"""Outcomes as lines of JSON, in which a run keeps what it has finished.

    {"row": 1, "file": "in.csv", "line": 2, "digest": "…", "assessment": {…}}
    {"row": 2, "file": "in.csv", "line": 3, "digest": "…", "reason": "…", "text": "…", …}

A line that is torn or damaged is no outcome; whoever reads decides what that means.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.batch.rows import BadRow, Place
from app.batch.stage import Outcome, Scored
from app.domain.contract import Document


@dataclass(frozen=True, slots=True)
class Entry:
    """An outcome found in a file, and where its line ends."""

    outcome: Outcome
    end: int


def json_line(document: Document) -> bytes:
    """Return a document as one line; characters beyond ASCII are escaped, so any text fits."""
    return json.dumps(document, allow_nan=False).encode() + b"\n"


def parsed_line(line: bytes) -> Document | None:
    """Return the object on a whole line, or `None`."""
    if not line.endswith(b"\n"):
        return None
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def entry_line(outcome: Outcome) -> bytes:
    """Return the line of an outcome."""
    place = outcome.place
    entry: Document = {"row": place.number, "file": place.file, "line": place.line}
    entry["digest"] = outcome.digest
    if isinstance(outcome, Scored):
        return json_line({**entry, "assessment": outcome.document})
    bad = {"reason": outcome.reason, "text": outcome.text, "failure": outcome.failure}
    return json_line({**entry, **bad})


def entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Yield outcomes up to the first line that is none."""
    end = 0
    for line in lines:
        outcome = _outcome(parsed_line(line))
        if outcome is None:
            return
        end += len(line)
        yield Entry(outcome, end)


def _outcome(entry: Document | None) -> Outcome | None:
    if entry is None:
        return None
    try:
        place = Place(entry["row"], entry["file"], entry["line"])
        if "assessment" in entry:
            return Scored(place, entry["digest"], entry["assessment"])
        return BadRow(place, entry["digest"], entry["text"], entry["reason"], entry["failure"])
    except KeyError:
        return None

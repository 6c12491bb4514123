"""Imports a manifest: a CSV with one reference image in each row.

Columns `brand,motif,kind,path`, and optionally `polarity,words,registration,x_min,y_min,x_max,
y_max,expected_place`. Several words or registrations in one cell are separated by `;`. Paths are
relative to the manifest. Importing the same manifest again changes nothing. References are examined
and added a batch at a time, and those that went into quarantine are named. A row that cannot be
used is reported by its number and does not stop the others; columns that mean nothing here are
named and ignored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from app.domain.box import Box
from app.domain.errors import InvalidRowError, TouchstoneError, UnsupportedFileError
from app.domain.expected_place import ExpectedPlace
from app.domain.ports import RegistryStore
from app.domain.registry import MotifKind, NewMotif, Polarity, Reference, Registration
from app.media.files import read_image_file
from app.media.limits import DecodeLimits
from app.services.csv_table import CsvTable, Row
from app.services.enrolment import Enroller
from app.services.look_alikes import Candidate

REQUIRED = ("brand", "motif", "kind", "path")
EDGES = ("x_min", "y_min", "x_max", "y_max")
OPTIONAL = ("polarity", "words", "registration", *EDGES, "expected_place")
_AT_ONCE = 128  # references examined together; each is a few kilobytes by then

Choice = TypeVar("Choice", MotifKind, Polarity)


@dataclass(slots=True)
class ImportReport:
    """What an import did; `errors` and `quarantined` (row, reference) are in the rows' order."""

    rows: int = 0
    motifs_added: int = 0
    references_added: int = 0
    references_unchanged: int = 0
    quarantined: list[tuple[int, Reference]] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    errors: list[InvalidRowError] = field(default_factory=list)


class ManifestImporter:
    """Reads manifests into the registry."""

    def __init__(self, registry: RegistryStore, enroller: Enroller, limits: DecodeLimits) -> None:
        self._registry = registry
        self._enroller = enroller
        self._limits = limits

    def run(self, manifest: Path, *, advance: Callable[[], None] = lambda: None) -> ImportReport:
        """Import every usable row, calling `advance` after each row.

        Raises:
            UnsupportedFileError: when the file cannot be read or lacks a required column.
        """
        report = ImportReport()
        table = CsvTable(manifest, REQUIRED, OPTIONAL)
        waiting: list[tuple[int, Candidate]] = []
        for number, row in enumerate(table.rows(), start=1):
            report.rows = number
            try:
                table.check(row)
                candidate = self._read(row, manifest.parent, report)
                waiting += [] if candidate is None else [(number, candidate)]
            except TouchstoneError as error:
                report.errors.append(InvalidRowError(number, error.message))
            if len(waiting) == _AT_ONCE:
                self._enrol(waiting, report)
                waiting.clear()
            advance()
        self._enrol(waiting, report)
        report.ignored_columns = table.ignored
        report.errors.sort(key=lambda error: error.row)
        return report

    def _enrol(self, rows: Sequence[tuple[int, Candidate]], report: ImportReport) -> None:
        try:
            stored = self._enroller.enrol([candidate for _, candidate in rows]) if rows else []
        except TouchstoneError as error:
            if len(rows) == 1:
                report.errors.append(InvalidRowError(rows[0][0], error.message))
                return
            for row in rows:  # one of them is to blame; the others are not
                self._enrol([row], report)
            return
        for (number, _), (reference, is_new) in zip(rows, stored, strict=True):
            report.references_added += is_new
            report.references_unchanged += not is_new
            if is_new and not reference.takes_part:
                report.quarantined.append((number, reference))

    def _read(self, row: Row, folder: Path, report: ImportReport) -> Candidate | None:
        """Return the reference of a row, looked at; `None` where the registry has it already."""
        motif = NewMotif(
            brand=row["brand"].strip(),
            name=row["motif"].strip(),
            kind=_choice(MotifKind, row["kind"], "kind"),
            words=_several(row["words"]),
            registrations=tuple(map(Registration.parse, _several(row["registration"]))),
            expected_place=_place(row["expected_place"]),
        )
        polarity = _choice(Polarity, row["polarity"] or Polarity.POSITIVE, "polarity")
        data = read_image_file(folder / row["path"].strip(), self._limits)
        # The image is checked before the motif is made: a bad row leaves no empty motif behind.
        prepared = self._enroller.prepare(
            data, polarity=polarity, box=_box(row), source=row["path"].strip()
        )
        stored, motif_is_new = self._registry.ensure_motif(motif)
        report.motifs_added += motif_is_new
        if self._registry.known_reference(stored.id, prepared.new) is not None:
            report.references_unchanged += 1
            return None
        return self._enroller.look(stored, prepared)


def _choice(kind: type[Choice], text: str, column: str) -> Choice:
    try:
        return kind(text.strip().lower())
    except ValueError:
        valid = ", ".join(kind)
        raise UnsupportedFileError(f"{column} {text!r} is not one of: {valid}") from None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _place(cell: str) -> ExpectedPlace | None:
    return ExpectedPlace.parse(cell) if cell.strip() else None


def _box(row: Row) -> Box | None:
    edges = [row[name].strip() for name in EDGES]
    if not any(edges):
        return None
    try:
        return Box(*(round(float(edge)) for edge in edges))
    except (ValueError, OverflowError):
        raise UnsupportedFileError(f"the box {edges} is not four numbers") from None

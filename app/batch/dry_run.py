"""Looks at a catalogue before the long run: what is understood of it, and what it will cost.

    files ─▶ columns, encoding, rows      a sample of listings ─▶ assessed as in the run ─▶ rate
    rate, photos a listing, bytes an assessment  x  all rows  =  hours and bytes

Nothing is written. The sample is taken from the catalogue's first rows, evenly spread, and ends
after a while even where photos are slow. The estimate holds as far as the rest is like the sample;
repeated photos, which the run looks at once, make it shorter.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from app.batch.catalog_files import CatalogFile
from app.batch.csv_reader import CsvReader
from app.batch.executor import LocalExecutor
from app.batch.formats import Catalog, CatalogReader
from app.batch.jsonl_reader import JsonlReader
from app.batch.parquet_reader import ParquetReader
from app.batch.rows import COLUMNS, BadRow, CatalogRow
from app.batch.scoring import RunOptions
from app.batch.stage import AssessStage, ListingAssessor, Scored
from app.domain.contract import Document
from app.domain.errors import ImageRefusedError
from app.media.limits import DecodeLimits
from app.services.collecting import ImageCollector

SAMPLE_LISTINGS = 50
SAMPLE_SECONDS = 20.0
_FIRST_ROWS = 10_000
_SHOWN_REJECTS = 5


@dataclass(frozen=True, slots=True)
class FileReport:
    """What is understood of one file."""

    name: str
    bytes: int
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What is understood of a catalogue, what was seen in a sample, and what the run will cost.

    Attributes:
        files: What is understood of each file.
        rows: Rows of the whole catalogue.
        rows_read: Rows that were parsed; `rejected` of them are no listings, as `rejects` shows.
        sample_listings: Listings that were assessed.
        sample_photos: Their photos.
        image_errors: Those that could not be judged, by code.
        photos_per_second: Photos assessed a second; `None` where the sample has none.
        photos: Photos of the whole catalogue, estimated.
        hours: What the run will take, estimated.
        read_bytes: Bytes of photos that the run will read, estimated.
        written_bytes: Bytes of the result in JSONL, estimated.
    """

    files: tuple[FileReport, ...]
    rows: int
    rows_read: int
    rejected: int
    rejects: tuple[str, ...]
    sample_listings: int
    sample_photos: int
    image_errors: Mapping[str, int]
    photos_per_second: float | None
    photos: int
    hours: float | None
    read_bytes: int
    written_bytes: int

    def to_document(self) -> Document:
        """Return plain JSON values."""
        return asdict(self)


def dry_run(
    source: str | Path,
    *,
    assessor: ListingAssessor,
    options: RunOptions | None = None,
    collector: ImageCollector | None = None,
    listings: int = SAMPLE_LISTINGS,
    seconds: float = SAMPLE_SECONDS,
) -> DryRun:
    """Look at a catalogue and assess a sample of it.

    Raises:
        UnsupportedFileError: when a format is unknown, or a file cannot be read or used.
        TouchstoneError: whatever stops the assessor altogether; see `AssessStage`.
    """
    options = options or RunOptions()
    catalog = Catalog(source, encoding=options.encoding)
    files = zip(catalog.files, catalog.readers, strict=True)
    reports = tuple(_understood(file, reader) for file, reader in files)
    total = catalog.count()
    read = list(islice(catalog.rows(), 0, _FIRST_ROWS, max(1, min(total, _FIRST_ROWS) // listings)))
    rows = [row for row in read if isinstance(row, CatalogRow)]
    rejects = [row for row in read if isinstance(row, BadRow)]
    stage = AssessStage(assessor, collector=collector)
    if rows:
        stage.run(rows[0])  # the first assessment builds the gallery, which the run does once
    sample = _Sample()
    sample.measure(stage, rows[:listings], options.workers, seconds)
    scale = total / len(read) * len(rows) / sample.listings if sample.listings else 0.0
    photos = round(sample.photos * scale)
    return DryRun(
        files=reports,
        rows=total,
        rows_read=len(read),
        rejected=len(rejects),
        rejects=tuple(_shown(row) for row in rejects[:_SHOWN_REJECTS]),
        sample_listings=sample.listings,
        sample_photos=sample.photos,
        image_errors=dict(sorted(sample.image_errors.items())),
        photos_per_second=sample.rate,
        photos=photos,
        hours=None if not sample.rate else photos / sample.rate / 3600,
        read_bytes=round(sample.read_bytes * scale),
        written_bytes=round(sample.written_bytes * scale),
    )


class _Sample:
    """Counts what a sample of listings costs."""

    def __init__(self) -> None:
        self.listings = self.photos = self.read_bytes = self.written_bytes = 0
        self.image_errors: Counter[str] = Counter()
        self.seconds = 0.0

    @property
    def rate(self) -> float | None:
        """Photos a second."""
        return self.photos / self.seconds if self.photos and self.seconds else None

    def measure(
        self, stage: AssessStage, rows: Iterable[CatalogRow], workers: int, seconds: float
    ) -> None:
        """Assess rows as the run would, until there are no more or the time is over."""
        began = time.perf_counter()
        in_time = (row for row in rows if time.perf_counter() - began < seconds)
        assessed: list[CatalogRow] = []

        def work(row: CatalogRow) -> tuple[CatalogRow, Document | None]:
            outcome = stage.run(row)
            return row, outcome.document if isinstance(outcome, Scored) else None

        for row, document in LocalExecutor(workers).map(work, in_time):
            assessed.append(row)
            if document is not None:
                self._add(document)
        self.seconds = time.perf_counter() - began
        self.listings = len(assessed)
        self.read_bytes = sum(_size(row) for row in assessed)  # not within the time measured

    def _add(self, document: Document) -> None:
        images = document["images"]
        self.photos += len(images)
        self.written_bytes += len(json.dumps(document, ensure_ascii=False).encode(errors="replace"))
        self.image_errors.update(image["error"]["code"] for image in images if image["error"])


def _size(row: CatalogRow) -> int:
    total = 0
    for source in row.sources:
        try:
            total += len(source.read(DecodeLimits()))
        except ImageRefusedError:
            continue
    return total


def _shown(row: BadRow) -> str:
    line = "" if row.place.line is None else f", line {row.place.line}"
    return f"{row.place.file}, row {row.place.number}{line}: {row.reason}"


def _understood(file: CatalogFile, reader: CatalogReader) -> FileReport:
    encoding = delimiter = ""
    columns: tuple[str, ...] = ()
    if isinstance(reader, CsvReader):
        encoding, header = reader.encoding(), reader.header()
        if header is not None:
            columns, delimiter = header.columns, header.delimiter
    elif isinstance(reader, JsonlReader):
        encoding, columns = "utf-8", reader.columns()
    elif isinstance(reader, ParquetReader):
        columns = reader.columns()
    known = tuple(name for name in columns if name in COLUMNS)
    ignored = tuple(name for name in columns if name not in COLUMNS)
    return FileReport(file.name, file.size, encoding, delimiter, known, ignored)

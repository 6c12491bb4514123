"""The files that one run makes beside each other, and how they appear.

    out.jsonl            assessments, in the order of the catalogue
    out.rejects.jsonl    rows without one: where they stand and why; only when there are any
    out.errors.jsonl     photos that could not be judged, and why; only when there are any
    out.summary.json     what the run did, in figures
    out.jsonl.run/       what is finished, shard by shard: see `run_folder`

OUT is never half a file: everything is written under other names and renamed at the end, OUT last.
No file of a run may be the catalogue itself.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.batch.catalog_files import CatalogFile
from app.batch.compression import compressing, split_extensions
from app.batch.durable import replacing, writing
from app.batch.parquet_results import replacing_folder, require_table
from app.batch.rows import Place
from app.batch.since import failed_images
from app.batch.stage import Outcome, Scored
from app.batch.writers import CsvWriter, JsonlWriter, ResultWriter
from app.domain.contract import Document
from app.domain.errors import InvalidInputError, UnsupportedFileError

_WRITERS: dict[str, type[JsonlWriter | CsvWriter]] = {
    ".jsonl": JsonlWriter,
    ".ndjson": JsonlWriter,
    ".csv": CsvWriter,
}
_PARQUET = ".parquet"


class Results(Protocol):
    """Takes the assessments of a run, whatever the format."""

    def write(self, row: int, document: Document) -> None:
        """Add one assessment."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where results go."""

    target: Path
    format: str
    compression: str

    @classmethod
    def at(cls, target: Path) -> "Outputs":
        """Return the outputs around OUT; a symbolic link is followed, not replaced.

        Raises:
            UnsupportedFileError: when its extension is unknown; the message names those accepted.
            ConflictError: when OUT is a folder, and none of our results.
        """
        kind, compression = split_extensions(target.name)
        if kind not in (*_WRITERS, _PARQUET) or (compression and kind == _PARQUET):
            accepted = ", ".join((*_WRITERS, _PARQUET))
            raise UnsupportedFileError(f"{target.name} is not one of: {accepted}")
        if kind == _PARQUET:
            require_table(target.resolve())
        return cls(target.resolve(), kind, compression)

    @property
    def run(self) -> Path:
        """The folder of what is finished."""
        return self.target.with_name(f"{self.target.name}.run")

    @property
    def rejects(self) -> Path:
        """Where rows without an assessment are named."""
        return self._beside("rejects.jsonl")

    @property
    def errors(self) -> Path:
        """Where photos that could not be judged are named."""
        return self._beside("errors.jsonl")

    @property
    def summary(self) -> Path:
        """Where the run's figures are."""
        return self._beside("summary.json")

    def _beside(self, ending: str) -> Path:
        stem = self.target.name.removesuffix(self.compression)[: -len(self.format)]
        return self.target.with_name(f"{stem}.{ending}")

    def require_apart_from(self, files: Iterable[CatalogFile]) -> None:
        """Refuse a catalogue that this run would write over.

        Raises:
            InvalidInputError: when a file of it is one of the outputs, under whatever name.
            StorageError: when the folder of the outputs cannot be looked into.
        """
        with writing(self.target):
            ours = (self.target, self.rejects, self.errors, self.summary)
            existing = [path for path in ours if path.exists()]
            for file in files:
                source = Path(file.path)
                inside = source.is_relative_to(self.target) or source.is_relative_to(self.run)
                same = source.exists() and any(path.samefile(source) for path in existing)
                if inside or same:
                    raise InvalidInputError(f"{source} cannot be both the catalogue and an output")

    def publish(self, outcomes: Iterable[Outcome]) -> None:
        """Write OUT, the rejects and the errors; those of an earlier run go when there are none.

        Raises:
            StorageError: when they cannot be written; OUT is then as it was.
        """
        # The stack unwinds backwards: OUT, which says that a run is done, gets its name last.
        with writing(self.target), ExitStack() as files:
            results = files.enter_context(self._results())
            rejects = files.enter_context(_lines_if_any(self.rejects))
            errors = files.enter_context(_lines_if_any(self.errors))
            for outcome in outcomes:
                place = _where(outcome.place)
                if not isinstance(outcome, Scored):
                    rejects.add({**place, "reason": outcome.reason, "text": outcome.text})
                    continue
                results.write(outcome.place.number, outcome.document)
                listing = {"listing_id": outcome.document["listing_id"]}
                for image in failed_images(outcome.document):
                    named = {"image": image["image"], "sha256": image["sha256"]}
                    errors.add({**place, **listing, **named, **image["error"]})

    def publish_summary(self, summary: Document) -> None:
        """Write the run's figures.

        Raises:
            StorageError: when they cannot be written.
        """
        with writing(self.summary), replacing(self.summary) as file:
            file.write(json.dumps(summary, ensure_ascii=False, indent=2).encode() + b"\n")

    @contextmanager
    def _results(self) -> Iterator[Results]:
        if self.format == _PARQUET:
            with replacing_folder(self.target) as results:
                yield results
            return
        with replacing(self.target) as file, compressing(file, self.compression) as stream:
            yield _Rows(_WRITERS[self.format](stream))


class _Rows:
    """Results in a format that has its order by itself."""

    def __init__(self, writer: ResultWriter) -> None:
        self._writer = writer

    def write(self, row: int, document: Document) -> None:  # noqa: ARG002  the role's signature
        self._writer.write(document)


class _LinesIfAny:
    """A file of JSON lines that is made by its first line."""

    def __init__(self, path: Path, files: ExitStack) -> None:
        self._path = path
        self._files = files
        self.writer: JsonlWriter | None = None

    def add(self, document: Document) -> None:
        if self.writer is None:
            self.writer = JsonlWriter(self._files.enter_context(replacing(self._path)))
        self.writer.write(document)


@contextmanager
def _lines_if_any(path: Path) -> Iterator[_LinesIfAny]:
    with ExitStack() as files:
        lines = _LinesIfAny(path, files)
        yield lines
        if lines.writer is None:
            path.unlink(missing_ok=True)


def _where(place: Place) -> Document:
    return {"row": place.number, "file": place.file, "line": place.line}

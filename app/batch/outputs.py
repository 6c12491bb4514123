"""The files that one run makes beside each other, and how they appear.

    out.jsonl            assessments, in the order of the catalogue
    out.rejects.jsonl    rows without one: {"row", "reason", "text"}; only when there are any
    out.jsonl.partial    while running, and after a run that was stopped

OUT is never half a file: it and the rejects are written under other names and renamed at the end.
No file of a run may be the catalogue itself.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.batch.durable import replacing, writing
from app.batch.formats import writer_for
from app.batch.stage import Outcome, Scored
from app.batch.writers import JsonlWriter, ResultWriter
from app.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where results go."""

    target: Path
    writer: type[ResultWriter]

    @classmethod
    def at(cls, target: Path) -> "Outputs":
        """Return the outputs around OUT; a symbolic link is followed, not replaced.

        Raises:
            UnsupportedFileError: when its extension is unknown.
        """
        return cls(target.resolve(), writer_for(target))

    @property
    def partial(self) -> Path:
        """Where finished rows are kept while running."""
        return self.target.with_name(f"{self.target.name}.partial")

    @property
    def rejects(self) -> Path:
        """Where rows without an assessment are named."""
        return self.target.with_name(f"{self.target.stem}.rejects.jsonl")

    @property
    def _paths(self) -> tuple[Path, ...]:
        return (self.target, self.rejects, self.partial)

    def require_apart_from(self, source: Path) -> None:
        """Refuse a catalogue that this run would write over.

        Raises:
            InvalidInputError: when `source` is one of the outputs, under whatever name.
            StorageError: when the folder of the outputs cannot be looked into.
        """
        with writing(self.target):
            existing = [path for path in self._paths if path.exists()]
            if any(source.exists() and path.samefile(source) for path in existing):
                raise InvalidInputError(f"{source} cannot be both the catalogue and an output")

    def publish(self, outcomes: Iterable[Outcome]) -> None:
        """Write OUT and the rejects; rejects of an earlier run are removed when there are none.

        Raises:
            StorageError: when they cannot be written; OUT is then as it was.
        """
        # The stack unwinds backwards: OUT, which says that a run is done, gets its name last.
        with writing(self.target), ExitStack() as files:
            writer = self.writer(files.enter_context(replacing(self.target)))
            rejects: JsonlWriter | None = None
            for outcome in outcomes:
                if isinstance(outcome, Scored):
                    writer.write(outcome.document)
                    continue
                if rejects is None:
                    rejects = JsonlWriter(files.enter_context(replacing(self.rejects)))
                rejects.write(
                    {"row": outcome.number, "reason": outcome.reason, "text": outcome.text}
                )
            if rejects is None:
                self.rejects.unlink(missing_ok=True)

"""A finished run's outcomes beside the rows that they are of, in one pass.

The run's folder says which catalogue it judged. A row that the catalogue has differently by now is
left out, and the outcome stands alone: figures need no row, pictures and sellers do.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.batch.formats import Catalog
from app.batch.outputs import Outputs
from app.batch.rows import CatalogRow, Row
from app.batch.run_folder import RunFolder
from app.batch.stage import Outcome, Scored
from app.domain.assessment import Assessment
from app.domain.contract import assessment_from_document
from app.domain.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Judged:
    """One outcome; `row` is `None` where the catalogue has it no more or has it differently."""

    outcome: Outcome
    row: CatalogRow | None

    @property
    def assessment(self) -> Assessment | None:
        """The verdict, or `None` for a row without one."""
        if not isinstance(self.outcome, Scored):
            return None
        return assessment_from_document(self.outcome.document)


class FinishedRun:
    """The run behind an OUT."""

    def __init__(
        self, target: Path, *, encoding: str = "", inside: tuple[Path, ...] | None = None
    ) -> None:
        """Find the run and its catalogue.

        Raises:
            InvalidInputError: when OUT has no run beside it.
            UnsupportedFileError: when the catalogue is not there any more.
        """
        self._folder = RunFolder(Outputs.at(target).run)
        origin = self._folder.read() if self._folder.path.is_dir() else None
        if origin is None:
            raise InvalidInputError(
                f"{target} has no run beside it: {self._folder.path.name} is missing"
            )
        self.catalog_name = origin.catalog
        self._catalog = Catalog(origin.catalog, encoding=encoding, inside=inside)
        self.path = self._folder.path
        self.versions = origin.versions

    def judged(self) -> Generator[Judged, None, None]:
        """Yield every outcome in the order of the rows.

        Raises:
            StorageError: when the run's folder is damaged.
            UnsupportedFileError: when the catalogue cannot be read.
        """
        with closing(self._catalog.rows()) as rows:
            for outcome in self._folder.outcomes():
                yield Judged(outcome, _same_row(next(rows, None), outcome))


def _same_row(row: Row | None, outcome: Outcome) -> CatalogRow | None:
    if not isinstance(row, CatalogRow) or row.digest != outcome.digest:
        return None
    return row

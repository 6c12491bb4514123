"""Touchstone as a contender: the product's own registry, gallery and figures.

References are enrolled through a manifest, as a user's would be, and ranked by the gallery that
verdicts rest on, where a suite asks about whole photos with the second look. Nothing here computes
a similarity.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import InvalidInputError
from app.evaluation.contenders.roles import RANKED, Ranking, ReferenceImage
from app.evaluation.predictions import Candidate
from app.services.touchstone import Touchstone
from models.regions import Regions

OURS = "Touchstone"
_COLUMNS = ("brand", "motif", "kind", "path", "x_min", "y_min", "x_max", "y_max")


class ServiceContender:
    """One running service."""

    name = OURS
    by_region = True

    def __init__(self, touchstone: Touchstone, folder: Path, *, look_again: bool = False) -> None:
        """Wrap a service; with `look_again` its second look takes part, as in an assessment."""
        self.touchstone = touchstone
        self._folder = folder
        self._look_again = look_again
        self._manifests = 0

    @property
    def references(self) -> int:
        """How many references the registry holds."""
        return len(self.touchstone.gallery.current().gallery.references)

    def enrol(self, references: Sequence[ReferenceImage]) -> None:
        """Write a manifest and import it.

        Raises:
            InvalidInputError: naming the first reference that cannot be used.
        """
        self._manifests += 1
        path = self._folder / f"manifest-{self._manifests}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(_row(reference) for reference in references)
        report = self.touchstone.importer.run(path)
        if report.errors:
            raise InvalidInputError(f"{path}: {report.errors[0].message}")

    def rank(self, regions: Regions) -> Ranking:
        """Match the regions as an assessment does."""
        if self._look_again:
            matches = self.touchstone.assessor.matches(regions, RANKED)
        else:
            embeddings = self.touchstone.eyes.embedder.embed(regions)
            matches = self.touchstone.gallery.current().match(regions.boxes, embeddings, RANKED)
        best: dict[str, Candidate] = {}
        for match in matches:
            alarms = match.false_alarms_per_million
            candidate = Candidate(match.brand, match.similarity, alarms, match.places)
            best.setdefault(match.brand, candidate)
        return tuple(sorted(best.values(), key=lambda candidate: candidate.key))


def _row(reference: ReferenceImage) -> tuple[str, ...]:
    edges = reference.box.as_tuple() if reference.box else ("", "", "", "")
    path = str(reference.path.absolute())
    return (reference.brand, "mark", "logo", path, *(str(edge) for edge in edges))

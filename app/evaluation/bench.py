"""What a suite works with: the data, a folder of its own, and the doors it measures.

The evaluation knows neither settings nor the batch executor; both are handed in, so that a suite
runs the very code that `touchstone catalog score` runs.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import InvalidInputError, ModelRefusedError
from app.evaluation.workshop import OpenWorkshop, open_workshop
from app.services.touchstone import Touchstone
from models.catalogue import RuntimeOptions, load_embedder
from models.errors import ModelError
from models.protocols import Embedder

RIVAL_FEATURES = "efficientnet-lite0-imagenet"

OpenService = Callable[[Path, int], Touchstone]
OpenVariants = Callable[[], Mapping[str, OpenService]]
ScoreCatalog = Callable[[Path, Path, Touchstone], dict[str, Any]]


def load_rival(cache: Path = Path("var/models")) -> Embedder:
    """Return the embedder of the rival features; `cache` keeps the converted network.

    Raises:
        ModelRefusedError: when its weights or its runtime are refused.
    """
    try:
        return load_embedder(RIVAL_FEATURES, RuntimeOptions(cache=cache))
    except ModelError as error:
        raise ModelRefusedError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a suite finds its data, and how it opens a service and scores a catalogue.

    `open_service(folder, matches_per_image)` opens a service on a folder of its own;
    `score_catalog(source, target, touchstone)` returns the run's summary as JSON values.
    `every_nth_mark` thins the distractors and `every_nth_query` the queries; figures that are
    reported use them all. `variants()` names services that differ in one ingredient, on the same
    folder, and opens them. `marks` is the folder of prepared training marks.
    """

    data: Path
    out: Path
    open_service: OpenService
    score_catalog: ScoreCatalog
    every_nth_mark: int = 1
    every_nth_query: int = 1
    marks: Path | None = None
    rivals: bool = True
    load_rival: Callable[[], Embedder] = load_rival
    variants: OpenVariants = dict
    open_workshop: OpenWorkshop = open_workshop

    def fresh_service(self, folder: Path, matches_per_image: int) -> Touchstone:
        """Open a service in `folder`, without what an earlier run enrolled there."""
        shutil.rmtree(folder / "service", ignore_errors=True)
        return self.open_service(folder / "service", matches_per_image)

    def data_set(self, name: str) -> Path:
        """Return the folder of a data set.

        Raises:
            InvalidInputError: when it is not there.
        """
        folder = self.data / name
        if not (folder / "labels.csv").is_file():
            raise InvalidInputError(f"no data set at {folder}; name its parent with --data")
        return folder

    @property
    def thinning(self) -> dict[str, int]:
        """What a run was thinned by, for its record."""
        return {"every_nth_mark": self.every_nth_mark, "every_nth_query": self.every_nth_query}


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """A suite's figures, as JSON values and as the Markdown that goes into the docs."""

    document: dict[str, Any]
    markdown: str


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite in two steps: `export` runs models and writes, `score` reads what was written."""

    name: str
    export: Callable[[Bench, Path], None]
    score: Callable[[Path], SuiteReport]

"""The suites by name: export, then score; or score again what was exported."""

import json
from pathlib import Path

from app.domain.errors import InvalidInputError
from app.evaluation import (
    alarms_suite,
    concealment_suite,
    crops_suite,
    evasion_suite,
    grocery_suite,
    listings_suite,
    photos_suite,
    synthetic_suite,
)
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.heat_map import save_heat_map

_SUITES: tuple[Suite, ...] = (
    photos_suite.SUITE,
    crops_suite.SUITE,
    grocery_suite.SUITE,
    synthetic_suite.SUITE,
    evasion_suite.SUITE,
    alarms_suite.SUITE,
    listings_suite.SUITE,
    concealment_suite.SUITE,
)


def suite_names() -> tuple[str, ...]:
    """Return the names that `run_suite` knows."""
    return tuple(suite.name for suite in _SUITES)


def run_suite(name: str, bench: Bench, *, rescore: bool = False) -> SuiteReport:
    """Run a suite: predictions go below `<out>/<name>/`, figures to `<out>/<name>.json`, `.md`.

    Args:
        name: of the suite.
        bench: what it works with.
        rescore: score the predictions of an earlier run, without looking at a photo.

    Raises:
        InvalidInputError: when there is no such suite, its data is not there, or there is nothing
            to score again.
    """
    suite = next((one for one in _SUITES if one.name == name), None)
    if suite is None:
        raise InvalidInputError(f"no suite {name!r}; there are: {', '.join(suite_names())}")
    folder = bench.out / name
    if not rescore:
        folder.mkdir(parents=True, exist_ok=True)
        suite.export(bench, folder)
    report = suite.score(folder)
    text = json.dumps(report.document, indent=2, ensure_ascii=False) + "\n"
    (bench.out / f"{name}.json").write_text(text, encoding="utf-8")
    (bench.out / f"{name}.md").write_text(report.markdown + "\n", encoding="utf-8")
    return report


def check_drawable(name: str) -> None:
    """Refuse to draw a suite without a grid, before anybody has waited for its figures.

    Raises:
        InvalidInputError: for every suite but the one that has a grid.
    """
    if name != evasion_suite.NAME:
        raise InvalidInputError(f"only the suite {evasion_suite.NAME} has a grid to draw")


def draw_suite(report: SuiteReport, path: Path) -> None:
    """Draw the report's grid as a heat map."""
    grid = report.document[evasion_suite.GRID]
    save_heat_map(grid, "Recall at 1 % false positives", path)

"""The suites by name."""

import json
from collections.abc import Callable

from app.domain.errors import InvalidInputError
from app.evaluation.alarms_suite import run_alarms
from app.evaluation.bench import Bench, SuiteReport
from app.evaluation.crops_suite import run_crops
from app.evaluation.photos_suite import run_photos

_SUITES: tuple[tuple[str, Callable[[Bench], SuiteReport]], ...] = (
    ("flickrlogos27-photos", run_photos),
    ("flickrlogos27-crops", run_crops),
    ("false-alarms", run_alarms),
)


def suite_names() -> tuple[str, ...]:
    """Return the names that `run_suite` knows."""
    return tuple(name for name, _ in _SUITES)


def run_suite(name: str, bench: Bench) -> SuiteReport:
    """Run a suite and write its figures to `<out>/<name>.json` and `.md`.

    Raises:
        InvalidInputError: when there is no such suite, or its data is not there.
    """
    suite = dict(_SUITES).get(name)
    if suite is None:
        raise InvalidInputError(f"no suite {name!r}; there are: {', '.join(suite_names())}")
    report = suite(bench)
    bench.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.document, indent=2) + "\n"
    (bench.out / f"{name}.json").write_text(text, encoding="utf-8")
    (bench.out / f"{name}.md").write_text(report.markdown + "\n", encoding="utf-8")
    return report

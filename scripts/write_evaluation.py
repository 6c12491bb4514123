"""Writes docs/evaluation.md, and the limits in docs/models.md, from what the suites left.

    python -m scripts.benchmark --data ../shared/data > var/evaluation/benchmark.md
    python -m scripts.write_evaluation var/evaluation

`--without SUITE` writes a page that says of that suite that it was not measured with this model,
`--kept SUITE` one that keeps what the page says of it and tells that it is of an earlier version.

The words are in `scripts/evaluation.template.md`; `{{name}}` in it is the table of that suite, and
every figure, those of the first table too, comes out of the suites' files.
"""

import argparse
import json
import os
import platform
import re
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).with_name("evaluation.template.md")
_DOCS = Path(__file__).parent.parent / "docs"
_LIMITS = re.compile(r"(<!-- limits -->\n).*?(<!-- end of limits -->)", re.DOTALL)
_PACKAGES = ("torch", "openvino", "faiss-cpu", "opencv-python-headless")
_UNSEEN = "brands not seen in training"
_OURS = "Touchstone"
_FIRST = "recall at rank 1"
_SIZE = "15 %"
_HEAT_MAP = "![Recall at 1 % false positives by size and trick](images/evasion.png)"
_NOT_MEASURED = "Not measured with this model."
_KEPT = "Measured with an earlier version of the code, and perhaps on another machine."
_EDGE = 40  # characters of the template that find a table again in a page

Documents = Mapping[str, Any]
Goal = tuple[str, float, Mapping[str, float]]  # what, the goal, value with its interval


def write_evaluation(
    folder: Path, without: Collection[str] = (), kept: Mapping[str, str] | None = None
) -> str:
    """Return the page; it says of the suites in `without` that they were not measured.

    `kept` has what an earlier page said of suites that were not run again.

    Raises:
        FileNotFoundError: when another suite has not been run.
    """

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name == "facts":
            return _facts(folder)
        if name == "goals":
            return _goals(folder, without)
        if kept and name in kept:
            return f"{_KEPT}\n\n{kept[name]}"
        if name in without:
            return _NOT_MEASURED
        if name == "evasion":
            return f"{_HEAT_MAP}\n\n{_table(folder, name)}"
        return _table(folder, name)

    template = _TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"\{\{([a-z0-9-]+)\}\}", filled, template)


def said_of(suite: str, page: str) -> str:
    """Return what a page says of a suite.

    Raises:
        ValueError: when the words of the template around it are not in the page.
    """
    before, after = _TEMPLATE.read_text(encoding="utf-8").split(f"{{{{{suite}}}}}")
    start = page.index(before[-_EDGE:]) + _EDGE
    said = page[start : page.index(after[:_EDGE], start)].strip()
    return said.removeprefix(_KEPT).strip()


def _table(folder: Path, name: str) -> str:
    return (folder / f"{name}.md").read_text(encoding="utf-8").strip()


def _facts(folder: Path) -> str:
    model = _document(folder, "flickrlogos27-photos")["run"]["model"]
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    machine = f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"Model `{model}`. Machine: {machine}, {packages}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _document(folder: Path, suite: str) -> Documents:
    found: Documents = json.loads((folder / f"{suite}.json").read_text(encoding="utf-8"))
    return found


def _goals(folder: Path, without: Collection[str]) -> str:
    rows = [
        row
        for suite, reached in _REACHED.items()
        if suite not in without
        for row in reached(_document(folder, suite))
    ]
    lines = ["| | goal | reached | |", "| --- | --- | --- | --- |"]
    for name, goal, seen in rows:
        verdict = "reached" if seen["value"] >= goal else "missed"
        figure = f"{seen['value']:.3f} [{seen['low']:.3f}, {seen['high']:.3f}]"
        lines.append(f"| {name} | {goal:.2f} | {figure} | {verdict} |")
    return "\n".join(lines)


def _marks_reached(suite: Documents) -> list[Goal]:
    marks = suite["overall"]["no tricks"]
    return [
        ("held-out synthetic marks, recall at rank 1", 0.75, marks[_FIRST]),
        ("the same at rank 10", 0.92, marks["recall at rank 10"]),
    ]


def _crops_reached(suite: Documents) -> list[Goal]:
    five = suite["by_brands"][f"{_UNSEEN}, 5 references a brand"]
    return [("crops of unseen brands, 5 references", 0.93, five[_FIRST])]


def _photos_reached(suite: Documents) -> list[Goal]:
    whole, boxes = suite["by_brands"][_UNSEEN], suite["box_hits"][_UNSEEN]
    return [
        ("whole photos of unseen brands, recall at rank 1", 0.80, whole[_FIRST]),
        ("the same at 1 % false positives", 0.65, whole["recall at 1 % false positives"]),
        ("labelled boxes of unseen brands hit", 0.75, boxes["boxes hit"]),
    ]


def _grocery_reached(suite: Documents) -> list[Goal]:
    return [("groceries, recall at rank 1", 0.65, suite["contenders"][_OURS][_FIRST])]


def _evasion_reached(suite: Documents) -> list[Goal]:
    grid = {trick: cells[_SIZE] for trick, cells in suite["recall_at_1_percent"].items()}
    worst = min(grid, key=lambda trick: float(grid[trick]["value"]))
    small, larger = (suite["by_size"][size]["boxes hit"] for size in ("8 %", _SIZE))
    return [
        (f"a motif at {_SIZE} under the worst trick ({worst})", 0.60, grid[worst]),
        ("synthetic motifs of 8 % hit, all tricks", 0.90, small),
        (f"synthetic motifs of {_SIZE} hit, all tricks", 0.90, larger),
    ]


_REACHED: Mapping[str, Callable[[Documents], list[Goal]]] = {
    "synthetic-marks": _marks_reached,
    "flickrlogos27-crops": _crops_reached,
    "flickrlogos27-photos": _photos_reached,
    "grocery": _grocery_reached,
    "evasion": _evasion_reached,
}


def with_limits(folder: Path, card: str) -> str:
    """Return the page of model cards with the shipped model's limits filled in."""
    evasion = _document(folder, "evasion")
    sizes = list(evasion["by_size"])
    lines = [
        "| found at 1 % false positives, by the mark's share of the short side | "
        + " | ".join(sizes)
        + " |",
        "| --- |" + " --- |" * len(sizes),
    ]
    for trick, cells in evasion["recall_at_1_percent"].items():
        shown = " | ".join(f"{cells[size]['value']:.2f}" for size in sizes)
        lines.append(f"| {trick} | {shown} |")
    table = "\n".join(lines)
    return _LIMITS.sub(lambda found: f"{found[1]}{table}\n{found[2]}", card)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("var/evaluation"))
    parser.add_argument("--without", action="append", default=[], help="a suite; repeatable")
    parser.add_argument("--kept", action="append", default=[], help="a suite; repeatable")
    arguments = parser.parse_args()
    results = arguments.folder
    page, cards = _DOCS / "evaluation.md", _DOCS / "models.md"
    earlier = page.read_text(encoding="utf-8") if arguments.kept else ""
    still = {suite: said_of(suite, earlier) for suite in arguments.kept}
    missing = [*arguments.without, *still]
    page.write_text(write_evaluation(results, missing, still) + "\n", encoding="utf-8")
    if "evasion" not in missing:
        cards.write_text(with_limits(results, cards.read_text(encoding="utf-8")), encoding="utf-8")

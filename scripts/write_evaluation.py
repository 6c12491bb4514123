"""Writes docs/evaluation.md, and the limits in docs/models.md, from what the suites left.

    python -m scripts.benchmark --data ../shared/data > var/evaluation/benchmark.md
    python -m scripts.write_evaluation var/evaluation

The words are in `scripts/evaluation.template.md`; `{{name}}` in it is the table of that suite, and
every figure, those of the first table too, comes out of the suites' files.
"""

import argparse
import json
import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).with_name("evaluation.template.md")
_DOCS = Path(__file__).parent.parent / "docs"
_LIMITS = re.compile(r"(<!-- limits -->\n).*?(<!-- end of limits -->)", re.DOTALL)
_PACKAGES = ("torch", "openvino", "faiss-cpu", "opencv-python-headless")
_UNSEEN = "brands not seen in training"
_OURS = "Touchstone"
_SIZE = "15 %"

Documents = Mapping[str, Any]


def write_evaluation(folder: Path) -> str:
    """Return the page.

    Raises:
        FileNotFoundError: when a suite has not been run.
    """

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name == "facts":
            return _facts(folder)
        if name == "goals":
            return _goals(folder)
        return (folder / f"{name}.md").read_text(encoding="utf-8").strip()

    template = _TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"\{\{([a-z0-9-]+)\}\}", filled, template)


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


def _goals(folder: Path) -> str:
    marks = _document(folder, "synthetic-marks")["overall"]["no tricks"]
    crops = _document(folder, "flickrlogos27-crops")["by_brands"]
    photos = _document(folder, "flickrlogos27-photos")
    whole, boxes = photos["by_brands"][_UNSEEN], photos["box_hits"][_UNSEEN]
    five = crops[f"{_UNSEEN}, 5 references a brand"]
    grocery = _document(folder, "grocery")["contenders"][_OURS]
    evasion = _document(folder, "evasion")
    grid = {trick: cells[_SIZE] for trick, cells in evasion["recall_at_1_percent"].items()}
    worst = min(grid, key=lambda trick: float(grid[trick]["value"]))
    first, tenth = "recall at rank 1", "recall at rank 10"
    small, larger = (evasion["by_size"][size]["boxes hit"] for size in ("8 %", _SIZE))
    rows = [
        ("held-out synthetic marks, recall at rank 1", 0.75, marks[first]),
        ("the same at rank 10", 0.92, marks[tenth]),
        ("crops of unseen brands, 5 references", 0.93, five[first]),
        ("whole photos of unseen brands, recall at rank 1", 0.80, whole[first]),
        ("the same at 1 % false positives", 0.65, whole["recall at 1 % false positives"]),
        ("groceries, recall at rank 1", 0.65, grocery[first]),
        (f"a motif at {_SIZE} under the worst trick ({worst})", 0.60, grid[worst]),
        ("labelled boxes of unseen brands hit", 0.75, boxes["boxes hit"]),
        ("synthetic motifs of 8 % hit, all tricks", 0.90, small),
        (f"synthetic motifs of {_SIZE} hit, all tricks", 0.90, larger),
    ]
    lines = ["| | goal | reached | |", "| --- | --- | --- | --- |"]
    for name, goal, seen in rows:
        verdict = "reached" if seen["value"] >= goal else "missed"
        figure = f"{seen['value']:.3f} [{seen['low']:.3f}, {seen['high']:.3f}]"
        lines.append(f"| {name} | {goal:.2f} | {figure} | {verdict} |")
    return "\n".join(lines)


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
    results = parser.parse_args().folder
    page, cards = _DOCS / "evaluation.md", _DOCS / "models.md"
    page.write_text(write_evaluation(results) + "\n", encoding="utf-8")
    cards.write_text(with_limits(results, cards.read_text(encoding="utf-8")), encoding="utf-8")

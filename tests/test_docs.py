"""The documents keep up with the code; a failure shows the line that would mend it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from prometheus_client.parser import text_string_to_metric_families
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from app.api.metrics import Metrics
from app.api.problems import HTTP_CODES, status_of
from app.batch.tally import ProgressReport
from app.cli import cli
from app.cli.run_figures import RunFigures
from app.domain.assessment import ReasonCode
from app.domain.errors import TouchstoneError
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SOURCES = sorted(
    path for room in ("app", "index", "models", "scripts") for path in (ROOT / room).rglob("*.py")
)
LONGEST_README, FIRST_SCREEN = 150, 30  # lines

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]+)\"")
_DOCUMENT_NAME = re.compile(r"\bdocs/[\w./-]+?\.(?:md|json)\b")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _section(page: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of its level."""
    level = title.partition(" ")[0]
    _, found, rest = f"\n{page}\n".partition(f"\n{title}\n")
    assert found, f"there is no heading {title!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def _cells(section: str) -> list[str]:
    """Return the first cells of a section's tables, without their backticks."""
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


# Settings


def _shown(default: object) -> str:
    if default == "":
        return "empty"
    return f"`{json.dumps(list(default)) if isinstance(default, tuple) else default}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    row = f"| `TOUCHSTONE_{name.upper()}` | {_shown(field.default)} | {field.description} |"
    assert row in _section(_page("operations.md"), "## Settings")


def test_no_other_setting_is_documented() -> None:
    known = {f"TOUCHSTONE_{name.upper()}" for name in Settings.model_fields}
    known |= {"TOUCHSTONE_CONFIG", "TOUCHSTONE_TEST_POSTGRES_URL"}
    for page in PAGES:
        named = set(re.findall(r"\bTOUCHSTONE_[A-Z_]+\b", page.read_text(encoding="utf-8")))
        assert named <= known, _name(page)


# Codes


def _tree(error: type[TouchstoneError]) -> Iterator[type[TouchstoneError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == error.__module__:
            yield from _tree(child)


def test_every_error_code_is_documented_with_its_status() -> None:
    section = _section(_page("operations.md"), "## Error codes")
    codes = {error.code: status_of(error) for error in _tree(TouchstoneError)}
    codes |= {code: status for status, code in HTTP_CODES.items() if code not in codes}
    missing = [
        f"| `{code}` | {status} |"
        for code, status in codes.items()
        if f"\n| `{code}` | {status} |" not in section
    ]
    assert not missing
    assert set(_cells(section)) == set(codes)


def test_every_reason_code_is_documented_and_no_other() -> None:
    cells = _cells(_section(_page("operations.md"), "## Reason codes"))
    assert sorted(cells) == sorted(ReasonCode)


# Figures


def test_every_figure_is_documented_with_its_labels() -> None:
    section = _section(_page("operations.md"), "## Health, figures and logs")
    metrics = Metrics()
    metrics.request("/v1/search", "POST", 200, 0.1)
    metrics.model("pixels", "", "numpy")
    families = {
        family.name: family
        for family in text_string_to_metric_families(metrics.text().decode())
        if family.name.startswith("touchstone_") and not family.name.endswith("_created")
    }
    assert {cell for cell in _cells(section) if cell.startswith("touchstone_")} == set(families)
    for name, family in families.items():
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        row = next(line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
        _, _, kind, shown, *_ = (cell.strip() for cell in row.split("|"))
        assert kind == family.type, name
        assert set(re.findall(r"`(\w+)`", shown)) == labels, name


def test_the_figures_of_a_run_are_documented_with_their_labels() -> None:
    section = _section(_page("operations.md"), "## Catalogues")
    figures = RunFigures()
    figures(ProgressReport(1, 2, 1, 1, 0, 1, causes={"row_rejected": 1}))
    families = {
        family.name: family
        for family in text_string_to_metric_families(figures.text().decode())
        if family.name.startswith("touchstone_")
    }
    assert {cell for cell in _cells(section) if cell.startswith("touchstone_")} == set(families)
    for name, family in families.items():
        labels = {label for sample in family.samples for label in sample.labels}
        row = next(line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
        _, _, kind, shown, meaning, _ = (cell.strip() for cell in row.split("|"))
        assert (kind, meaning) == (family.type, family.documentation)
        assert set(re.findall(r"`(\w+)`", shown)) == labels, name


# Routes


@cache
def _operations() -> dict[str, Any]:
    paths = create_app(Settings()).openapi()["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, operations in paths.items()
        for method, operation in operations.items()
    }


def test_every_route_is_documented_and_no_other() -> None:
    section = _section(_page("api.md"), "## Routes")
    for route, operation in _operations().items():
        assert f"| `{route}` | {operation['summary']} |" in section
    assert set(_cells(section)) == set(_operations())


def test_every_query_parameter_is_documented() -> None:
    rows = _section(_page("api.md"), "## Routes").splitlines()
    for route, operation in _operations().items():
        asked = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        row = next(row for row in rows if row.startswith(f"| `{route}` |"))
        assert set(re.findall(r"`(\w+)`", row.rsplit("|", 2)[1])) == asked, route


def test_the_kept_description_of_the_api_is_that_of_the_application() -> None:
    command = [sys.executable, "-m", "scripts.export_openapi", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Commands


def _commands(command: object, name: str = "touchstone") -> dict[str, TyperCommand]:
    if isinstance(command, TyperCommand):
        return {name: command}
    assert isinstance(command, TyperGroup)
    found: dict[str, TyperCommand] = {}
    for word, child in command.commands.items():
        found |= _commands(child, f"{name} {word}")
    return found


COMMANDS = _commands(typer.main.get_command(cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented_with_every_word_it_takes(name: str) -> None:
    section = _section(_page("commands.md"), f"## `{name}`")
    command = COMMANDS[name]
    assert (command.help or "").splitlines()[0] in section
    rows = [_row(parameter) for parameter in command.params]
    assert [row for row in rows if row not in section] == []
    assert len(_cells(section)) == len(rows), "a word is documented that does not exist"


def test_no_other_command_is_documented() -> None:
    headings = re.findall(r"^## `(.+)`$", _page("commands.md"), re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS)


def _row(parameter: object) -> str:
    assert isinstance(parameter, TyperOption | TyperArgument)
    shown = parameter.opts[0] if isinstance(parameter, TyperOption) else parameter.metavar
    return f"| `{shown}` | {parameter.help} |"


# Pages


def test_the_readme_is_short_and_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_README
    first_screen = "\n".join(lines[:FIRST_SCREEN])
    assert "make demo" in first_screen
    assert "make test" in first_screen


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [first or second for first, second in _LINK.findall(text)]
    for target in targets:
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} is not there"
        assert file.is_relative_to(ROOT), f"{target} is outside the project"
        if anchor:
            assert anchor in _anchors(file), f"{target}: there is no such heading"


def _anchors(file: Path) -> set[str]:
    """Return the anchors of a page's headings, as hosts of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def test_documents_that_the_code_names_exist() -> None:
    for path in [*SOURCES, ROOT / "Makefile", ROOT / "pyproject.toml", *PAGES]:
        for name in set(_DOCUMENT_NAME.findall(path.read_text(encoding="utf-8"))):
            assert (ROOT / name).is_file(), f"{_name(path)} names {name}"


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (DOCS / "decisions").glob("*.md"))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in names)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = re.findall(r"^([a-z]+):.*## .+$", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(explained)

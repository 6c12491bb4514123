"""The budgets that keep the code readable, measured on every file and function."""

import ast
import re
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "examples", "index", "models", "scripts", "touchstone_client")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE, MEDIAN_FILE = 400, 120  # lines
LONGEST_FUNCTION, LONG_FUNCTION, MEDIAN_FUNCTION = 60, 35, 10  # lines; 95 % are below the second
MOST_PATCHES = 10
UNSAFE_FORMATS = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
}
VAGUE_NAMES = re.compile(r"(utils?|helpers?|common|misc|\w*_utils?|\w*_helpers?|\w*manager\w*)")
PATCH = re.compile(
    r"\bmonkeypatch\.(?:setattr|setitem|delattr|delitem)\(|(?<!client\.)\bpatch(?:\.\w+)?\("
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(path: Path) -> list[tuple[str, int]]:
    """Return every function of a file with its length in lines, decorators included."""
    return [
        (f"{_name(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - _first_line(node) + 1)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=_name)
def test_a_file_opens_with_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "the module has no docstring"


def test_no_file_is_long() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in SOURCES}
    long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert not long
    # Files that only say what a folder is would flatter the figure.
    assert median(n for name, n in lengths.items() if "__init__" not in name) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    lengths = dict(function for path in SOURCES for function in _functions(path))
    long = {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}
    assert not long
    assert quantiles(lengths.values(), n=20)[-1] <= LONG_FUNCTION
    assert median(lengths.values()) <= MEDIAN_FUNCTION


def test_only_scripts_print() -> None:
    printing = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] != "scripts"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not printing


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=_name)
def test_nothing_is_kept_in_a_format_that_runs_code(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & UNSAFE_FORMATS


def test_the_pickles_that_are_read_run_no_code() -> None:
    calls = [
        (_name(path), {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords})
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load"
    ]
    assert [name for name, _ in calls] == [
        "models/networks/lite0.py",
        "models/training/pretrained.py",
    ]
    assert all(keywords["weights_only"] == "True" for _, keywords in calls)


def test_no_name_says_nothing() -> None:
    names = {part for path in SOURCES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not {name for name in names if VAGUE_NAMES.fullmatch(name)}


def test_tests_use_fakes_rather_than_patches() -> None:
    this = Path(__file__).resolve()
    patches = {
        _name(path): count
        for path in TESTS
        if path != this and (count := len(PATCH.findall(path.read_text())))
    }
    assert sum(patches.values()) <= MOST_PATCHES, patches

"""Who may import whom: the contracts hold, and each of them can be broken.

Every case adds one file with one import to a copy of the tree and expects its contract to name it.
"""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "index", "models", "scripts", "touchstone_client")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

VIOLATIONS = [
    ("rooms", "models", "import app.domain.errors"),
    ("rooms", "models/networks", "import index"),
    ("rooms", "index", "from models.regions import Regions"),
    ("rooms", "index", "import app.domain.box"),
    ("rooms", "app/services", "import scripts"),
    ("client", "touchstone_client", "import app.domain.errors"),
    ("client", "touchstone_client/calls", "from models.regions import Regions"),
    ("client-apart", "app/api", "import touchstone_client"),
    ("app-layers", "app/domain", "import app.services"),
    ("app-layers", "app/domain", "import app.storage.names"),
    ("app-layers", "app/media", "import app.storage"),
    ("app-layers", "app/storage", "import app.media"),
    ("app-layers", "app/services", "import app.bootstrap"),
    ("app-layers", "app/api", "import app.bootstrap"),
    ("app-layers", "app/demo", "import app.evaluation"),
    ("app-layers", "app/evaluation", "import app.api"),
    ("app-layers", "app/batch", "import app.bootstrap"),
    ("app-layers", "app/api", "import app.batch"),
    ("app-layers", "app/api", "import app.main"),
    ("app-layers", "app/services", "import app.cli"),
    ("app-layers", "app", "import app.domain"),  # a room that has no place in the layers
    ("low-rooms", "app/domain", "import index"),
    ("low-rooms", "app/media", "from models.regions import Photo"),
    ("low-rooms", "app/storage", "import models.cards"),
    ("settings", "app/services", "from app.settings import Settings"),
    ("settings", "app/api", "from app.settings import Settings"),
    ("settings", "app/domain", "def read():\n    import app.settings"),
    ("http", "app/services", "import fastapi"),
    ("http", "app/domain", "from starlette.requests import Request"),
    ("http", "app/cli", "from fastapi import FastAPI"),
    ("outbound", "app/services", "import httpx2"),
    ("outbound", "app/api", "from httpcore2 import request"),
    ("sql", "app/services", "from sqlalchemy import select"),
    ("sql", "app/evaluation", "import alembic"),
    ("networks", "app/services", "def late():\n    import torch"),
    ("networks", "index", "from torch import nn"),
    ("networks", "scripts", "import openvino"),
    ("torchvision", "models/networks", "import torchvision"),
    ("torchvision", "app/evaluation", "from torchvision import models"),
    ("ocr", "models/reading", "import rapidocr"),
    ("ocr", "app/services", "from rapidocr import RapidOCR"),
    ("word-frequencies", "app/services", "import wordfreq"),
    ("faiss", "index", "import faiss"),
    ("faiss", "app/services", "from faiss import read_index"),
    ("queue", "app/services", "from huey import SqliteHuey"),
    ("queue", "app/batch", "import huey"),
    ("tracing", "app/services", "from opentelemetry import trace"),
    ("tracing", "app/api", "import opentelemetry.sdk"),
    ("ray", "app/services", "import ray"),
    ("ray", "app/cli", "import ray.data"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = tree / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


@pytest.fixture
def tree(copy: Path) -> Iterator[Path]:
    """The copy, put right again afterwards."""
    yield copy
    for intruder in copy.rglob("intruder.py"):
        intruder.unlink()


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    done = _lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(_contracts())} kept, 0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "room", "line"), VIOLATIONS)
def test_a_violation_breaks_its_contract(tree: Path, contract: str, room: str, line: str) -> None:
    (tree / room / "intruder.py").write_text(f"{line}\n")
    done = _lint(tree, "--contract", contract)
    assert done.returncode == 1
    assert "0 kept, 1 broken" in done.stdout
    assert f"{room.replace('/', '.')}.intruder" in done.stdout


def test_every_contract_is_broken_once() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == _contracts()


def test_the_domain_needs_numpy_and_the_standard_library_alone() -> None:
    allowed = {*sys.stdlib_module_names, "app", "numpy"}
    for path in sorted((ROOT / "app" / "domain").rglob("*.py")):
        foreign = _imported(ast.parse(path.read_text())) - allowed
        assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def _contracts() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"] for contract in project["tool"]["importlinter"]["contracts"]}


def _lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def _imported(module: ast.Module) -> set[str]:
    """Return the first parts of the names of all imported modules."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}

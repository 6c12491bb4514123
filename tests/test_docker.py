"""The container, as far as it can be proved without an engine.

`docker build` itself is not run here; what the recipe says is checked against the tree, and the
health check, the start script and the claim that no torch is needed are executed.
"""

import fnmatch
import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.settings import Settings
from models.catalogue import RuntimeOptions, load_embedder

ROOT = Path(__file__).parents[1]
START = ROOT / "docker" / "with-models"
BUILD_TOOLS = {"build-essential", "gcc", "g++", "clang", "cmake", "make", "git", "curl", "wget"}
UNUSUAL = {"ENV", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word, the rest, and the comment right above it."""

    word: str
    rest: str
    comment: str

    @property
    def words(self) -> list[str]:
        """The words after the options."""
        return [word for word in self.rest.split() if not word.startswith("--")]


def _instructions(text: str) -> list[Instruction]:
    found: list[Instruction] = []
    comment: list[str] = []
    logical = re.sub(r"\\\n\s*", " ", text)
    for line in map(str.strip, logical.splitlines()):
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
            continue
        if line:
            word, _, rest = line.partition(" ")
            found.append(Instruction(word, rest.strip(), " ".join(comment)))
        comment = []
    return found


RECIPE = _instructions((ROOT / "Dockerfile").read_text())
_LAST_FROM = max(place for place, step in enumerate(RECIPE) if step.word == "FROM")
FINAL = RECIPE[_LAST_FROM:]
ENVIRONMENT = dict(
    step.rest.split("=", 1) for step in FINAL if step.word == "ENV" and "=" in step.rest
)


def _one(word: str) -> Instruction:
    (step,) = [step for step in FINAL if step.word == word]
    return step


def test_base_images_are_pinned_to_one_version() -> None:
    images = {step.words[0] for step in RECIPE if step.word == "FROM"}
    assert len(images) == 1
    assert re.fullmatch(r"python:\d+\.\d+(\.\d+)?-slim-[a-z]+", images.pop())


def test_what_is_copied_is_there_and_not_ignored() -> None:
    copies = [s for s in RECIPE if s.word == "COPY" and not s.rest.startswith("--from")]
    sources = {source for step in copies for source in step.words[:-1]}
    assert {"app/", "index/", "models/", "pyproject.toml"} <= sources
    for source in sources:
        assert (ROOT / source).exists(), f"{source} is not in the tree"
        assert not _ignored(source.rstrip("/")), f"{source} is left out by .dockerignore"


def test_what_is_copied_from_a_stage_was_made_there() -> None:
    built = " ".join(step.rest for step in RECIPE[:_LAST_FROM])
    for step in FINAL:
        if step.word == "COPY" and step.rest.startswith("--from=build"):
            assert step.words[0] in built


def test_every_file_of_a_room_is_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    for room in ("app", "index", "models"):
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".py":
                assert any(fnmatch.fnmatchcase(path.name, each) for each in patterns), path


@pytest.mark.parametrize(
    "path", ["var/touchstone.db", ".git/config", ".venv/bin/python", "tests/images.py", ".env"]
)
def test_nothing_else_gets_near_the_image(path: str) -> None:
    assert _ignored(path)


def _ignored(path: str) -> bool:
    """Apply `.dockerignore` as Docker does: the last pattern that fits a path or its parents."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            keep = pattern.startswith("!")
            if _fits(path, pattern.removeprefix("!")):
                ignored = not keep
    return ignored


def _fits(path: str, pattern: str) -> bool:
    parts = path.split("/")
    parents = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    loose = pattern.removeprefix("**/")
    names = parts if loose != pattern else parents
    return any(fnmatch.fnmatchcase(name, loose) for name in names)


def test_the_service_is_nobody_in_particular() -> None:
    user = _one("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.rest)
    assert not [s for s in FINAL[FINAL.index(user) :] if s.word in {"RUN", "COPY", "ADD"}]


def test_the_final_image_has_no_build_tools_and_no_package_lists() -> None:
    installs = [step for step in FINAL if step.word == "RUN" and "apt-get install" in step.rest]
    for step in installs:
        assert not BUILD_TOOLS & set(step.words)
        assert "--no-install-recommends" in step.rest
        assert "rm -rf /var/lib/apt/lists/*" in step.rest
    assert not [step for step in FINAL if step.word == "RUN" and "pip install" in step.rest]


def test_pip_leaves_no_cache_and_no_settings_behind() -> None:
    for step in RECIPE:
        if "pip install" in step.rest:
            assert "--mount=type=cache,target=/root/.cache/pip" in step.rest
            assert "--mount=type=secret,id=pip,target=/etc/pip.conf" in step.rest
    assert not [step for step in RECIPE if step.word == "ARG"]


def test_every_unusual_line_says_why() -> None:
    silent = [step for step in RECIPE if step.word in UNUSUAL and not step.comment]
    assert not silent
    assert not [s for s in RECIPE if s.word == "ENV" and len(shlex.split(s.rest)) != 1]


def test_its_settings_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {name: value for name, value in ENVIRONMENT.items() if name.startswith("TOUCHSTONE_")}
    prefix = len("TOUCHSTONE_")
    assert {name[prefix:].lower() for name in named} <= set(Settings.model_fields)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    assert str(Settings().data_dir) == _one("VOLUME").rest == "/var/lib/touchstone"


def test_the_command_is_one_that_exists() -> None:
    command = json.loads(_one("CMD").rest)
    assert command[0] == "touchstone"
    assert CliRunner().invoke(cli, [*command[1:], "--help"]).exit_code == 0
    assert command[-2:] == ["--host", "0.0.0.0"]  # noqa: S104  a container's own network


def test_the_health_check_tells_the_living_from_the_dead() -> None:
    words = _one("HEALTHCHECK").rest
    command = json.loads(words[words.index("CMD") + len("CMD") :])
    assert command[:2] == ["python", "-c"]
    with _answering(200) as port:
        assert _health(command[2], port) == 0
        # A proxy that answers nobody must not be asked.
        assert _health(command[2], port, http_proxy="http://127.0.0.1:9") == 0
    with _answering(503) as port:
        assert _health(command[2], port) != 0
    assert _health(command[2], port) != 0  # nobody listens there any more


def _health(code: str, port: int, **environment: str) -> int:
    variables = os.environ | environment | {"TOUCHSTONE_PORT": str(port)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=variables, capture_output=True, check=False).returncode


@contextmanager
def _answering(status: int) -> Iterator[int]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/live" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_network_is_put_in_place_and_the_command_run(tmp_path: Path) -> None:
    seed, data = tmp_path / "seed", tmp_path / "a data folder"
    seed.mkdir()
    (seed / "net.xml").write_text("xml")
    (seed / "net.bin").write_text("weights")
    done = _start(seed, data, "echo", "two words", "*")
    assert done.stdout == "two words *\n"
    assert (data / "models" / "net.bin").read_text() == "weights"
    untouched = (data / "models" / "net.xml").stat().st_mtime_ns
    (data / "models" / "net.bin").write_text("wei")
    assert _start(seed, data, "true").returncode == 0
    assert (data / "models" / "net.bin").read_text() == "weights"
    assert (data / "models" / "net.xml").stat().st_mtime_ns == untouched
    assert sorted(path.name for path in (data / "models").iterdir()) == ["net.bin", "net.xml"]


def test_the_commands_own_exit_code_is_the_containers(tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.mkdir()
    (seed / "net.xml").write_text("xml")
    assert _start(seed, tmp_path / "data", "sh", "-c", "exit 7").returncode == 7


def test_a_container_without_its_network_does_not_start(tmp_path: Path) -> None:
    done = _start(tmp_path / "missing", tmp_path / "data", "echo", "started")
    assert done.returncode != 0
    assert "started" not in done.stdout


def _start(seed: Path, data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(START), str(seed), *command],
        env=os.environ | {"TOUCHSTONE_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_start_script_can_be_executed() -> None:
    assert os.access(START, os.X_OK)
    name, folder = json.loads(_one("ENTRYPOINT").rest)
    assert name == START.name
    assert folder in [step.words[-1] for step in FINAL if step.word == "COPY"]


@pytest.mark.skipif(find_spec("openvino") is None, reason="OpenVINO is for x86 alone")
def test_a_converted_network_needs_no_torch(tmp_path: Path) -> None:
    load_embedder(options=RuntimeOptions(runtime="openvino", cache=tmp_path))
    code = f"""
import sys
sys.modules["torch"] = sys.modules["torchvision"] = None
import numpy as np
from pathlib import Path
from models.catalogue import RuntimeOptions, load_embedder
from models.regions import Regions
import app.cli
options = RuntimeOptions(runtime="openvino", cache=Path({str(tmp_path)!r}))
photo = np.zeros((64, 64, 3), np.uint8)
rows = load_embedder(options=options).embed(Regions.of(photo, [(0, 0, 64, 64)]))
assert rows.shape[0] == 1, rows.shape
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""The client is the description's: every route, every schema, every code, and made from it."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from pydantic import BaseModel

from scripts.client_source.described import Description
from scripts.make_client import ROOT, differing, sources
from tests.api.documented import description
from touchstone_client import ApiError, AsyncClient, Client, models
from touchstone_client.errors import (
    ImageRefusedError,
    InvalidInputError,
    ServerError,
    error_class,
    error_of,
)

DESCRIBED = Description(description())
NOT_COVERED: set[str] = set()  # operations that the clients leave out: none


def test_the_made_files_are_up_to_date() -> None:
    assert differing(sources()) == [], "run `python -m scripts.make_client`"


def test_a_change_of_the_description_is_noticed() -> None:
    made = sources()
    changed = {**made, "models/shared.py": made["models/shared.py"] + "\n"}
    gone = {name: text for name, text in made.items() if name != "calls/keys.py"}
    assert differing(changed) == ["models/shared.py"]
    assert differing(gone) == ["calls/keys.py"]


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_every_operation_has_a_method(client: type) -> None:
    missing = {each.name for each in DESCRIBED.operations if not hasattr(client, each.name)}
    assert missing == NOT_COVERED


def test_every_schema_has_a_model() -> None:
    assert not [name for name in DESCRIBED.schemas if not hasattr(models, name)]


@pytest.mark.parametrize("name", DESCRIBED.schemas)
def test_a_model_has_the_fields_and_takes_the_examples_of_its_schema(name: str) -> None:
    schema, model = DESCRIBED.schemas[name], getattr(models, name)
    if DESCRIBED.is_enum(name):
        assert [each.value for each in model] == schema["enum"]
        return
    assert issubclass(model, BaseModel)
    assert set(model.model_fields) == set(schema["properties"])
    required = {field for field, told in model.model_fields.items() if told.is_required()}
    assert required == set(schema.get("required", ()))
    for example in schema.get("examples", []):
        assert model.model_validate(example)


def test_every_code_has_its_exception() -> None:
    for code, example in description()["components"]["examples"].items():
        problem = models.Problem.model_validate(example["value"])
        kind = error_class(problem.status, code)
        assert kind is not ApiError
        assert issubclass(kind, ImageRefusedError) == code.startswith("image_")
        assert issubclass(kind, ServerError) == (problem.status == 500)
        assert issubclass(kind, InvalidInputError) == (problem.status in {400, 405, 413, 415, 422})
        error = error_of(problem.status, problem.model_dump_json().encode(), "/v1", None)
        assert (type(error), error.code, error.status) == (kind, code, problem.status)


def test_an_older_client_reads_what_a_newer_service_says() -> None:
    told = {"code": "seen_by_smell", "detail": "…", "strength": 3}
    assert models.ReasonPublic.model_validate(told).code == "seen_by_smell"
    known = models.ReasonPublic.model_validate({**told, "code": "motif_seen"})
    assert known.code is models.ReasonCode.MOTIF_SEEN


def test_the_client_is_installed_without_the_service(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    options = ["--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", str(tmp_path)]
    subprocess.run([*command, *options, str(_copied(tmp_path))], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert {"touchstone_client/clients.py", "touchstone_client/py.typed"} <= set(names)
    assert {f"touchstone_client/{name}" for name in sources()} <= set(names)
    alone = "import sys; sys.path.insert(0, sys.argv[1]); import touchstone_client.webhooks; "
    alone += "assert not {'app', 'torch', 'numpy', 'fastapi'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", alone, str(wheel)], check=True, cwd=tmp_path)


def _copied(tmp_path: Path) -> Path:
    """A copy, since building leaves its traces beside the sources."""
    target = tmp_path / "source"
    for path in (ROOT / "touchstone_client").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = target / path.relative_to(ROOT / "touchstone_client")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return target

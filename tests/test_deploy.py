"""What is handed out for deploying is valid, fits together, and fits the service and its image.

Schemas are those of Kubernetes and of the Compose specification, from packages; where `kubectl` is
installed, what it makes of the kustomizations is checked as well. No image is fetched.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import kubernetes_validate
import pytest
import yaml

from app.api.access import needed
from app.settings import Settings
from tests.api.documented import description

Document: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "deploy" / "compose"
KUBERNETES = ROOT / "deploy" / "kubernetes"
MANIFESTS = sorted(path for path in KUBERNETES.rglob("*.yaml") if path.name != "kustomization.yaml")
OLDEST, NEWEST = "1.30", "1.33"
USER = 10001
LABELS = {"app.kubernetes.io/name": "touchstone"}
NAMES = {f"TOUCHSTONE_{name.upper()}" for name in Settings.model_fields}


def documents(path: Path) -> list[Document]:
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def manifests() -> dict[str, Document]:
    """Every resource by its kind."""
    return {each["kind"]: each for path in MANIFESTS for each in documents(path)}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_a_manifest_is_valid(path: Path, version: str) -> None:
    assert documents(path)
    for document in documents(path):
        kubernetes_validate.validate(document, version, strict=True)


def test_a_manifest_that_is_wrong_is_noticed() -> None:
    wrong = manifests()["Deployment"]
    wrong["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


@pytest.mark.parametrize("folder", ["base", "example"])
def test_a_kustomization_names_what_is_there(folder: str) -> None:
    (told,) = documents(KUBERNETES / folder / "kustomization.yaml")
    known = {"apiVersion", "kind", "resources", "configMapGenerator", "images", "namespace"}
    assert told.keys() <= known | {"replicas"}
    for name in told["resources"]:
        assert (KUBERNETES / folder / name).exists()


@pytest.mark.parametrize("folder", ["base", "example"])
def test_what_kustomize_makes_is_valid(folder: str) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    command = [kubectl, "kustomize", str(KUBERNETES / folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert {each["kind"] for each in made} >= {"Deployment", "Service", "ConfigMap"}
    for each in made:
        kubernetes_validate.validate(each, NEWEST, strict=True)


def test_selectors_select_the_replicas_and_nothing_else() -> None:
    found = manifests()
    assert found["Deployment"]["spec"]["selector"]["matchLabels"] == LABELS
    assert found["Deployment"]["spec"]["template"]["metadata"]["labels"] == LABELS
    assert found["Service"]["spec"]["selector"] == LABELS
    assert found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == LABELS
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == LABELS


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_a_pod_has_no_more_than_it_needs(kind: str) -> None:
    pod = manifests()[kind]["spec"]["template"]["spec"]
    # A service's variables begin as the settings do: TOUCHSTONE_PORT would be taken for the port.
    assert pod["enableServiceLinks"] is False
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsUser"] == USER
    assert f"USER {USER}:" in (ROOT / "Dockerfile").read_text()
    for container in pod["containers"]:
        mounted = {each["name"] for each in container["volumeMounts"]}
        assert mounted == {each["name"] for each in pod["volumes"]}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_probes_ask_for_paths_that_answer_everybody() -> None:
    (container,) = manifests()["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["ports"] == [{"name": "http", "containerPort": Settings().port}]
    for name in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[name]["httpGet"]
        assert asked["port"] == "http"
        assert asked["path"] in description()["paths"]
        assert needed("GET", asked["path"]) is None
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"


def test_every_setting_that_is_set_exists() -> None:
    used = {
        name
        for path in (ROOT / "deploy").rglob("*")
        if path.is_file()
        for name in re.findall(r"\b(TOUCHSTONE_[A-Z_]+)[:=]", path.read_text())
    }
    assert {"TOUCHSTONE_DATABASE_URL", "TOUCHSTONE_BLOB_URL"} <= used
    assert used <= NAMES


def _checked(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)


def test_the_compose_file_is_valid(tmp_path: Path) -> None:
    done = _checked(COMPOSE / "compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((COMPOSE / "compose.yaml").read_text().replace("cap_drop", "cap_dorp"))
    assert _checked(wrong).returncode == 1


def test_the_compose_file_fits_together() -> None:
    (told,) = documents(COMPOSE / "compose.yaml")
    services = told["services"]
    assert services["touchstone"]["deploy"]["replicas"] >= 2
    assert (COMPOSE / services["touchstone"]["build"] / "Dockerfile").is_file()
    for service in services.values():
        for other in service.get("depends_on", ()):
            assert other in services
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source in told["volumes"] or (COMPOSE / source).is_file()
    assert f"{USER}" in services["touchstone"]["tmpfs"][1]
    asked = set(re.findall(r"\$\{(\w+)", (COMPOSE / "compose.yaml").read_text()))
    given = set(re.findall(r"^(\w+)=", (COMPOSE / "example.env").read_text(), re.MULTILINE))
    assert asked == given
    # A secret that is not set ends the start; none has a default.
    assert not re.search(r"\$\{\w+:?-", json.dumps(told))


def _nginx() -> Iterator[tuple[str, str]]:
    for line in (COMPOSE / "nginx.conf").read_text().splitlines():
        if found := re.fullmatch(r"\s*(\w+) (.+);", line):
            yield found.group(1), found.group(2)


def test_the_proxy_fits_the_service() -> None:
    told = dict(_nginx())
    (compose,) = documents(COMPOSE / "compose.yaml")
    assert told["client_max_body_size"] == f"{Settings().max_request_bytes // 2**20}m"
    assert told["server"].startswith(f"touchstone:{Settings().port} ")
    (published,) = compose["services"]["proxy"]["ports"]
    assert published.rpartition(":")[2] == told["listen"]
    # A write that may have begun must not be sent to another replica by somebody without its key.
    assert told["proxy_next_upstream"] == "error"

"""The description is complete, up to date, and its examples are true to their schemas."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.api.problems import HTTP_CODES
from app.api.schemas import (  # noqa: F401  they register themselves
    assessments,
    brands,
    catalogs,
    evidence,
    explain,
    health,
    images,
    keys,
    listings,
    motifs,
    references,
    reviews,
    search,
    webhooks,
)
from app.api.schemas.base import Input, Output, Page
from tests.api.documented import description

OPERATIONS = [
    pytest.param(operation, id=operation["operationId"])
    for path in description()["paths"].values()
    for operation in path.values()
]
UPKEEP = {
    "assessment": {"create", "list", "get"},
    "catalog": {"create", "list", "get", "cancel", "remove"},
    "brand": {"create", "list", "get", "change", "remove"},
    "seller": {"create", "list", "get", "remove"},
    "motif": {"create", "list", "get", "change", "remove", "enable", "disable"},
    "reference": {"create", "list", "get", "remove"},
    "review": {"list", "get", "claim", "release", "decide"},
    "webhook": {"create", "list", "get", "remove"},
    "key": {"create", "list", "get", "revoke"},
}


def _models(root: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in root.__subclasses__():
        yield child
        yield from _models(child)


MODELS = [*_models(Input), *_models(Output)]


def test_the_committed_file_is_the_live_application(unchanged: TestClient) -> None:
    assert unchanged.get("/openapi.json").json() == description(), (
        "run `python -m scripts.export_openapi` and commit docs/openapi.json"
    )


def test_the_contract_is_there() -> None:
    names = {operation.id for operation in OPERATIONS}
    for noun, verbs in UPKEEP.items():
        plural = {verb: f"{verb}_{noun}" + "s" * (verb == "list") for verb in verbs}
        assert set(plural.values()) <= names
    assert {
        "search_image",
        "explain_image",
        "get_evidence",
        "get_results",
        "get_reference_image",
    } <= names
    assert {"get_liveness", "get_readiness", "get_metrics"} <= names
    assert len(names) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_described(operation: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in description()["tags"]}
    assert set(operation["tags"]) <= tags
    assert operation["summary"]
    assert operation["description"].endswith(".")
    for parameter in operation.get("parameters", []):
        assert parameter["description"], parameter["name"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_shows_examples(operation: dict[str, Any]) -> None:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        assert "example" in media
    for status, response in operation["responses"].items():
        assert response["description"]
        for media_type, media in response.get("content", {}).items():
            binary = media["schema"].get("format") == "binary"
            assert binary or media.keys() & {"example", "examples"}, (status, media_type)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_documents_its_problems(operation: dict[str, Any]) -> None:
    if operation["operationId"] == "get_liveness":
        return
    refused = {
        int(status): response
        for status, response in operation["responses"].items()
        if int(status) >= 400
    }
    assert {500, 503} <= refused.keys()
    assert 422 in refused or "operations" in operation["tags"]
    for status, response in refused.items():
        (media,) = (response["content"][kind] for kind in ["application/problem+json"])
        assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
        for code, example in media["examples"].items():
            assert example == {"$ref": f"#/components/examples/{code}"}
            assert description()["components"]["examples"][code]["value"]["status"] == status


def test_every_field_is_described() -> None:
    undescribed = [
        f"{name}.{field}"
        for name, schema in description()["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_examples_are_true_to_their_schema(model: type[BaseModel]) -> None:
    for example in model.model_json_schema().get("examples", []):
        assert model.model_validate(example)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_schema_takes_unknown_fields(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"] is True


def test_every_page_has_items_and_a_cursor() -> None:
    pages = [model for model in MODELS if model.__name__.endswith("Page") and model is not Page]
    assert len(pages) == len(UPKEEP) + 3  # deliveries, events and quarantine, which nobody creates
    for page in pages:
        assert issubclass(page, Page)
        # Motifs in quarantine are few, and stand beside what is paged.
        beside = {"QuarantinePage": {"motifs"}, "ReviewPage": {"quarantined_motifs"}}
        extra = beside.get(page.__name__, set())
        assert set(page.model_fields) == {"items", "next_cursor"} | extra


def test_every_reference_leads_somewhere() -> None:
    text = str(description())
    for kind in ("schemas", "examples"):
        known = description()["components"][kind]
        for found in text.split(f"#/components/{kind}/")[1:]:
            assert found.partition("'")[0] in known
    assert set(HTTP_CODES.values()) <= description()["components"]["examples"].keys()

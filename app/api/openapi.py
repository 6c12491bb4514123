"""The OpenAPI description: what FastAPI derives, plus the bodies that it cannot.

A route that takes a form or JSON reads its body itself, so its two shapes are described here from
the same schemas that parse them. Examples are lifted from the schemas onto every answer, where
documentation pages look for them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.access import needed
from app.api.examples import with_nulls
from app.api.idempotency import HEADER, SECRETS, WRITES
from app.api.problems import Document, problem_examples, refusals_of_access, refusals_of_repeats
from app.api.schemas.base import Problem
from app.api.schemas.catalogs import CatalogCreate, CatalogForm, CatalogResults
from app.api.schemas.evidence import EvidencePublic
from app.api.schemas.explain import ExplainCreate, ExplainForm
from app.api.schemas.images import ImageCreate
from app.api.schemas.listings import AssessmentCreate, ListingCreate
from app.api.schemas.references import ReferenceCreate, ReferenceForm
from app.domain.idempotency import LONGEST_KEY

TITLE = "Touchstone"
VERSION = "1"
SUMMARY = "Shows when goods listed as unbranded carry a protected brand's motif."
DESCRIPTION = """\
Send a listing with its photos, get a verdict with its reasons: `clear`, `review` or `suspect`.
Touchstone never says "counterfeit": it says what it saw, what the listing says, and how many of a
million ordinary photos would match as well.

Send a key as `Authorization: Bearer ts_…`; a service for which none was ever made needs none.
Errors are problem JSON (RFC 9457) with a stable `code`. Lists page by cursor. Every answer carries
an `X-Request-ID`.
"""
TAGS = [
    {"name": "assessments", "description": "Judge listings, and see what a verdict rests on."},
    {
        "name": "search",
        "description": "Find the motifs nearest to an image, or why one was not raised.",
    },
    {
        "name": "catalogs",
        "description": "Score a whole catalogue in the background, and follow how far it is.",
    },
    {"name": "brands", "description": "The registry's brands, and who may sell their goods."},
    {"name": "motifs", "description": "The registry's motifs; off and on at once, or for a time."},
    {"name": "references", "description": "Images of motifs and of known look-alikes."},
    {"name": "reviews", "description": "What people decide of the listings sent to them."},
    {"name": "webhooks", "description": "Who is told what happened, and whether it arrived."},
    {"name": "keys", "description": "Who may use the service, and for what."},
    {"name": "audit", "description": "Who changed what, and when."},
    {"name": "operations", "description": "Is it alive, is it ready, what is it doing?"},
]
_REF = "#/components/schemas/{model}"
_FILE = {"type": "string", "format": "binary"}
# Bodies and answers that FastAPI does not see, since the routes read or write them by themselves.
_BY_HAND: Sequence[tuple[type[BaseModel], Literal["validation", "serialization"]]] = (
    (AssessmentCreate, "validation"),
    (CatalogCreate, "validation"),
    (ExplainCreate, "validation"),
    (ImageCreate, "validation"),
    (ListingCreate, "validation"),
    (ReferenceCreate, "validation"),
    (EvidencePublic, "serialization"),
    (CatalogResults, "serialization"),
    (Problem, "serialization"),
)


def assessment_body() -> Document:
    """Return the request body of `POST /v1/assessments`."""
    listing = {"$ref": _REF.format(model="ListingCreate")}
    images = {"type": "array", "items": _FILE, "description": "The photos, in order."}
    form = {
        "type": "object",
        "required": ["listing"],
        "properties": {"listing": listing, "images": images},
    }
    example = {"listing": _example(ListingCreate), "images": ["@1.jpg", "@2.jpg"]}
    encoding = {"listing": {"contentType": "application/json"}}
    return _body(AssessmentCreate, form, example, encoding)


def image_body() -> Document:
    """Return the request body of `POST /v1/search`."""
    image = {**_FILE, "description": "The image file."}
    form = {"type": "object", "required": ["image"], "properties": {"image": image}}
    return _body(ImageCreate, form, {"image": "@2.jpg"}, {})


def explain_body() -> Document:
    """Return the request body of `POST /v1/explain`."""
    fields = ExplainForm.model_json_schema(ref_template=_REF)["properties"]
    box = {"type": "string", "description": fields["box"]["description"]}
    image = {**_FILE, "description": "The image file."}
    form = {
        "type": "object",
        "required": ["image", "motif_id"],
        "properties": {"image": image, **fields, "box": box},
    }
    example = {"image": "@2.jpg", "motif_id": "mot_12", "box": "40,60,600,580"}
    return _body(ExplainCreate, form, example, {})


def catalog_body() -> Document:
    """Return the request body of `POST /v1/catalogs`."""
    fields = CatalogForm.model_json_schema(ref_template=_REF)["properties"]
    file = {**_FILE, "description": "The catalogue; its name's ending says its format."}
    form = {
        "type": "object",
        "required": ["catalog"],
        "properties": {"catalog": file, **fields},
    }
    return _body(CatalogCreate, form, {"catalog": "@listings.jsonl.gz"}, {})


def reference_body() -> Document:
    """Return the request body of `POST /v1/motifs/{motif_id}/references`."""
    fields = ReferenceForm.model_json_schema(ref_template=_REF)["properties"]
    box = {"type": "string", "description": fields["box"]["description"]}
    image = {**_FILE, "description": "The image file."}
    form = {
        "type": "object",
        "required": ["image"],
        "properties": {"image": image, **fields, "box": box},
    }
    example = {"image": "@screw.png", "polarity": "positive", "box": "40,60,600,580"}
    return _body(ReferenceCreate, form, example, {})


def describe(app: FastAPI) -> Document:
    """Return the application's OpenAPI document."""
    document: Document = get_openapi(
        title=TITLE,
        version=VERSION,
        summary=SUMMARY,
        description=DESCRIPTION,
        tags=TAGS,
        routes=app.routes,
    )
    document["components"]["examples"] = problem_examples()
    schemas = document["components"]["schemas"]
    _, definitions = models_json_schema(_BY_HAND, ref_template=_REF)
    for name, schema in definitions["$defs"].items():
        schemas.setdefault(name, schema)
    for schema in schemas.values():
        if "examples" in schema:
            schema["examples"] = [with_nulls(each, schema, schemas) for each in schema["examples"]]
    _describe_access(document)
    for media in _media(document):
        examples = schemas.get(_schema_name(media), {}).get("examples", ())
        if examples and not {"example", "examples"} & media.keys():
            media["example"] = examples[0]
    return document


def _describe_access(document: Document) -> None:
    """Say of every operation which scopes it takes, and how it refuses those without."""
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key, `ts_…`."}
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            scopes = needed(method.upper(), path)
            if scopes is None:
                continue
            if method.upper() in WRITES and not path.startswith(SECRETS):
                _describe_repeats(operation)
            operation["security"] = [{"key": [str(scope)]} for scope in sorted(scopes)]
            _add_responses(operation, refusals_of_access())
            operation["responses"] = dict(sorted(operation["responses"].items()))


def _describe_repeats(operation: Document) -> None:
    """Say that a write may be sent again under a key."""
    parameter = {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "A key of your own for this write: sent again with the same key, it is not "
        "carried out again, and gets the answer of the first time.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    }
    operation.setdefault("parameters", []).append(parameter)
    _add_responses(operation, refusals_of_repeats())


def _add_responses(operation: Document, responses: Document) -> None:
    """Add problems to an operation's own, those of one status side by side."""
    for status, response in responses.items():
        known = operation["responses"].setdefault(status, response)
        for media_type, media in response["content"].items():
            known["content"][media_type]["examples"].update(media["examples"])


def _schema_name(media: Document) -> str:
    schema = media.get("schema", {})
    either = schema.get("anyOf", [schema])[0]  # a body that may be left out is `anyOf` it and null
    return str(either.get("$ref", "")).rpartition("/")[2]


def _example(model: type[BaseModel]) -> Any:
    return model.model_json_schema()["examples"][0]


def _body(
    model: type[BaseModel], form: Document, example: Document, encoding: Document
) -> Document:
    as_form = {"schema": form, "example": example}
    as_json = {"schema": {"$ref": _REF.format(model=model.__name__)}, "example": _example(model)}
    content = {
        "multipart/form-data": {**as_form, "encoding": encoding} if encoding else as_form,
        "application/json": as_json,
    }
    return {"requestBody": {"required": True, "content": content}}


def _media(document: Document) -> Iterator[Document]:
    """Walk over every body and answer of every operation."""
    operations: Sequence[Document] = [
        operation for path in document["paths"].values() for operation in path.values()
    ]
    for operation in operations:
        yield from operation.get("requestBody", {}).get("content", {}).values()
        for response in operation["responses"].values():
            yield from response.get("content", {}).values()

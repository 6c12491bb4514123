"""Holds every answer that a test receives against the committed OpenAPI description."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"


@cache
def description() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return document


def check_documented(answer: Any) -> None:
    """Fail when an operation answers in a way that it does not document."""
    operation = _operation(answer.request.method, answer.request.url.path)
    if operation is None:
        path = answer.request.url.path
        pages = path in {"/docs", "/openapi.json"} or path.startswith("/docs-assets/")
        assert answer.status_code >= 400 or pages
        return
    documented = operation["responses"].get(str(answer.status_code))
    told = f"{operation['operationId']} answered {answer.status_code}"
    assert documented is not None, told
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    known = documented.get("content", {})
    assert (
        media_type in known
        or f"{media_type.partition('/')[0]}/*" in known
        or not (media_type or known)
    ), f"{told} with {media_type!r}"


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in description()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            operation: dict[str, Any] | None = operations.get(method.lower())
            return operation
    return None

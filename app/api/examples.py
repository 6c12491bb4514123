"""Examples of the description, true to their schemas.

FastAPI leaves every null out of the document that it derives, examples included: a required field
that is null in an example would be missing there, and the example would not be one.
"""

from collections.abc import Mapping
from typing import Any

from app.api.problems import Document


def with_nulls(value: Any, schema: Document, schemas: Mapping[str, Document]) -> Any:
    """Return an example with the nulls that its schema requires.

    >>> with_nulls({"a": 1}, {"properties": {"a": {}, "b": {}}, "required": ["a", "b"]}, {})
    {'a': 1, 'b': None}
    """
    if "$ref" in schema:
        return with_nulls(value, schemas[str(schema["$ref"]).rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return value if value is None else with_nulls(value, schema["anyOf"][0], schemas)
    if isinstance(value, list) and "items" in schema:
        return [with_nulls(each, schema["items"], schemas) for each in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    absent = [name for name in schema.get("required", ()) if name not in value]
    whole = {**value, **dict.fromkeys(absent)}
    fields = {name: schema["properties"].get(name, {}) for name in whole}
    return {name: with_nulls(whole[name], field, schemas) for name, field in fields.items()}

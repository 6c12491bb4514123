"""JSON schemas as Python annotations and defaults."""

import json
from typing import Any

from scripts.client_source.described import Description, Document, referred

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {"date-time": "datetime", "date": "date"}


def annotation(schema: Document, description: Description, *, sent: bool) -> str:
    """Return the annotation of a value.

    What is received may be newer than the client: an enum's value that it does not know stays a
    string, where what is sent has to be one of those that exist.
    """
    if "$ref" in schema:
        name = next(referred(schema))
        return f"Open{name}" if description.is_enum(name) and not sent else name
    if "anyOf" in schema:
        each = [annotation(kind, description, sent=sent) for kind in schema["anyOf"]]
        return " | ".join(dict.fromkeys(each))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(json.dumps(value) for value in values)}]" if sent else "str"
    if schema.get("type") == "array":
        return _sequence(schema, description, sent=sent)
    if schema.get("type", "object") == "object":
        return "dict[str, Any]" if "type" in schema else "Any"  # without a type: anything at all
    return _FORMATS.get(schema.get("format", ""), _PLAIN[schema["type"]])


def _sequence(schema: Document, description: Description, *, sent: bool) -> str:
    if "prefixItems" in schema:
        each = [annotation(kind, description, sent=sent) for kind in schema["prefixItems"]]
        return f"tuple[{', '.join(each)}]"
    return f"tuple[{annotation(schema['items'], description, sent=sent)}, ...]"


def default(schema: Document, description: Description) -> str:
    """Return the source of the default of a field that may be left out."""
    value: Any = schema.get("default")
    named = [name for name in referred(schema) if description.is_enum(name)]
    if isinstance(value, str) and named:
        return f"{named[0]}.{member(value)}"
    if isinstance(value, list):
        return f"({', '.join(repr(each) for each in value)}{',' * (len(value) == 1)})"
    return repr(value)


def member(value: str) -> str:
    """Return the name of an enum's value.

    >>> member("assessment.suspect")
    'ASSESSMENT_SUSPECT'
    """
    return value.upper().replace(".", "_").replace("-", "_")

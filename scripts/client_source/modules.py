"""Writes the client's generated modules: one for each group of schemas, one for each of calls."""

import re
import textwrap
from collections.abc import Iterable

from scripts.client_source.described import (
    SHARED,
    Description,
    Document,
    Operation,
    class_name,
    json_answer,
    referred,
)
from scripts.client_source.types import annotation, default, member

_MADE = "Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand."
_WIDTH = 100
_QUOTES = '"""'


def models_module(description: Description, group: str, names: Iterable[str]) -> str:
    """Return the source of one group's schemas."""
    body = [
        _enum(description, name) if description.is_enum(name) else _model(description, name)
        for name in names
    ]
    shared = sorted(
        {
            used
            for name in names
            for below in referred(description.schemas[name])
            if description.group(below) == SHARED != group
            for used in ([below, f"Open{below}"] if description.is_enum(below) else [below])
        }
    )
    text = "\n\n".join(body)
    shared = [name for name in shared if re.search(rf"\b{name}\b", text)]
    return "\n".join(
        [
            _docstring(f"What the API is sent and answers with: {group}.\n\n{_MADE}", ""),
            "",
            *_imports(text),
            *(
                [f"from touchstone_client.models.shared import {', '.join(shared)}"]
                if shared
                else []
            ),
            "",
            "",
            text,
            "",
        ]
    )


def _imports(text: str) -> list[str]:
    moments = [name for name in ("date", "datetime") if re.search(rf"\b{name}\b(?=[ \],\n])", text)]
    typing = [
        name
        for name in ("Annotated", "Any", "Literal", "TypeAlias")
        if re.search(rf"\b{name}\b", text)
    ]
    bases = [name for name in ("Received", "Sent") if f"({name})" in text]
    return [
        *([f"from datetime import {', '.join(moments)}"] if moments else []),
        *(["from enum import StrEnum"] if "(StrEnum)" in text else []),
        *([f"from typing import {', '.join(typing)}", ""] if typing else []),
        *(["from pydantic import Field", ""] if "Field(" in text else []),
        *([f"from touchstone_client.base import {', '.join(bases)}"] if bases else []),
    ]


def models_index(description: Description, groups: dict[str, list[str]]) -> str:
    """Return the source of the package that has all schemas under one name."""
    lines = [
        f"from touchstone_client.models.{group} import {name} as {name}"
        for group, names in groups.items()
        for each in names
        for name in ([each, f"Open{each}"] if description.is_enum(each) else [each])
    ]
    told = _docstring(f"Everything that the API is sent and answers with.\n\n{_MADE}", "")
    return "\n".join([told, "", *lines, ""])


def calls_module(description: Description, tag: str) -> str:
    """Return the source of one group's calls, waiting and not."""
    operations = [each for each in description.operations if each.tag == tag and not each.by_hand]
    prefix = class_name(tag)
    parts = []
    for asynchronous in (False, True):
        name = f"Async{prefix}Calls" if asynchronous else f"{prefix}Calls"
        base = "AsyncSender" if asynchronous else "Sender"
        kind = "without waiting" if asynchronous else "one after the other"
        methods = [_method(description, each, asynchronous=asynchronous) for each in operations]
        parts.append(
            "\n".join(
                [
                    f"class {name}({base}):",
                    f'    """Calls of the group {tag}, {kind}."""',
                    "",
                    "\n\n".join(methods),
                ]
            )
        )
    text = "\n\n\n".join(parts)
    used = sorted(name for name in description.schemas if re.search(rf"\b{name}\b", text))
    iterators = [n for n in ("AsyncIterator", "Iterator") if re.search(rf"\b{n}\b", text)]
    calls = [
        "AsyncSender",
        "Call",
        "Sender",
        *(n for n in ("nothing", "plain", "raw") if f", {n}" in text or f"    {n},\n" in text),
        *(["step"] if "step(" in text else []),
    ]
    return "\n".join(
        [
            _docstring(f"Calls of the group {tag}.\n\n{_MADE}", ""),
            "",
            *([f"from collections.abc import {', '.join(iterators)}"] if iterators else []),
            *(["from datetime import datetime"] if ": datetime" in text else []),
            "",
            f"from touchstone_client.calling import {', '.join(calls)}",
            *([f"from touchstone_client.models import {', '.join(used)}"] if used else []),
            "",
            "",
            text,
            "",
        ]
    )


def calls_index(tags: Iterable[str]) -> str:
    """Return the source of the classes that have every call."""
    lines = [_docstring(f"Every call that is made by rule.\n\n{_MADE}", ""), ""]
    for tag in tags:
        name = class_name(tag)
        lines.append(f"from touchstone_client.calls.{tag} import Async{name}Calls, {name}Calls")
    for start, told in (("", "one after the other"), ("Async", "without waiting")):
        bases = ", ".join(f"{start}{class_name(tag)}Calls" for tag in tags)
        lines += ["", "", f"class {start}Calls({bases}):", f'    """All of them, {told}."""']
    return "\n".join([*lines, ""])


def _enum(description: Description, name: str) -> str:
    schema = description.schemas[name]
    told = schema.get("description", f"Values of {name}.")
    lines = [f"class {name}(StrEnum):", _docstring(told, "    "), ""]
    lines += [f'    {member(value)} = "{value}"' for value in schema["enum"]]
    union = f'Annotated[{name} | str, Field(union_mode="left_to_right")]'
    return "\n".join([*lines, "", "", f"Open{name}: TypeAlias = {union}", ""])


def _model(description: Description, name: str) -> str:
    schema = description.schemas[name]
    sent = name in description.sent
    base = "Sent" if sent else "Received"
    lines = [
        f"class {name}({base}):",
        _docstring(schema.get("description", f"{name}."), "    "),
        "",
    ]
    required = set(schema.get("required", ()))
    for field, kind in schema.get("properties", {}).items():
        typed = annotation(kind, description, sent=sent)
        if field not in required:
            value = default(kind, description)
            typed = (
                f"{typed} = {value}"
                if value != "None" or "None" in typed
                else f"{typed} | None = None"
            )
        lines += [f"    {field}: {typed}", _docstring(kind["description"], "    ")]
    return "\n".join([*lines, ""])


def _method(description: Description, operation: Operation, *, asynchronous: bool) -> str:
    pages = "cursor" in {each["name"] for each in operation.parameters("query")}
    answer = json_answer(operation)
    result, read = _result(operation, answer)
    if pages:
        item = annotation(
            description.schemas[answer]["properties"]["items"]["items"], description, sent=True
        )
        result = f"{'Async' if asynchronous else ''}Iterator[{item}]"
    waits = asynchronous and not pages
    arguments, passed = _arguments(description, operation)
    path = re.sub(r"\{(\w+)\}", r"{step(\1)}", operation.path)
    call = [f'"{operation.method}"', f'{"f" * ("{" in path)}"{path}"', read, *passed]
    send = "self._pages" if pages else ("await self._send" if waits else "self._send")
    returns = "" if result == "None" else "return "
    summary = f"{operation.document['summary'].rstrip('?.')}."
    detail = operation.document["description"]
    told = detail if detail.startswith(summary) else f"{summary}\n\n{detail}"
    given = ", ".join(["self", *arguments])
    return "\n".join(
        [
            f"    {'async ' * waits}def {operation.name}({given}) -> {result}:",
            _docstring(told, "        "),
            f"        {returns}{send}(Call({', '.join(call)}))",
        ]
    )


def _result(operation: Operation, answer: str) -> tuple[str, str]:
    """Return what a method returns, and what reads it."""
    if answer:
        return answer, f"{answer}.model_validate_json"
    if not operation.answers:
        return "None", "nothing"
    is_text = next(iter(operation.answers)).startswith("text/")
    return ("str", "plain") if is_text else ("bytes", "raw")


def _arguments(description: Description, operation: Operation) -> tuple[list[str], list[str]]:
    """Return a method's arguments, and what is passed on to the call."""
    arguments = [f"{each['name']}: str" for each in operation.parameters("path")]
    passed: list[str] = []
    for schema in operation.bodies.values():
        name = next(referred(schema))
        arguments.append(f"body: {name} | None = None" if "anyOf" in schema else f"body: {name}")
        passed.append("body=body")
    query = operation.parameters("query")
    keyed = bool(operation.parameters("header"))
    if query or keyed:
        arguments.append("*")
    for each in query:
        kind = annotation(_without_null(each["schema"]), description, sent=True)
        arguments.append(f"{each['name']}: {kind} | None = None")
    if query:
        names = ", ".join(f'"{each["name"]}": {each["name"]}' for each in query)
        passed.append(f"query={{{names}}}")
    if keyed:
        arguments.append("idempotency_key: str | None = None")
        passed += ["keyed=True", "key=idempotency_key"]
    return arguments, passed


def _without_null(schema: Document) -> Document:
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    return dict(kinds[0])


def _docstring(text: str, indent: str) -> str:
    paragraphs = text.strip().split("\n\n")
    room = _WIDTH - len(indent) - 2 * len(_QUOTES)  # so that one line holds both
    wrapped = [
        textwrap.fill(" ".join(each.split()), room, break_long_words=False) for each in paragraphs
    ]
    first, *rest = "\n\n".join(wrapped).split("\n")
    if not rest:
        return f'{indent}"""{first}"""'
    lines = [f'{indent}"""{first}', *(f"{indent}{line}".rstrip() for line in rest), f'{indent}"""']
    return "\n".join(lines)

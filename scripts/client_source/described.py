"""The description, asked the questions that the writers of source have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]
SHARED = "shared"  # schemas that more than one group of operations uses
_REF = "#/components/schemas/"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    document: Document

    @property
    def name(self) -> str:
        """The operation's id, which becomes a method's name."""
        return str(self.document["operationId"])

    @property
    def tag(self) -> str:
        """The group that it belongs to."""
        return str(self.document["tags"][0])

    @property
    def bodies(self) -> Mapping[str, Document]:
        """Media types of the request, with their schemas."""
        content: Mapping[str, Document] = self.document.get("requestBody", {}).get("content", {})
        return {kind: media["schema"] for kind, media in content.items()}

    @property
    def answers(self) -> Mapping[str, Document]:
        """Media types of what success is answered with; none for an empty answer."""
        done = [each for code, each in self.document["responses"].items() if code < "300"]
        return {kind: each["schema"] for kind, each in done[-1].get("content", {}).items()}

    def parameters(self, place: str) -> list[Document]:
        """Parameters in the path, the query or the header."""
        return [each for each in self.document.get("parameters", []) if each["in"] == place]

    @property
    def by_hand(self) -> bool:
        """Whether no rule covers it: it takes files, or answers in more than one form."""
        return "multipart/form-data" in self.bodies or len(self.answers) > 1


class Description:
    """Operations and schemas of one OpenAPI document."""

    def __init__(self, document: Document) -> None:
        self.schemas: Mapping[str, Document] = document["components"]["schemas"]
        self.operations = [
            Operation(method.upper(), path, each)
            for path, methods in document["paths"].items()
            for method, each in methods.items()
        ]
        self.tags = list(dict.fromkeys(each.tag for each in self.operations))
        self.sent = self._closed(
            name
            for operation in self.operations
            for schema in operation.bodies.values()
            for name in referred(schema)
        )
        self._groups = self._grouped()

    def is_enum(self, name: str) -> bool:
        """Tell whether a schema is a list of strings."""
        return "enum" in self.schemas[name]

    def group(self, name: str) -> str:
        """Return the group whose file a schema is in."""
        return self._groups[name]

    def groups(self) -> dict[str, list[str]]:
        """Return every file's schemas, each after those that it names."""
        found: dict[str, list[str]] = {}
        for name in self._in_order():
            found.setdefault(self.group(name), []).append(name)
        return dict(sorted(found.items()))

    def _grouped(self) -> dict[str, str]:
        users: dict[str, set[str]] = {name: set() for name in self.schemas}
        for operation in self.operations:
            for name in self._closed(referred(operation.document)):
                users[name].add(operation.tag)
        return {name: min(tags) if len(tags) == 1 else SHARED for name, tags in users.items()}

    def _closed(self, names: Iterator[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += referred(self.schemas[name])
        return found

    def _in_order(self) -> list[str]:
        done: dict[str, None] = {}

        def visit(name: str) -> None:
            for below in sorted(set(referred(self.schemas[name])) - {name}):
                if below not in done:
                    visit(below)
            done[name] = None

        for name in sorted(self.schemas):
            if name not in done:
                visit(name)
        return list(done)


def referred(document: Any) -> Iterator[str]:
    """Walk over the names of all schemas that a piece of the description refers to."""
    if isinstance(document, dict):
        reference = document.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield reference.removeprefix(_REF)
        for value in document.values():
            yield from referred(value)
    elif isinstance(document, list):
        for value in document:
            yield from referred(value)


def json_answer(operation: Operation) -> str:
    """Return the schema's name of an answer in JSON, empty where it is something else."""
    return next(referred(operation.answers.get(_JSON, {})), "")


def class_name(tag: str) -> str:
    """Return what a group's classes begin with.

    >>> class_name("assessments")
    'Assessments'
    """
    return re.sub(r"\W+", " ", tag).title().replace(" ", "")

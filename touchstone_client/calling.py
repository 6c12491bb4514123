"""One call as a value, and the exchange that carries it out; what waits is in `clients.py`.

    Call ─▶ Exchange.request ─▶ HTTP ─▶ answered, or lost ─▶ wait and again, a result, or an error

A write gets an Idempotency-Key of its own unless its caller has one, and keeps it over all tries:
so a write whose answer was lost is not carried out twice.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx2
from pydantic import BaseModel, ValidationError

from touchstone_client.errors import UnreachableError, UnreadableAnswerError, error_of
from touchstone_client.retrying import MAYBE_DONE, NOT_DONE, SAFE, Retries, retry_after

Answer = TypeVar("Answer")
Item_co = TypeVar("Item_co", covariant=True)
Part = tuple[str, tuple[str | None, bytes, str]]  # name, then file name, content, media type


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """What is asked, and how its answer is read."""

    method: str
    path: str
    read: Callable[[bytes], Answer]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: BaseModel | None = None
    form: Sequence[Part] = ()
    keyed: bool = False  # whether it takes an Idempotency-Key
    key: str | None = None  # the caller's own


class PageLike(Protocol[Item_co]):
    """One page of a list."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The page's items."""

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins."""


class Exchange(Generic[Answer]):
    """One call on its way, over as many tries as it takes."""

    def __init__(self, call: Call[Answer], retries: Retries) -> None:
        self._call = call
        self._retries = retries
        self._tried = 0
        self._key = (call.key or uuid4().hex) if call.keyed else None
        self._repeatable = call.method in SAFE or call.keyed

    def request(self) -> dict[str, Any]:
        """Return the arguments of the next try; counts it."""
        self._tried += 1
        call = self._call
        request: dict[str, Any] = {"method": call.method, "url": call.path}
        headers = {} if self._key is None else {"Idempotency-Key": self._key}
        if call.body is not None:
            request["content"] = call.body.model_dump_json(exclude_unset=True).encode()
            headers["Content-Type"] = "application/json"
        if call.form:
            request["files"] = list(call.form)
        query = {name: value for name, value in call.query.items() if value is not None}
        return {**request, "headers": headers, "params": query}

    def answered(self, status: int, headers: Mapping[str, str], content: bytes) -> float | None:
        """Take an answer; return the seconds to wait before the next try, `None` when done.

        Raises:
            ApiError: when the service refused or failed, and trying again would not help.
        """
        if 200 <= status < 300:
            return None
        asked = retry_after(headers.get("Retry-After"))
        error = error_of(status, content, self._call.path, asked)
        again = status in NOT_DONE or (status in MAYBE_DONE and self._repeatable)
        wait = self._wait(asked) if again or self._still_under_way(error.code) else None
        if wait is None:
            raise error
        return wait

    def lost(self, error: httpx2.TransportError) -> float:
        """Take a failure to get any answer; return the seconds to wait before the next try.

        Raises:
            UnreachableError: when trying again would not help, or could do the thing twice.
        """
        again = self._repeatable or isinstance(error, httpx2.ConnectError)
        wait = self._wait(None) if again else None
        if wait is None:
            told = f"no answer to {self._call.method} {self._call.path}: {error!r}"
            raise UnreachableError(told) from error
        return wait

    def result(self, content: bytes) -> Answer:
        """Return what the answer says; `UnreadableAnswerError` when that is not understood."""
        try:
            return self._call.read(content)
        except ValidationError as error:
            told = f"the answer to {self._call.method} {self._call.path} is not as described"
            raise UnreadableAnswerError(told) from error

    def _wait(self, asked: float | None) -> float | None:
        return self._retries.wait(self._tried, asked, random.random())  # noqa: S311  only spreads

    def _still_under_way(self, code: str) -> bool:
        """Tell whether an earlier try of this very call, its answer lost, is still being served."""
        own = self._call.keyed and self._call.key is None
        return own and self._tried > 1 and code == "idempotency_conflict"


class Sender(ABC):
    """Whoever can make a call and wait for its answer."""

    @abstractmethod
    def _send(self, call: Call[Answer]) -> Answer:
        """Make a call."""

    def _pages(self, call: Call[PageLike[Item_co]]) -> Iterator[Item_co]:
        """Walk over a list from page to page, which is asked for when it is needed."""
        while True:
            page = self._send(call)
            yield from page.items
            if page.next_cursor is None:
                return
            call = replace(call, query={**call.query, "cursor": page.next_cursor})


class AsyncSender(ABC):
    """The same without blocking."""

    @abstractmethod
    async def _send(self, call: Call[Answer]) -> Answer:
        """Make a call."""

    async def _pages(self, call: Call[PageLike[Item_co]]) -> AsyncIterator[Item_co]:
        """Walk over a list from page to page, which is asked for when it is needed."""
        while True:
            page = await self._send(call)
            for item in page.items:
                yield item
            if page.next_cursor is None:
                return
            call = replace(call, query={**call.query, "cursor": page.next_cursor})


def step(text: str) -> str:
    """Return one step of a path.

    >>> step("mot_1"), step("a/../b")
    ('mot_1', 'a%2F..%2Fb')

    Raises:
        ValueError: for what would be another path.
    """
    if text in {"", ".", ".."}:
        raise ValueError(f"{text!r} is not an id")
    return quote(text, safe="")


def nothing(_: bytes) -> None:
    """Read an answer without content."""


def plain(content: bytes) -> str:
    """Read text."""
    return content.decode()


def raw(content: bytes) -> bytes:
    """Read a file."""
    return content

"""Cursors: where the next page of a list begins, opaque to callers.

A cursor holds the id of the last item that was seen, so that items which come and go between two
pages neither repeat one nor skip one.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Query

from app.domain.errors import InvalidInputError


class Numbered(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int:
        """The id."""


Item = TypeVar("Item", bound=Numbered)


def encode_cursor(number: int) -> str:
    """Return the cursor of an id.

    >>> encode_cursor(12)
    'MTI'
    """
    return base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return the id in a cursor.

    >>> decode_cursor("MTI")
    12

    Raises:
        InvalidInputError: when this service cannot have given it out.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        number = int(text) if text.isdigit() and len(text) <= 18 else -1
    except (binascii.Error, ValueError):
        number = -1
    if number < 0 or encode_cursor(number) != cursor:
        raise InvalidInputError("the cursor is not one that this service gave out")
    return number


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is wanted: `position` is the last id seen, `None` at the start."""

    limit: int
    position: int | None

    @property
    def ask_for(self) -> int:
        """How many items to ask the store for: one more, to know whether a page follows."""
        return self.limit + 1

    def cut(self, items: Sequence[Item]) -> tuple[Sequence[Item], str | None]:
        """Return the page's items, and the cursor of the next page where there is one."""
        page = items[: self.limit]
        return page, encode_cursor(page[-1].id) if len(items) > self.limit else None


def read_paging(
    limit: Annotated[int, Query(ge=1, le=100, description="Most items on the page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`next_cursor` of the page before.")
    ] = None,
) -> Paging:
    """Read a page's place from the query."""
    return Paging(limit, None if cursor is None else decode_cursor(cursor))


PagingDep = Annotated[Paging, Depends(read_paging)]

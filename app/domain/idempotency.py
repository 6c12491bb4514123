"""Writes that may be sent twice: who sent them, and the answer that the first one got."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import InvalidInputError

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class WriteId:
    """A write: the caller's own key for it, and a digest of what was asked."""

    owner: str
    key: str
    fingerprint: str

    def __post_init__(self) -> None:
        printable = self.key.isascii() and self.key.isprintable()
        if not printable or not 1 <= len(self.key) <= LONGEST_KEY:
            raise InvalidInputError(
                f"an Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters"
            )


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it went out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry a write out; `token` tells it from a later one for the same key."""

    write: WriteId
    token: str

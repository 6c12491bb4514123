"""A request's body that may be larger than memory: kept in a file, and handed out once more.

A body that is to be carried out at most once has to be known whole before anything happens. Small
ones stay in memory.
"""

import hashlib
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Final, Self

from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

_IN_MEMORY: Final = 8 * 2**20
_CHUNK: Final = 2**20


class SpooledBody:
    """A body, read whole; a context manager that forgets it."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  `__exit__` closes it
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    async def read(self, receive: Receive) -> None:
        """Take the body in; `ClientDisconnect` when the caller leaves before its end."""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece = message.get("body", b"")
            self._length += len(piece)
            if self._length > _IN_MEMORY:
                await to_thread.run_sync(self._file.write, piece)
            else:
                self._file.write(piece)
            more = message.get("more_body", False)

    def digest(self, boundary: bytes) -> str:
        """Return the SHA-256 of the body with a form's boundary left out."""
        digest = hashlib.sha256()
        for piece in without(self._pieces(), boundary):
            digest.update(piece)
        return digest.hexdigest()

    def again(self, receive: Receive) -> Receive:
        """Return a function that hands the body out once more, and then what else may come."""
        self._file.seek(0)
        left = self._length
        ended = False

        async def handed_out() -> Message:
            nonlocal left, ended
            if ended:
                return await receive()
            piece = await to_thread.run_sync(self._file.read, _CHUNK) if left else b""
            left -= len(piece)
            ended = not (left and piece)
            return {"type": "http.request", "body": piece, "more_body": not ended}

        return handed_out

    def _pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_CHUNK):
            yield piece


def without(pieces: Iterable[bytes], gone: bytes) -> Iterator[bytes]:
    r"""Yield bytes with every occurrence of `gone` left out, also one that two pieces share.

    >>> b"".join(without([b"--ab", b"c\\r\\nx--abc--"], b"abc"))
    b'--\\r\\nx----'
    """
    if not gone:
        yield from pieces
        return
    kept = b""
    for piece in pieces:
        *whole, last = (kept + piece).split(gone)
        yield from whole
        cut = max(len(last) - len(gone) + 1, 0)
        yield last[:cut]
        kept = last[cut:]
    yield kept

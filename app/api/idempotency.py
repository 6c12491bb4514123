"""`Idempotency-Key`: a write that is sent again gets the answer of the first one.

    body ─▶ fingerprint ─▶ claimed in SQL ─▶ carried out ─▶ answer kept ─▶ answer sent
                              │
                              └─▶ kept already: sent again, with `Idempotency-Replayed`

The answer is kept before it is sent, so a caller who never saw it can ask for it. An answer that
says that nothing was done (500 and above, or 429) is not kept: the write may be tried again. Nor
is one that holds a secret: there the header is refused.
"""

import hashlib
from collections.abc import Iterable
from functools import partial
from typing import Final

import structlog
from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.bodies import boundary_of
from app.api.dependencies import get_touchstone
from app.api.problems import HTTP_CODES, answer, refusal
from app.api.spooling import SpooledBody
from app.domain.errors import InvalidInputError, StorageError, TouchstoneError
from app.domain.idempotency import Claim, KeptAnswer, WriteId
from app.domain.ports import AnswerStore

_log = structlog.get_logger(__name__)
HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
WRITES: Final = frozenset({"POST", "PATCH", "DELETE"})
SECRETS: Final = ("/v1/keys", "/v1/webhooks")  # their answers hold what must not be kept
_KEPT_HEADERS = ("content-type", "location")
_NOT_DONE = 429
_AT_ONCE = 8


class Idempotency:
    """Carries a write out once for every key of its caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._threads = CapacityLimiter(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if key is None or not _is_write(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        with SpooledBody() as body:
            await self._serve(request, key, body, receive, send)

    async def _serve(
        self, request: Request, key: str, body: SpooledBody, receive: Receive, send: Send
    ) -> None:
        scope = request.scope
        try:
            await body.read(receive)
            write = await to_thread.run_sync(partial(_write_id, request, key, body))
            answers = (await get_touchstone(request)).answers
            found = await to_thread.run_sync(answers.claim, write, limiter=self._threads)
        except HTTPException as error:
            code = HTTP_CODES[error.status_code]
            told = answer(request, error.status_code, code, error.detail, headers=error.headers)
            await told(scope, receive, send)
            return
        except TouchstoneError as error:
            await refusal(request, error)(scope, receive, send)
            return
        if isinstance(found, KeptAnswer):
            await _again(found)(scope, receive, send)
            return
        await self._carry_out(scope, body.again(receive), send, answers, found)

    async def _carry_out(
        self, scope: Scope, receive: Receive, send: Send, answers: AnswerStore, claim: Claim
    ) -> None:
        caught = _Caught()
        try:
            await self._app(scope, receive, caught)
        except BaseException:
            # Also when the caller has left: whoever asks again must not meet a claim of nobody.
            with CancelScope(shield=True):
                await self._settle(partial(answers.release, claim))
            raise
        if caught.status == _NOT_DONE or caught.status >= 500:
            await self._settle(partial(answers.release, claim))
        else:
            await self._settle(partial(answers.finish, claim, caught.answer()))
        for message in caught.messages:
            await send(message)

    async def _settle(self, call: partial[None]) -> None:
        try:
            await to_thread.run_sync(call, limiter=self._threads)
        except StorageError as error:
            # The write itself is done; its caller gets the answer, and a lease ends the claim.
            _log.error("answer_not_kept", reason=error.message)


class _Caught:
    """Takes an answer in whole before any of it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.messages.append(message)

    def answer(self) -> KeptAnswer:
        """Return what is worth keeping of it."""
        headers = Headers(raw=self.messages[0]["headers"])
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        body = b"".join(message.get("body", b"") for message in self.messages)
        return KeptAnswer(self.status, kept, body)


def _is_write(scope: Scope) -> bool:
    """Tell whether there is anything to carry out: a 404 or 405 would use up its caller's key."""
    method = scope["method"]
    return method in WRITES and method in scope["app"].state.methods.of(scope)


def _again(kept: KeptAnswer) -> Response:
    response = Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})
    if not kept.body:
        del response.headers["content-length"]
    return response


def _write_id(request: Request, key: str, body: SpooledBody) -> WriteId:
    path = request.url.path
    if any(path == room or path.startswith(f"{room}/") for room in SECRETS):
        raise InvalidInputError(f"{HEADER} is not taken here: the answer may hold a secret")
    principal = request.state.principal
    owner = principal.name if principal.key_id is None else f"key_{principal.key_id}"
    return WriteId(owner, key, _fingerprint(request, body))


def _fingerprint(request: Request, body: SpooledBody) -> str:
    """Return a digest of what is asked; a form's boundary differs every time it is sent."""
    kind = request.headers.get("content-type", "")
    boundary = boundary_of(kind)
    if boundary:
        kind = kind.partition(";")[0]
    parts = (request.method, request.url.path, request.url.query, kind, body.digest(boundary))
    return _digest(part.encode() for part in parts)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        # With its length, so that no two requests run together into the same bytes.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()

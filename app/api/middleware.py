"""What happens around every request, as two plain ASGI middlewares.

`RequestContext` gives the request an id (the caller's `X-Request-ID` where it is a decent one),
counts and times it, and is the last resort: an exception that nothing foresaw is logged with the
id and answered without a word of it. `BodyLimit` refuses a body that is too large by its header,
and otherwise as soon as more has arrived than is allowed.
"""

import re
import time
import uuid
from collections.abc import Mapping

import structlog
from starlette._utils import get_route_path  # what routes are matched by, and nothing else
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.metrics import UNMATCHED, Metrics
from app.api.problems import INTERNAL_CODE, answer

_log = structlog.get_logger(__name__)
REQUEST_ID_HEADER = "X-Request-ID"
_DECENT_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_CLIENT_GONE = 499  # nobody reads it; it keeps such requests apart in the metrics


class RequestContext:
    """Names, times and counts every request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        outgoing = _Outgoing(send, request_id)
        start = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._guarded(scope, receive, outgoing)
            finally:
                seconds = time.perf_counter() - start
                route, method = _route(scope), str(scope["method"])
                self._metrics.request(route, method, outgoing.status, seconds)

    async def _guarded(self, scope: Scope, receive: Receive, outgoing: "_Outgoing") -> None:
        try:
            await self._app(scope, receive, outgoing)
        except ClientDisconnect:
            outgoing.status = _CLIENT_GONE
        except Exception:
            request_id = scope["state"]["request_id"]
            _log.exception("unexpected_error", path=scope["path"], request_id=request_id)
            if outgoing.started:
                raise  # half an answer is out; only breaking the connection tells the caller
            detail = f"something went wrong here; it is logged as {request_id}"
            await answer(Request(scope), 500, INTERNAL_CODE, detail)(scope, receive, outgoing)


class _Outgoing:
    """Adds the request's id to the answer and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID_HEADER] = self._request_id
        await self._send(message)


class BodyLimit:
    """Refuses bodies of more than `max_bytes`; `larger` has the paths that may have more."""

    def __init__(
        self, app: ASGIApp, *, max_bytes: int, larger: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, counting what arrives."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(get_route_path(scope), self._max_bytes)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            refusal = _too_large(limit)
            response = answer(
                Request(scope), 413, "request_too_large", refusal.detail, headers=refusal.headers
            )
            await response(scope, receive, send)
            return
        await self._app(scope, counted, send)


def _too_large(limit: int) -> HTTPException:
    # Without `close` the server would go on taking in, and dropping, what is still to come.
    detail = f"the request body has more than {limit} bytes"
    return HTTPException(413, detail, {"Connection": "close"})


def _request_id(scope: Scope) -> str:
    offered = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return offered if _DECENT_ID.fullmatch(offered) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", UNMATCHED))

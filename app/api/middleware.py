"""What happens around every request, as two plain ASGI middlewares.

`RequestContext` gives the request an id (the caller's `X-Request-ID` where it is a decent one) and
a place in a trace (below the caller's `traceparent`), counts, times and logs it, and is the last
resort: an exception that nothing foresaw is logged with the id and answered without a word of it.
`BodyLimit` refuses a body that is too large by its header, and otherwise as soon as more has
arrived than is allowed; one that dribbles in is refused when its time is over.
"""

import re
import time
import uuid
from collections.abc import Mapping

import structlog
from anyio import current_time, fail_after
from starlette._utils import get_route_path  # what routes are matched by, and nothing else
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.metrics import GONE, UNMATCHED, Metrics
from app.api.problems import INTERNAL_CODE, answer
from app.api.tracing import HEADER as TRACE_HEADER
from app.api.tracing import NoSpans, RequestSpan, Tracing

_log = structlog.get_logger(__name__)
REQUEST_ID_HEADER = "X-Request-ID"
_POLLED = frozenset({"/health/live", "/health/ready", "/metrics"})
_DECENT_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
CLIENT_GONE = 499  # nobody reads it; it keeps such requests apart in the metrics


class RequestContext:
    """Names, times and counts every request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing or NoSpans()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, method = _request_id(scope), str(scope["method"])
        scope.setdefault("state", {})["request_id"] = request_id
        start = time.perf_counter()
        with self._tracing.request(method, scope["path"], _offered_trace(scope)) as span:
            told = {REQUEST_ID_HEADER: request_id, TRACE_HEADER: span.traceparent}
            outgoing = _Outgoing(send, told)
            ids = {"request_id": request_id, "trace_id": span.trace_id}
            with structlog.contextvars.bound_contextvars(**ids):
                try:
                    await self._guarded(scope, receive, outgoing)
                finally:
                    seconds = time.perf_counter() - start
                    span.route, span.status = _route(scope), outgoing.status
                    self._metrics.request(span.route, method, span.status, seconds)
                    _log_served(scope["path"], method, span, seconds)

    async def _guarded(self, scope: Scope, receive: Receive, outgoing: "_Outgoing") -> None:
        try:
            await self._app(scope, receive, outgoing)
        except ClientDisconnect:
            outgoing.status = CLIENT_GONE
            self._metrics.refused(GONE)
        except Exception:
            request_id = scope["state"]["request_id"]
            _log.exception("unexpected_error", path=scope["path"], request_id=request_id)
            if outgoing.started:
                raise  # half an answer is out; only breaking the connection tells the caller
            detail = f"something went wrong here; it is logged as {request_id}"
            await answer(Request(scope), 500, INTERNAL_CODE, detail)(scope, receive, outgoing)


class _Outgoing:
    """Adds the request's ids to the answer and remembers its status."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.started = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)


class BodyLimit:
    """Refuses bodies of more than `max_bytes`, and those that take longer than `seconds`.

    `larger` has the paths that may have more, and so much longer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int,
        larger: Mapping[str, int] | None = None,
        seconds: float = 60.0,
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = dict(larger or {})
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, counting what arrives."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(get_route_path(scope), self._max_bytes)
        seconds = self._seconds * max(1.0, limit / self._max_bytes)
        received, whole = 0, False
        end = current_time() + seconds

        async def counted() -> Message:
            nonlocal received, whole
            if whole:  # what comes next is that the caller leaves, whenever that is
                return await receive()
            try:
                with fail_after(end - current_time()):
                    message = await receive()
            except TimeoutError:
                raise _too_late(seconds) from None
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            whole = not message.get("more_body", False)
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


def _too_late(seconds: float) -> HTTPException:
    detail = f"the request body took longer than {seconds:g} seconds to arrive"
    return HTTPException(408, detail, {"Connection": "close"})


def _request_id(scope: Scope) -> str:
    offered = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
    return offered if _DECENT_ID.fullmatch(offered) else uuid.uuid4().hex


def _offered_trace(scope: Scope) -> str:
    return str(Headers(scope=scope).get(TRACE_HEADER, ""))


def _log_served(path: str, method: str, span: RequestSpan, seconds: float) -> None:
    """Log one line for a request; never its query, its headers or its body."""
    if path in _POLLED and span.status < 400:
        return  # every few seconds, for ever
    _log.info(
        "request",
        method=method,
        path=path,
        route=span.route,
        status=span.status,
        ms=round(seconds * 1e3, 1),
    )


def _route(scope: Scope) -> str:
    known = scope["state"].get("route", UNMATCHED)  # of a request that no router saw
    return str(getattr(scope.get("route"), "path", known))

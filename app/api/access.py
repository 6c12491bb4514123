"""Who may do what: a table of paths and scopes, kept before a byte of the body is read.

What the table does not name needs `admin`, so that a route that somebody forgets is closed and not
open. Paths that answer everybody are listed by themselves. While no key was ever made, a service
answers without one on the loopback address alone; even there a page in a browser that belongs to
somebody else gets nothing, since it would act with the powers of whoever looks at it.
"""

import re
from collections.abc import Mapping
from functools import partial
from ipaddress import ip_address
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from starlette._utils import get_route_path  # what routes are matched by, and nothing else
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from app.api.dependencies import get_touchstone
from app.api.problems import refusal
from app.api.rates import RateCounter
from app.domain.audit import Actor, acting_as
from app.domain.errors import (
    ForbiddenError,
    RateLimitedError,
    TouchstoneError,
    UnauthenticatedError,
)
from app.domain.identity import LOCAL, Principal, Scope
from app.services.keys import KeyKeeper

READS: Final = frozenset({"GET", "HEAD"})
_PUBLIC: Final = re.compile(r"/|/health/(live|ready)|/docs(-assets/.*)?|/openapi\.json")
_ANYBODY: Final = frozenset(Scope)
# The first segments of a path; reading may be open to more scopes than writing is.
_WRITING: Final[Mapping[str, frozenset[Scope]]] = MappingProxyType(
    {
        "/v1/assessments": frozenset({Scope.ASSESS}),
        "/v1/explain": frozenset({Scope.ASSESS}),
        "/v1/search": frozenset({Scope.ASSESS}),
        "/v1/catalogs": frozenset({Scope.ASSESS}),
        "/v1/brands": frozenset({Scope.REGISTRY}),
        "/v1/motifs": frozenset({Scope.REGISTRY}),
        "/v1/reviews": frozenset({Scope.REVIEW}),
    }
)
_READING: Final[Mapping[str, frozenset[Scope]]] = MappingProxyType(
    {
        "/v1/assessments": frozenset({Scope.ASSESS, Scope.REVIEW}),
        "/v1/catalogs": frozenset({Scope.ASSESS, Scope.REVIEW}),
        "/v1/brands": frozenset({Scope.ASSESS, Scope.REGISTRY, Scope.REVIEW}),
        "/v1/motifs": frozenset({Scope.ASSESS, Scope.REGISTRY, Scope.REVIEW}),
        "/v1/quarantine": frozenset({Scope.REGISTRY, Scope.REVIEW}),
        "/metrics": _ANYBODY,
    }
)
_ADMIN: Final = frozenset({Scope.ADMIN})
_LOOKUPS_AT_ONCE = 8


def needed(method: str, path: str) -> frozenset[Scope] | None:
    """Return the scopes of which a caller needs one; `None` where everybody is answered.

    >>> sorted(needed("POST", "/v1/motifs/mot_1/references"))
    [<Scope.REGISTRY: 'registry'>]
    >>> needed("GET", "/health/live") is None, sorted(needed("GET", "/something/new"))
    (True, [<Scope.ADMIN: 'admin'>])
    """
    if _PUBLIC.fullmatch(path):
        return None
    room = "/".join(path.split("/")[:3])
    if method in READS and room in _READING:
        return _READING[room]
    return _WRITING.get(room, _ADMIN)


class Access:
    """Lets a request in, or answers it with why not."""

    def __init__(self, app: ASGIApp, *, rate_per_minute: int, anonymous: bool) -> None:
        self._app = app
        self._anonymous = anonymous
        self._rates = RateCounter(rate_per_minute)
        # Threads of their own: a full house of assessments must not keep anyone from being told so.
        self._threads = CapacityLimiter(_LOOKUPS_AT_ONCE)

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "websocket":  # there are none, so none is let in unasked
            await send({"type": "websocket.close", "code": 1008})
            return
        path = get_route_path(scope) if scope["type"] == "http" else ""
        scopes = needed(scope["method"], path) if path else None
        if scopes is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        told: dict[str, str] = {}
        try:
            principal = await self._principal(request)
            allowance = self._rates.count(principal)
            told = {} if allowance is None else allowance.headers()
            if allowance is not None and allowance.exceeded:
                raise RateLimitedError(f"the key may make {allowance.rate} requests a minute")
            if not principal.may(scopes):
                one_of = " or ".join(sorted(scopes))
                raise ForbiddenError(f"the key lacks the scope {one_of}")
        except TouchstoneError as error:
            await refusal(request, error, {**told, **_asking(error)})(scope, receive, send)
            return
        scope["state"]["principal"] = principal
        with acting_as(Actor.of_principal(principal)):
            await self._app(scope, receive, _Telling(send, told))

    async def _principal(self, request: Request) -> Principal:
        keys = (await get_touchstone(request)).keys
        token = _token(request.headers)
        if token is None and not await to_thread.run_sync(keys.closed, limiter=self._threads):
            if not self._anonymous:
                _check_local(request)
            return LOCAL
        if token is None:
            raise UnauthenticatedError("send a key as `Authorization: Bearer ts_…`")
        return await to_thread.run_sync(partial(_known, keys, token), limiter=self._threads)


class _Telling:
    """Adds what a key has left to the answer."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)


def _known(keys: KeyKeeper, token: str) -> Principal:
    return keys.principal(token)


def _token(headers: Headers) -> str | None:
    """Return the bearer token, an empty one where another scheme is used, `None` without any."""
    header = headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _asking(error: TouchstoneError) -> dict[str, str]:
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, UnauthenticatedError) else {}


def _check_local(request: Request) -> None:
    """Refuse what does not come from this machine, or comes from a stranger's page."""
    server = request.scope.get("server") or ("",)
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if not (is_loopback(str(server[0])) and is_loopback(urlsplit(f"//{host}").hostname or "")):
        raise UnauthenticatedError(
            "without keys the service answers on the loopback address alone; make a key with"
            " `touchstone keys create`"
        )
    if origin is not None and urlsplit(origin).netloc != host:
        raise ForbiddenError("without keys the service answers no page of another origin")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and reachable from nowhere else.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.com")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


async def get_principal(request: Request) -> Principal:
    """Return whom the request acts as."""
    principal: Principal = request.state.principal
    return principal


PrincipalDep = Annotated[Principal, Depends(get_principal)]

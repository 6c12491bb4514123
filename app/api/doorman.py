"""Sends a caller away before a byte of the body is read, when there would be no seat for the work.

Bodies that are still arriving wait for nothing but their sender, so they take no seat; but they
take memory. That many requests as `at_once` says may be in the house, and no more: with the limit
of a body's size that bounds what a crowd can make the service hold.
"""

from typing import Final

from anyio import move_on_after
from starlette._utils import get_route_path  # what routes are matched by, and nothing else
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errands import Rooms
from app.api.problems import refusal
from app.domain.errors import BusyError

_LINGER: Final = 5.0  # seconds
GUARDED: Final = frozenset({"/v1/assessments", "/v1/search", "/v1/explain"})


class Doorman:
    """Guards the routes that look at photos."""

    def __init__(self, app: ASGIApp, *, rooms: Rooms, at_once: int) -> None:
        self._app = app
        self._rooms = rooms
        self._at_once = at_once
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = get_route_path(scope) if scope["type"] == "http" else ""
        if path not in GUARDED or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            self._check()
        except BusyError as error:
            scope["state"]["route"] = path  # no router will see it and tell the metrics
            await _sent_away(refusal(Request(scope), error), scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1

    def _check(self) -> None:
        self._rooms.looking.check_seat()
        if self._inside >= self._at_once:
            raise BusyError(f"{self._inside} requests are in the house already")


async def _sent_away(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, then let what is still to come of the body come and go unkept.

    A connection that is closed on somebody who is still sending is reset, and takes the answer
    with it before it was read (RFC 9112, 9.6).
    """

    async def unfinished(message: Message) -> None:
        await send({**message, "more_body": True} if "body" in message else message)

    await response(scope, receive, unfinished)
    with move_on_after(_LINGER):
        while (await receive()).get("more_body", False):
            pass
    await send({"type": "http.response.body", "body": b""})

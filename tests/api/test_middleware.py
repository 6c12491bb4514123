"""The two middlewares by themselves: limits without reading on, and answers cut short."""

from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from app.api.metrics import Metrics
from app.api.middleware import BodyLimit, RequestContext
from app.services.touchstone import Touchstone
from tests.api.sending import LISTING, as_base64, check_problem

LIMIT = 2_000_000  # as in the settings of these tests


def _scope(**headers: str) -> Scope:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": b"",
        "headers": raw,
        "server": ("test", 80),
        "scheme": "http",
    }


class Wire:
    """A connection: hands out chunks without end, and keeps what is sent back."""

    def __init__(self, chunk: int) -> None:
        self._chunk = b"x" * chunk
        self.handed_out = 0
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        self.handed_out += len(self._chunk)
        assert self.handed_out < 10_000, "it reads on and on"
        return {"type": "http.request", "body": self._chunk, "more_body": True}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


async def _read_all(scope: Scope, receive: Receive, send: Send) -> None:
    del send
    await Request(scope, receive).body()


def _run(call: Callable[[], Coroutine[Any, Any, None]]) -> None:
    anyio.run(call)


def test_a_declared_size_is_refused_unread() -> None:
    wire = Wire(10)
    app = BodyLimit(_read_all, max_bytes=99)
    _run(lambda: app(_scope(**{"content-length": "100"}), wire.receive, wire.send))
    assert wire.sent[0]["status"] == 413
    assert wire.handed_out == 0


def test_an_undeclared_size_is_counted() -> None:
    wire = Wire(10)
    app = BodyLimit(_read_all, max_bytes=95)
    with pytest.raises(Exception, match="more than 95 bytes"):
        _run(lambda: app(_scope(), wire.receive, wire.send))
    assert wire.handed_out == 100


@pytest.mark.parametrize("path", ["/v1/assessments", "/v1/search", "/v1/brands"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_a_problem(unchanged: TestClient, path: str, *, declared: bool) -> None:
    chunks = [b'{"name": "', b"x" * LIMIT, b'"}']
    headers = {"content-type": "application/json"}
    content: Any = b"".join(chunks) if declared else iter(chunks)
    answer = unchanged.post(path, content=content, headers=headers)
    problem = check_problem(answer, 413, "request_too_large")
    assert str(LIMIT) in problem["detail"]
    assert answer.headers["connection"] == "close"


def test_a_large_form_is_a_problem(unchanged: TestClient) -> None:
    head = b'--B\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
    answer = unchanged.post(
        "/v1/search",
        content=iter([head, b"x" * LIMIT, b"\r\n--B--\r\n"]),
        headers={"content-type": "multipart/form-data; boundary=B"},
    )
    check_problem(answer, 413, "request_too_large")


def test_a_body_that_just_fits_is_read(client: TestClient, touchstone: Touchstone) -> None:
    head = b'{"listing": {"listing_id": "x"}, "images": [{"base64": "'
    tail = b'"}]}'
    room = (LIMIT - len(head) - len(tail)) // 4 * 4
    content = head + as_base64(b"\0" * (room // 4 * 3)).encode() + tail
    content += b" " * (LIMIT - len(content))
    headers = {"content-type": "application/json"}
    assert client.post("/v1/assessments", content=content, headers=headers).status_code == 201
    too_long = client.post("/v1/assessments", content=content + b" ", headers=headers)
    check_problem(too_long, 413, "request_too_large")
    assert len(touchstone.assessments.list()) == 1


class Dribble:
    """A connection whose bytes come one by one, for ever."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        await anyio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def test_a_body_that_dribbles_in_is_refused_when_its_time_is_over() -> None:
    wire = Dribble()
    app = BodyLimit(_read_all, max_bytes=10_000, seconds=0.3)
    with pytest.raises(HTTPException) as caught:
        _run(lambda: app(_scope(), wire.receive, wire.send))
    assert caught.value.status_code == 408
    assert "0.3 seconds" in caught.value.detail


def test_a_caller_may_stay_longer_than_a_body_may_take() -> None:
    bodies: list[Message] = [{"type": "http.request", "body": b"x", "more_body": False}]
    seen: list[str] = []

    async def receive() -> Message:
        if bodies:
            return bodies.pop()
        await anyio.sleep(0.3)
        return {"type": "http.disconnect"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        seen.extend([(await receive())["type"] for _ in range(2)])

    limit = BodyLimit(app, max_bytes=99, seconds=0.1)
    _run(lambda: limit(_scope(), receive, Dribble().send))
    assert seen == ["http.request", "http.disconnect"]


def test_an_answer_that_breaks_off_breaks_the_connection() -> None:
    async def half(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("lost")

    wire = Wire(0)
    app = RequestContext(half, metrics=Metrics())
    with capture_logs() as logs, pytest.raises(RuntimeError):
        _run(lambda: app(_scope(), wire.receive, wire.send))
    assert [log["event"] for log in logs] == ["unexpected_error", "request"]
    assert [message["type"] for message in wire.sent] == ["http.response.start"]


def test_a_caller_who_left_is_no_error() -> None:
    async def left(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        raise ClientDisconnect

    wire, metrics = Wire(0), Metrics()
    with capture_logs() as logs:
        _run(lambda: RequestContext(left, metrics=metrics)(_scope(), wire.receive, wire.send))
    assert [(log["event"], log["log_level"], log["status"]) for log in logs] == [
        ("request", "info", 499)
    ]
    assert wire.sent == []
    assert 'status="499"' in metrics.text().decode()


def test_listing_texts_of_a_form_have_a_limit(unchanged: TestClient) -> None:
    listing = {**LISTING, "description": "x" * 200_001}
    answer = unchanged.post("/v1/assessments", json={"listing": listing})
    problem = check_problem(answer, 422, "invalid_input")
    assert problem["errors"][0]["code"] == "string_too_long"

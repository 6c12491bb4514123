"""What the client does when answers are late, lost or refusals for now."""

import json
import time
from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from touchstone_client import Client, Retries
from touchstone_client.calling import step
from touchstone_client.errors import (
    IdempotencyError,
    RateLimitedError,
    ServerError,
    UnavailableError,
    UnreachableError,
    UnreadableAnswerError,
)
from touchstone_client.models import BrandCreate, KeyCreate, Scope

BRAND = {"id": "brd_1", "name": "Cartier", "aliases": [], "prices": []}
QUICK = Retries(first_wait=0.001)
Outcome = httpx2.Response | Exception


class Network(httpx2.BaseTransport):
    """Answers from a list, one for each try, and remembers what it was sent."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._left = list(outcomes)
        self.sent: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        outcome = self._left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def keys(self) -> list[str | None]:
        return [request.headers.get("Idempotency-Key") for request in self.sent]


def ok(document: Any = BRAND) -> httpx2.Response:
    return httpx2.Response(200, json=document)


def refusal(status: int, code: str, **headers: str) -> httpx2.Response:
    told = {"type": "t", "title": "t", "detail": "d", "instance": "/", "request_id": "r"}
    content = json.dumps({**told, "status": status, "code": code}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, content=content, headers=named)


def calls(network: Network, retries: Retries = QUICK) -> Client:
    return Client("http://touchstone.test", "ts_x", retries=retries, transport=network)


LOST = httpx2.ReadTimeout("no answer")
NO_ONE = httpx2.ConnectError("nobody there")


@pytest.mark.parametrize(
    "outcomes",
    [
        [refusal(429, "rate_limited")],
        [refusal(503, "storage_failed"), refusal(503, "not_ready")],
        [httpx2.Response(502, text="<h1>Bad gateway</h1>"), httpx2.Response(504)],
        [LOST, NO_ONE],
    ],
)
def test_a_write_is_tried_again_under_one_key(outcomes: Sequence[Outcome]) -> None:
    network = Network(*outcomes, ok())
    made = calls(network).create_brand(BrandCreate(name="Cartier"))
    assert made.id == "brd_1"
    assert len(network.sent) == len(outcomes) + 1
    assert len(set(network.keys())) == 1
    assert network.keys()[0]
    bodies = {request.read() for request in network.sent}
    assert bodies == {b'{"name":"Cartier"}'}


def test_two_writes_have_two_keys_and_reading_has_none() -> None:
    network = Network(ok(), ok(), ok())
    client = calls(network)
    client.create_brand(BrandCreate(name="a"))
    client.create_brand(BrandCreate(name="b"), idempotency_key="mine")
    client.get_brand("brd_1")
    first, second, third = network.keys()
    assert first
    assert (second, third) == ("mine", None)


def test_what_the_service_asks_to_wait_is_waited() -> None:
    network = Network(refusal(429, "rate_limited", Retry_After="1"), ok())
    began = time.monotonic()
    calls(network).get_brand("brd_1")
    assert 1.0 <= time.monotonic() - began < 3.0


def test_a_wait_that_is_too_long_is_told_and_not_waited() -> None:
    network = Network(refusal(503, "not_ready", Retry_After="3600"))
    with pytest.raises(UnavailableError) as caught:
        calls(network).get_brand("brd_1")
    assert caught.value.retry_after == 3600.0


def test_patience_ends() -> None:
    network = Network(*[refusal(429, "rate_limited")] * 3)
    with pytest.raises(RateLimitedError):
        calls(network, Retries(tries=3, first_wait=0.001)).get_brand("brd_1")
    assert len(network.sent) == 3
    with pytest.raises(UnreachableError, match="GET /v1/brands/brd_1"):
        calls(Network(LOST, LOST), Retries(tries=2, first_wait=0.001)).get_brand("brd_1")


def _make_key(client: Client) -> object:
    return client.create_key(KeyCreate(name="a", scopes=(Scope.ASSESS,)))


@pytest.mark.parametrize("outcome", [LOST, httpx2.Response(504)])
def test_a_write_without_a_key_is_not_risked_twice(outcome: Outcome) -> None:
    network = Network(outcome, ok())
    with pytest.raises((UnreachableError, UnavailableError)):
        _make_key(calls(network))
    assert network.keys() == [None]


def test_a_write_without_a_key_that_was_never_begun_is_tried_again() -> None:
    network = Network(NO_ONE, refusal(503, "storage_failed"), refusal(422, "invalid_input"))
    with pytest.raises(Exception, match="invalid_input"):
        _make_key(calls(network))


def test_a_first_try_that_is_still_under_way_is_waited_for() -> None:
    under_way = refusal(409, "idempotency_conflict")
    assert calls(Network(LOST, under_way, ok())).create_brand(BrandCreate(name="a")).id == "brd_1"
    with pytest.raises(IdempotencyError):  # nothing of ours can be under way yet
        calls(Network(under_way)).create_brand(BrandCreate(name="a"))
    with pytest.raises(IdempotencyError):  # the caller's own key may be in use for another request
        calls(Network(LOST, under_way)).create_brand(BrandCreate(name="a"), idempotency_key="mine")


def test_a_fault_is_not_repeated() -> None:
    network = Network(refusal(500, "internal_error"))
    with pytest.raises(ServerError, match="internal_error"):
        calls(network).get_brand("brd_1")


def test_an_answer_that_is_not_understood() -> None:
    with pytest.raises(UnreadableAnswerError):
        calls(Network(ok({"id": 3}))).get_brand("brd_1")


def test_a_list_is_walked_page_by_page_and_no_further_than_needed() -> None:
    pages = [
        ok({"items": [BRAND], "next_cursor": "MQ"}),
        ok({"items": [BRAND], "next_cursor": None}),
    ]
    network = Network(*pages)
    brands = calls(network).list_brands(limit=1)
    assert not network.sent
    next(brands)
    assert len(network.sent) == 1
    assert len(list(brands)) == 1
    assert network.sent[1].url.params["cursor"] == "MQ"
    assert network.sent[1].url.params["limit"] == "1"


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_an_id_is_one_step_of_a_path(text: str) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        step(text)
    network = Network(ok())
    calls(network).get_brand("../keys")
    assert network.sent[0].url.raw_path == b"/v1/brands/..%2Fkeys"


def test_the_key_is_sent() -> None:
    network = Network(ok())
    calls(network).get_brand("brd_1")
    assert network.sent[0].headers["Authorization"] == "Bearer ts_x"

"""`Idempotency-Key` over HTTP: carried out once, answered as often as asked."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.domain.errors import NotReadyError, StorageError
from app.domain.idempotency import Claim, KeptAnswer
from app.domain.identity import Scope
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.sending import LISTING, check_problem, file_part
from tests.fakes import plain_photo

KEY = {"Idempotency-Key": "order-7"}


def test_a_write_is_carried_out_once(client: TestClient, touchstone: Touchstone) -> None:
    first = client.post("/v1/assessments", json={"listing": LISTING}, headers=KEY)
    again = client.post("/v1/assessments", json={"listing": LISTING}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert len(touchstone.assessments.list()) == 1


def test_without_a_key_every_write_is_a_new_one(client: TestClient, touchstone: Touchstone) -> None:
    for _ in range(2):
        client.post("/v1/assessments", json={"listing": LISTING})
    assert len(touchstone.assessments.list()) == 2


def test_a_form_is_the_same_whatever_its_boundary(
    client: TestClient, touchstone: Touchstone
) -> None:
    def send(photo: bytes) -> Any:
        files = [file_part("images", ("1.jpg", photo))]
        return client.post(
            "/v1/assessments", data={"listing": json.dumps(LISTING)}, files=files, headers=KEY
        )

    first, again = send(plain_photo(1)), send(plain_photo(1))
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert again.json() == first.json()
    check_problem(send(plain_photo(2)), 409, "idempotency_conflict")
    assert len(touchstone.assessments.list()) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/brands", {"name": "Other"}),
        ("POST", "/v1/brands", {"name": "Cartier "}),
        ("POST", "/v1/brands?x=1", {"name": "Cartier"}),
        ("POST", "/v1/motifs", {"name": "Cartier"}),
        ("PATCH", "/v1/brands/brd_1", {"name": "Cartier"}),
    ],
)
def test_another_request_under_the_key_is_a_conflict(
    client: TestClient, method: str, path: str, body: dict[str, str]
) -> None:
    client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
    answer = client.request(method, path, json=body, headers=KEY)
    problem = check_problem(answer, 409, "idempotency_conflict")
    assert "another request" in problem["detail"]


def test_a_removal_may_be_sent_twice(client: TestClient) -> None:
    client.post("/v1/brands", json={"name": "Cartier"})
    for _ in range(2):
        answer = client.delete("/v1/brands/brd_1", headers=KEY)
        assert (answer.status_code, answer.content) == (204, b"")
    check_problem(client.delete("/v1/brands/brd_1"), 404, "not_found")


def test_a_refusal_is_an_answer_too(client: TestClient) -> None:
    refused = client.post("/v1/motifs/mot_1/disable", headers=KEY)
    check_problem(refused, 404, "not_found")
    client.post("/v1/motifs", json={"brand": "B", "name": "m", "kind": "logo"})
    again = client.post("/v1/motifs/mot_1/disable", headers=KEY)
    assert again.status_code == 404
    assert again.headers["content-type"] == "application/problem+json"


def test_what_is_no_write_uses_up_no_key(client: TestClient) -> None:
    check_problem(client.patch("/v1/brands", headers=KEY), 405, "method_not_allowed")
    check_problem(client.post("/v1/nothing", headers=KEY), 404, "not_found")
    made = client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
    assert made.status_code == 201


def test_two_callers_may_use_the_same_key(client: TestClient, touchstone: Touchstone) -> None:
    for name in ("one", "two"):
        token = touchstone.keys.make(name, (Scope.REGISTRY,)).token
        headers = {**KEY, "Authorization": f"Bearer {token}"}
        assert client.post("/v1/brands", json={"name": name}, headers=headers).status_code == 201


def test_many_at_once_make_one(settings: Settings, touchstone: Touchstone) -> None:
    with TestClient(create_app(settings, touchstone)) as client, ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda _: client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY), range(8)
            )
        )
    assert {answer.status_code for answer in answers} <= {201, 409}
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"idempotency_conflict"}
    assert [brand.name for brand in touchstone.registry.brands()] == ["Cartier"]


def test_reading_takes_no_notice_of_it(unchanged: TestClient) -> None:
    for _ in range(2):
        answer = unchanged.get("/v1/brands", headers=KEY)
        assert "idempotency-replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none(unchanged: TestClient, key: str) -> None:
    answer = unchanged.post("/v1/brands", json={"name": "B"}, headers={"Idempotency-Key": key})
    check_problem(answer, 422, "invalid_input")


def test_no_secret_is_kept(client: TestClient, touchstone: Touchstone) -> None:
    answer = client.post("/v1/keys", json={"name": "k", "scopes": ["admin"]}, headers=KEY)
    assert "secret" in check_problem(answer, 422, "invalid_input")["detail"]
    assert touchstone.keys.store.list() == []


def test_the_limit_of_a_body_still_holds(unchanged: TestClient) -> None:
    chunks = [b'{"name": "', b"x" * 2_000_000, b'"}']
    headers = {**KEY, "content-type": "application/json"}
    answer = unchanged.post("/v1/brands", content=iter(chunks), headers=headers)
    check_problem(answer, 413, "request_too_large")


class _Unsteady:
    """A registry that fails the first time."""

    def __init__(self, registry: Any, error: Exception) -> None:
        self._registry = registry
        self._error: Exception | None = error

    def add_brand(self, name: str, *further: Any) -> Any:
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._registry.add_brand(name, *further)


@pytest.mark.parametrize("error", [NotReadyError("not yet"), RuntimeError("a bug")])
def test_what_was_not_done_may_be_tried_again(
    settings: Settings, touchstone: Touchstone, error: Exception
) -> None:
    registry = cast("Any", _Unsteady(touchstone.registry, error))
    app = create_app(settings, replace(touchstone, registry=registry))
    with TestClient(app) as client, capture_logs():
        failed = client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
        assert failed.status_code >= 500
        done = client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
        assert done.status_code == 201
        assert "idempotency-replayed" not in done.headers


class _Forgetful:
    """A store that can claim and not keep."""

    def __init__(self, error: StorageError | None) -> None:
        self._error = error

    def claim(self, write: Any) -> Claim:
        if self._error is not None:
            raise self._error
        return Claim(write, "token")

    def finish(self, claim: Claim, answer: KeptAnswer) -> None:
        del claim, answer
        raise StorageError("the database's disk is full")


def test_a_done_write_is_answered_even_when_that_cannot_be_kept(
    settings: Settings, touchstone: Touchstone
) -> None:
    app = create_app(settings, replace(touchstone, answers=cast("Any", _Forgetful(None))))
    with TestClient(app) as client, capture_logs() as logs:
        answer = client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
        assert answer.status_code == 201
    assert "answer_not_kept" in [log["event"] for log in logs]


def test_a_write_whose_key_cannot_be_kept_is_not_begun(
    settings: Settings, touchstone: Touchstone
) -> None:
    store = cast("Any", _Forgetful(StorageError("the database's disk is full")))
    app = create_app(settings, replace(touchstone, answers=store))
    with TestClient(app) as client, capture_logs():
        answer = client.post("/v1/brands", json={"name": "Cartier"}, headers=KEY)
        check_problem(answer, 503, "storage_failed")
    assert touchstone.registry.brands() == []

"""Every refusal is problem JSON: the whole error tree, unknown routes, and exceptions nobody foresaw."""  # noqa: E501

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from app.api.problems import STATUSES, status_of
from app.domain import errors
from app.domain.errors import InvalidRowError, TouchstoneError
from app.main import create_app
from app.services.touchstone import Touchstone
from tests.api.sending import check_problem
from tests.fakes import make_settings

TREE = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, TouchstoneError)
]
EXPECTED = {
    "touchstone_error": 500,
    "invalid_input": 422,
    "image_refused": 422,
    "image_empty": 422,
    "image_too_large": 413,
    "image_too_many_pixels": 413,
    "image_unsupported": 415,
    "image_truncated": 422,
    "image_corrupt": 422,
    "image_missing": 422,
    "image_url_refused": 422,
    "image_address_forbidden": 422,
    "image_fetch_timeout": 422,
    "image_fetch_failed": 422,
    "invalid_row": 422,
    "invalid_catalog": 422,
    "invalid_box": 422,
    "unsupported_file": 422,
    "archive_refused": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "rate_limited": 429,
    "busy": 429,
    "deadline_passed": 503,
    "not_found": 404,
    "conflict": 409,
    "idempotency_conflict": 409,
    "not_ready": 503,
    "model_refused": 503,
    "calibration_insufficient": 500,
    "storage_failed": 503,
    "cluster_failed": 503,
}


class FailingStore:
    """An assessment store that answers with an exception."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def list(self, *, before: int | None, limit: int) -> list[Any]:
        del before, limit
        raise self._error


@contextmanager
def _failing(touchstone: Touchstone, error: Exception) -> Iterator[TestClient]:
    broken = replace(touchstone, assessments=cast("Any", FailingStore(error)))
    with TestClient(create_app(make_settings(Path("unused")), broken)) as client:
        yield client


def test_every_class_of_the_tree_has_its_status() -> None:
    assert {each.code: status_of(each) for each in TREE} == EXPECTED
    assert set(STATUSES) <= set(TREE)


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.code)
def test_the_tree_as_a_caller_sees_it(empty: Touchstone, kind: type[TouchstoneError]) -> None:
    error = InvalidRowError(3, "plain words") if kind is InvalidRowError else kind("plain words")
    with capture_logs() as logs, _failing(empty, error) as client:
        problem = check_problem(client.get("/v1/assessments"), EXPECTED[kind.code], kind.code)
    assert problem["detail"] == error.message
    assert ("request_failed" in [log["event"] for log in logs]) == (EXPECTED[kind.code] >= 500)


def test_an_unforeseen_exception_is_logged_and_not_told(empty: Touchstone) -> None:
    error = RuntimeError("password=hunter2")
    with capture_logs() as logs, _failing(empty, error) as client:
        answer = client.get("/v1/assessments")
        assert 'status="500"' in client.get("/metrics").text
    problem = check_problem(answer, 500, "internal_error")
    assert "hunter2" not in answer.text
    assert problem["request_id"] in problem["detail"]
    (log,) = [log for log in logs if log["event"] == "unexpected_error"]
    assert log["request_id"] == problem["request_id"]
    assert log["exc_info"]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/motifs/mot_1/nothing", "/redoc"])
def test_a_route_that_is_not_there(unchanged: TestClient, path: str) -> None:
    check_problem(unchanged.get(path), 404, "not_found")


def test_a_method_that_is_not_allowed(unchanged: TestClient) -> None:
    answer = unchanged.put("/v1/brands")
    check_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"
    # One route for each of them: the library's own answer names the first alone.
    assert unchanged.put("/v1/brands/brd_1").headers["allow"] == "DELETE, GET, PATCH"


def test_json_that_does_not_parse_is_a_problem(unchanged: TestClient) -> None:
    headers = {"content-type": "application/json"}
    answer = unchanged.post("/v1/brands", content=b'{"name": ', headers=headers)
    problem = check_problem(answer, 422, "invalid_input")
    assert problem["errors"][0]["code"] == "json_invalid"


@pytest.mark.parametrize("content", [b"[" * 200_000, b"9" * 5_000, b"\xff"])
def test_json_that_breaks_the_parser(unchanged: TestClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = unchanged.post("/v1/brands", content=content, headers=headers)
    assert answer.status_code in {400, 422}
    check_problem(answer, answer.status_code, answer.json()["code"])


def test_several_errors_are_all_told(unchanged: TestClient) -> None:
    answer = unchanged.post("/v1/motifs", json={"kind": "smell", "colour": 1})
    problem = check_problem(answer, 422, "invalid_input")
    assert {error["location"] for error in problem["errors"]} == {
        "body/name",
        "body/kind",
        "body/colour",
    }
    assert problem["detail"].endswith("(and 2 more)")


def test_a_decent_request_id_is_kept(unchanged: TestClient) -> None:
    answer = unchanged.get("/v1/nothing", headers={"X-Request-ID": "job-7.3"})
    assert check_problem(answer, 404, "not_found")["request_id"] == "job-7.3"


@pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "<script>", "a\tb"])
def test_any_other_request_id_is_replaced(unchanged: TestClient, offered: str) -> None:
    answer = unchanged.get("/health/live", headers={"X-Request-ID": offered})
    assert len(answer.headers["x-request-id"]) == 32

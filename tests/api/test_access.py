"""Who gets in: keys, scopes and rates over HTTP, and a service without any key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.api.access import needed
from app.api.rates import RateCounter
from app.domain.errors import StorageError
from app.domain.identity import LOCAL, Principal, Scope
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.documented import check_documented, description
from tests.api.sending import LISTING, check_problem
from tests.fakes import make_settings

PUBLIC = {"GET /health/live", "GET /health/ready"}


@contextmanager
def _client(settings: Settings, touchstone: Touchstone, **changes: Any) -> Iterator[TestClient]:
    app = create_app(settings.model_copy(update=changes), touchstone)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.event_hooks = {"response": [check_documented]}
        yield client


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _token(touchstone: Touchstone, *scopes: Scope, rate: int | None = None) -> dict[str, str]:
    return _bearer(touchstone.keys.make("test", scopes, rate).token)


# Keys


def test_the_first_key_closes_the_service(client: TestClient) -> None:
    assert client.get("/v1/brands").status_code == 200
    made = client.post("/v1/keys", json={"name": "root", "scopes": ["admin"]})
    assert made.status_code == 201
    problem = check_problem(client.get("/v1/brands"), 401, "unauthenticated")
    assert "Authorization: Bearer" in problem["detail"]
    assert client.get("/v1/brands").headers["www-authenticate"] == "Bearer"
    assert client.get("/v1/brands", headers=_bearer(made.json()["token"])).status_code == 200


def test_a_token_is_shown_once(client: TestClient) -> None:
    made = client.post("/v1/keys", json={"name": "root", "scopes": ["admin"]}).json()
    with_key = _bearer(made["token"])
    assert made["prefix"] in made["token"]
    for path in ("/v1/keys", made_at := f"/v1/keys/{made['id']}"):
        told = client.get(path, headers=with_key).text
        assert made["token"] not in told
        assert made["token"][16:] not in told
    seen = client.get(made_at, headers=with_key).json()
    assert seen["last_used_at"] is not None
    assert seen["revoked_at"] is None


def test_a_revoked_key_is_refused_by_the_next_request(
    client: TestClient, touchstone: Touchstone
) -> None:
    admin = _token(touchstone, Scope.ADMIN)
    made = client.post(
        "/v1/keys", json={"name": "pipeline", "scopes": ["registry"]}, headers=admin
    ).json()
    headers = _bearer(made["token"])
    assert client.get("/v1/brands", headers=headers).status_code == 200
    revoked = client.delete(f"/v1/keys/{made['id']}", headers=admin)
    assert revoked.json()["revoked_at"] is not None
    check_problem(client.get("/v1/brands", headers=headers), 401, "unauthenticated")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "ts_x", "Bearer ts_000000000000_" + "x" * 43],
)
def test_what_is_no_key(client: TestClient, touchstone: Touchstone, header: str) -> None:
    touchstone.keys.make("root", (Scope.ADMIN,))
    answer = client.get("/v1/brands", headers={"Authorization": header})
    check_problem(answer, 401, "unauthenticated")


def test_a_wrong_key_is_refused_on_an_open_service_too(client: TestClient) -> None:
    answer = client.get("/v1/brands", headers=_bearer("ts_000000000000_" + "x" * 43))
    check_problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["admin"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": ["admin"], "rate_per_minute": 0},
        {"name": "x"},
    ],
)
def test_a_key_that_cannot_be_made(unchanged: TestClient, body: dict[str, Any]) -> None:
    check_problem(unchanged.post("/v1/keys", json=body), 422, "invalid_input")


@pytest.mark.parametrize("name", ["key_9", "key_", "mot_1"])
def test_a_key_that_is_not_there(unchanged: TestClient, name: str) -> None:
    check_problem(unchanged.get(f"/v1/keys/{name}"), 404, "not_found")
    check_problem(unchanged.delete(f"/v1/keys/{name}"), 404, "not_found")


def test_keys_page(client: TestClient) -> None:
    first = client.post("/v1/keys", json={"name": "root", "scopes": ["admin"]}).json()
    headers = _bearer(first["token"])
    for number in range(2):
        client.post("/v1/keys", json={"name": f"{number}", "scopes": ["assess"]}, headers=headers)
    page = client.get("/v1/keys?limit=2", headers=headers).json()
    assert [key["name"] for key in page["items"]] == ["root", "0"]
    rest = client.get(f"/v1/keys?cursor={page['next_cursor']}", headers=headers).json()
    assert [key["name"] for key in rest["items"]] == ["1"]


# Scopes


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        (Scope.ASSESS, "POST", "/v1/assessments", 201),
        (Scope.ASSESS, "GET", "/v1/motifs", 200),
        (Scope.ASSESS, "POST", "/v1/brands", 403),
        (Scope.ASSESS, "DELETE", "/v1/motifs/mot_1", 403),
        (Scope.ASSESS, "GET", "/v1/keys", 403),
        (Scope.REGISTRY, "POST", "/v1/assessments", 403),
        (Scope.REGISTRY, "GET", "/v1/assessments", 403),
        (Scope.REGISTRY, "DELETE", "/v1/motifs/mot_1", 404),
        (Scope.REVIEW, "GET", "/v1/assessments", 200),
        (Scope.REVIEW, "POST", "/v1/assessments", 403),
        (Scope.REVIEW, "POST", "/v1/motifs/mot_1/disable", 403),
        (Scope.REVIEW, "GET", "/metrics", 200),
        (Scope.REVIEW, "GET", "/v1/nothing", 403),
        (Scope.ADMIN, "POST", "/v1/assessments", 201),
        (Scope.ADMIN, "GET", "/v1/keys", 200),
        (Scope.ADMIN, "GET", "/v1/nothing", 404),
    ],
)
def test_what_a_scope_opens(
    client: TestClient, touchstone: Touchstone, scope: Scope, method: str, path: str, status: int
) -> None:
    headers = _token(touchstone, scope)
    body = {"json": {"listing": LISTING}} if path == "/v1/assessments" and method == "POST" else {}
    answer = client.request(method, path, headers=headers, **cast("Any", body))
    assert answer.status_code == status, answer.text
    if status == 403:
        check_problem(answer, 403, "forbidden")


def test_every_operation_says_what_it_needs() -> None:
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            told = [scope for each in operation.get("security", []) for scope in each["key"]]
            scopes = needed(method.upper(), path)
            assert (scopes is None) == (name in PUBLIC), name
            assert told == sorted(scopes or ())
            assert ({"401", "403", "429"} <= operation["responses"].keys()) == bool(told), name


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/new", "/v1/keys", "/admin", "/health", "/health/live/x", "/docsx", "/v1/motifsx",
     "//v1/motifs", "/V1/motifs", "/health/../v1/keys", "/health/live%2f..", "/docs/../v1/keys"],
)  # fmt: skip
def test_what_nobody_named_is_the_admins(path: str) -> None:
    assert needed("POST", path) == frozenset({Scope.ADMIN})


def test_a_body_is_not_read_for_a_stranger(client: TestClient, touchstone: Touchstone) -> None:
    touchstone.keys.make("root", (Scope.ADMIN,))

    def body() -> Iterator[bytes]:
        yield b'{"name": "'
        yield b"x" * 3_000_000

    # More than the limit: a 413 would show that it was read.
    answer = client.post("/v1/brands", content=body(), headers={"content-type": "application/json"})
    check_problem(answer, 401, "unauthenticated")


def test_behind_a_prefix_the_same_table_holds(settings: Settings, touchstone: Touchstone) -> None:
    touchstone.keys.make("root", (Scope.ADMIN,))
    with TestClient(create_app(settings, touchstone), root_path="/brands-api") as client:
        assert client.get("/brands-api/health/live").status_code == 200
        assert client.get("/brands-api/v1/brands").status_code == 401


# Rates


def test_a_key_has_its_rate_and_is_told(client: TestClient, touchstone: Touchstone) -> None:
    headers = _token(touchstone, Scope.ADMIN, rate=3)
    left = []
    for _ in range(3):
        answer = client.get("/v1/brands", headers=headers)
        assert answer.headers["ratelimit-policy"] == '"key";q=3;w=60'
        left.append(answer.headers["ratelimit"].partition(";t=")[0])
    assert left == ['"key";r=2', '"key";r=1', '"key";r=0']
    refused = client.get("/v1/brands", headers=headers)
    check_problem(refused, 429, "rate_limited")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    other = _token(touchstone, Scope.ADMIN)
    assert client.get("/v1/brands", headers=other).status_code == 200


def test_the_services_own_rate_holds_for_keys_without_one(
    settings: Settings, touchstone: Touchstone
) -> None:
    headers = _token(touchstone, Scope.ADMIN)
    with _client(settings, touchstone, rate_per_minute=1) as client:
        assert client.get("/v1/brands", headers=headers).status_code == 200
        check_problem(client.get("/v1/brands", headers=headers), 429, "rate_limited")
        assert client.get("/health/live").status_code == 200


def test_a_refused_scope_counts_too(client: TestClient, touchstone: Touchstone) -> None:
    headers = _token(touchstone, Scope.REVIEW, rate=1)
    assert client.get("/v1/keys", headers=headers).status_code == 403
    assert client.get("/v1/keys", headers=headers).status_code == 429


def test_nothing_limits_a_service_without_keys_or_without_a_rate() -> None:
    assert RateCounter(5).count(LOCAL) is None
    assert RateCounter(0).count(Principal("k", frozenset(Scope), 1)) is None
    own = RateCounter(0).count(Principal("k", frozenset(Scope), 1, 2))
    assert own is not None
    assert (own.rate, own.left, own.exceeded) == (2, 1, False)


# Without any key


@pytest.mark.parametrize(
    ("base_url", "status"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://[::1]:8000", 200),
        ("http://192.168.1.5:8000", 401),
        ("http://shop.example", 401),
    ],
)
def test_without_keys_only_this_machine_is_answered(
    settings: Settings, touchstone: Touchstone, base_url: str, status: int
) -> None:
    app = create_app(settings.model_copy(update={"anonymous": False}), touchstone)
    with TestClient(app, base_url=base_url) as client:
        answer = client.get("/v1/brands")
        assert answer.status_code == status
        assert client.get("/health/live").status_code == 200
    if status == 401:
        assert "touchstone keys create" in check_problem(answer, 401, "unauthenticated")["detail"]


def test_a_name_that_was_bent_to_this_machine_is_a_stranger(
    settings: Settings, touchstone: Touchstone
) -> None:
    """DNS rebinding against a browser: the address is ours, the name in `Host` is not."""
    with _client(settings, touchstone, anonymous=False) as client:
        answer = client.get("/v1/brands", headers={"Host": "evil.example"})
        check_problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize(
    ("origin", "status"),
    [("http://127.0.0.1", 201), ("https://evil.example", 403), ("null", 403),
     ("http://127.0.0.1:3000", 403)],
)  # fmt: skip
def test_a_strangers_page_has_no_say(
    settings: Settings, touchstone: Touchstone, origin: str, status: int
) -> None:
    with _client(settings, touchstone, anonymous=False) as client:
        answer = client.post("/v1/brands", json={"name": "B"}, headers={"Origin": origin})
        assert answer.status_code == status


def test_a_service_may_be_opened_on_purpose(settings: Settings, touchstone: Touchstone) -> None:
    app = create_app(settings.model_copy(update={"anonymous": True}), touchstone)
    with TestClient(app, base_url="http://shop.example") as client:
        assert client.get("/v1/brands").status_code == 200
        touchstone.keys.make("root", (Scope.ADMIN,))
        assert client.get("/v1/brands").status_code == 401


class _Away:
    """A store of keys whose database is away."""

    def any(self) -> bool:
        raise StorageError("the database server cannot be reached")

    def with_prefix(self, prefix: str) -> None:  # noqa: ARG002  the role's signature
        raise StorageError("the database server cannot be reached")


def test_without_its_database_nobody_gets_in(empty: Touchstone) -> None:
    keys = type(empty.keys)(cast("Any", _Away()))
    app = create_app(make_settings(Path("unused")), replace(empty, keys=keys))
    with TestClient(app) as client:
        check_problem(client.get("/v1/brands"), 503, "storage_failed")
        answer = client.get("/v1/brands", headers=_bearer("ts_000000000000_" + "x" * 43))
        check_problem(answer, 503, "storage_failed")
        assert client.get("/health/live").status_code == 200


# Browsers


def test_every_answer_carries_safe_headers(unchanged: TestClient) -> None:
    for path in ("/health/live", "/v1/brands", "/v1/nothing", "/nothing"):
        headers = unchanged.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_the_documentation_may_run_its_own_script_alone(unchanged: TestClient) -> None:
    policy = unchanged.get("/docs").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy


def test_other_origins_are_closed_by_default(unchanged: TestClient) -> None:
    answer = unchanged.get("/v1/brands", headers={"Origin": "https://shop.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    ask = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    assert unchanged.options("/v1/brands", headers=ask).status_code == 405


def test_an_origin_may_be_opened(settings: Settings, touchstone: Touchstone) -> None:
    touchstone.keys.make("root", (Scope.ADMIN,))
    app = create_app(
        settings.model_copy(update={"cors_origins": ("https://shop.example",)}), touchstone
    )
    with TestClient(app) as client:
        ask = {
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        }
        opened = client.options("/v1/brands", headers=ask)
        assert opened.status_code == 200
        assert opened.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-credentials" not in opened.headers
        closed = client.options("/v1/brands", headers={**ask, "Origin": "https://evil.example"})
        assert closed.status_code == 400
        assert "access-control-allow-origin" not in closed.headers


def test_refusals_are_counted_like_other_answers(
    client: TestClient, touchstone: Touchstone
) -> None:
    headers = _token(touchstone, Scope.ADMIN)
    client.get("/v1/brands")
    assert 'status="401"' in client.get("/metrics", headers=headers).text

"""Webhooks over HTTP: registered by an admin, their secret shown once, their messages on record."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook as Verifier

from app.domain.identity import Scope
from app.services.touchstone import Touchstone
from tests.api.sending import assessed, check_problem
from tests.fakes import enrol, photo_with

HOOK = {"url": "https://nowhere.invalid/hook", "events": ["assessment.suspect", "review.decided"]}


def test_a_webhook_is_registered_listed_and_removed(client: TestClient) -> None:
    answer = client.post("/v1/webhooks", json=HOOK)
    assert answer.status_code == 201
    made = answer.json()
    secret = made.pop("secret")
    Verifier(secret)
    assert answer.headers["location"] == "/v1/webhooks/whk_1"
    assert client.get("/v1/webhooks/whk_1").json() == made
    listed = client.get("/v1/webhooks")
    assert listed.json() == {"items": [made], "next_cursor": None}
    assert secret not in listed.text
    assert client.delete("/v1/webhooks/whk_1").status_code == 204
    check_problem(client.delete("/v1/webhooks/whk_1"), 404, "not_found")


def test_a_suspicion_is_on_record_and_in_the_figures(
    client: TestClient, touchstone: Touchstone
) -> None:
    touchstone.deliverer.stop()  # what is sent is tested elsewhere
    client.post("/v1/webhooks", json=HOOK)
    enrol(touchstone)
    assert assessed(client, ("1.png", photo_with(0)))["verdict"] == "suspect"
    (delivery,) = client.get("/v1/webhooks/whk_1/deliveries").json()["items"]
    assert (delivery["id"], delivery["event"]) == ("dlv_1", "assessment.suspect")
    assert delivery["state"] == "pending"
    assert client.get("/v1/webhooks/whk_1/deliveries?state=dead").json()["items"] == []
    assert 'touchstone_webhook_deliveries{state="pending"} 1.0' in client.get("/metrics").text
    replay = "/v1/webhooks/whk_1/deliveries/dlv_1/replay"
    check_problem(client.post(replay), 409, "conflict")
    check_problem(client.post(replay.replace("dlv_1", "dlv_2")), 404, "not_found")


def test_only_an_admin_may_touch_them(client: TestClient, touchstone: Touchstone) -> None:
    every_other = (Scope.ASSESS, Scope.REGISTRY, Scope.REVIEW)
    headers = {"Authorization": f"Bearer {touchstone.keys.make('all', every_other).token}"}
    check_problem(client.post("/v1/webhooks", json=HOOK, headers=headers), 403, "forbidden")
    check_problem(client.get("/v1/webhooks", headers=headers), 403, "forbidden")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**HOOK, "url": "http://shop.example/hook"},
        {**HOOK, "url": "https://127.0.0.1/hook"},
        {**HOOK, "url": ""},
        {**HOOK, "events": []},
        {**HOOK, "events": ["assessment.clear"]},
        {**HOOK, "secret": "whsec_mine"},
    ],
)
def test_a_webhook_that_cannot_be_registered(unchanged: TestClient, body: dict[str, Any]) -> None:
    check_problem(unchanged.post("/v1/webhooks", json=body), 422, "invalid_input")


def test_a_webhook_that_is_not_there(unchanged: TestClient) -> None:
    for path in ("/v1/webhooks/whk_9", "/v1/webhooks/key_1", "/v1/webhooks/whk_9/deliveries"):
        check_problem(unchanged.get(path), 404, "not_found")
    check_problem(unchanged.get("/v1/webhooks/whk_9/deliveries?state=lost"), 422, "invalid_input")

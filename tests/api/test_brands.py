"""`/v1/brands`: the life of a brand, and what is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import Document, check_problem
from tests.fakes import enrol


def test_the_life_of_a_brand(client: TestClient) -> None:
    made = client.post("/v1/brands", json={"name": " Cartier  SA ", "aliases": ["卡地亚"]})
    assert made.status_code == 201
    brand = {"id": "brd_1", "name": "Cartier SA", "aliases": ["卡地亚"], "prices": []}
    assert made.json() == brand
    place = made.headers["location"]
    assert place == "/v1/brands/brd_1"
    assert client.get(place).json() == made.json()
    renamed = client.patch(place, json={"name": "Cartier"})
    assert renamed.json() == {**brand, "name": "Cartier"}
    cleared = client.patch(place, json={"aliases": []})
    assert cleared.json() == {**brand, "name": "Cartier", "aliases": []}
    assert client.get("/v1/brands").json() == {"items": [cleared.json()], "next_cursor": None}
    removed = client.delete(place)
    assert (removed.status_code, removed.content) == (204, b"")
    check_problem(client.get(place), 404, "not_found")


def test_what_a_brands_goods_cost(client: TestClient) -> None:
    euro = {"currency": "EUR", "lowest": 1500.0, "typical": 4200.0, "category": ""}
    rings = {"currency": "EUR", "lowest": 900.0, "typical": None, "category": "Rings"}
    made = client.post("/v1/brands", json={"name": "Cartier", "prices": [euro]})
    assert made.json()["prices"] == [euro]
    told = [{"currency": "eur", "lowest": 900, "category": " Rings "}, euro]
    changed = client.patch("/v1/brands/brd_1", json={"prices": told})
    assert changed.json()["prices"] == [rings, euro]
    assert client.patch("/v1/brands/brd_1", json={"name": "C"}).json()["prices"] == [rings, euro]
    assert client.patch("/v1/brands/brd_1", json={"prices": []}).json()["prices"] == []


@pytest.mark.parametrize(
    "prices",
    [
        [{"currency": "EUR"}],
        [{"currency": "€", "lowest": 1}],
        [{"currency": "E1R", "lowest": 1}],
        [{"currency": "EUR", "lowest": 0}],
        [{"currency": "EUR", "lowest": 2, "typical": 1}],
        [{"currency": "EUR", "lowest": 1}, {"currency": "eur", "lowest": 2}],
        [
            {"currency": "EUR", "lowest": 1, "category": "Rings"},
            {"currency": "EUR", "lowest": 2, "category": "rings"},
        ],
    ],
)
def test_prices_that_cannot_be_used(unchanged: TestClient, prices: list[Document]) -> None:
    body = {"name": "Cartier", "prices": prices}
    check_problem(unchanged.post("/v1/brands", json=body), 422, "invalid_input")


def test_an_empty_change_changes_nothing(client: TestClient, touchstone: Touchstone) -> None:
    made = client.post("/v1/brands", json={"name": "Cartier"})
    version = touchstone.registry.version()
    assert client.patch("/v1/brands/brd_1", json={}).json() == made.json()
    assert touchstone.registry.version() == version


def test_a_name_is_taken_only_once(client: TestClient) -> None:
    client.post("/v1/brands", json={"name": "Cartier"})
    client.post("/v1/brands", json={"name": "Bulgari"})
    check_problem(client.post("/v1/brands", json={"name": "CARTIER"}), 409, "conflict")
    answer = client.patch("/v1/brands/brd_2", json={"name": "cartier"})
    check_problem(answer, 409, "conflict")


def test_a_brand_with_motifs_stays(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    check_problem(client.delete("/v1/brands/brd_1"), 409, "conflict")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "   "},
        {"name": 7},
        {"name": "x" * 501},
        {"name": "a\x00b"},
        {"name": "x", "alias": "y"},
        {"name": "x", "aliases": "y"},
        {"name": "x", "aliases": [""]},
        [],
        "Cartier",
    ],
)
def test_a_brand_that_cannot_be(unchanged: TestClient, body: Any) -> None:
    check_problem(unchanged.post("/v1/brands", json=body), 422, "invalid_input")


def test_half_a_character_is_no_name(unchanged: TestClient) -> None:
    headers = {"content-type": "application/json"}
    answer = unchanged.post("/v1/brands", content=rb'{"name": "\ud800"}', headers=headers)
    check_problem(answer, 422, "invalid_input")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["brd_1", "mot_1", "brd_x", "1"])
def test_a_brand_that_is_not_there(unchanged: TestClient, method: str, name: str) -> None:
    body: Document | None = {} if method == "PATCH" else None
    answer = unchanged.request(method, f"/v1/brands/{name}", json=body)
    check_problem(answer, 404, "not_found")

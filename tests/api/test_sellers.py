"""`/v1/brands/{id}/sellers`: who may sell, over HTTP, and what a listing then gets."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.domain.identity import Scope
from app.services.touchstone import Touchstone
from tests.api.sending import LISTING, Document, check_problem, post_form
from tests.fakes import enrol, photo_with

SELLERS = "/v1/brands/brd_1/sellers"
GIVEN = {
    "seller_id": "A1B2C3",
    "kind": "licensed",
    "territory": "EEA",
    "valid_from": "2026-01-01",
    "valid_until": None,
    "note": "contract 7",
}


@pytest.fixture
def brand(client: TestClient) -> TestClient:
    client.post("/v1/brands", json={"name": "Cartier"})
    return client


def test_the_life_of_an_authorisation(brand: TestClient) -> None:
    made = brand.post(SELLERS, json=GIVEN)
    assert (made.status_code, made.headers["location"]) == (201, f"{SELLERS}/slr_1")
    assert made.json() == {"id": "slr_1", "brand_id": "brd_1", **GIVEN}
    assert brand.get(f"{SELLERS}/slr_1").json() == made.json()
    longer = brand.post(SELLERS, json={**GIVEN, "valid_until": "2028-01-31"})
    assert (longer.status_code, longer.json()["id"]) == (200, "slr_1")
    assert longer.json()["valid_until"] == "2028-01-31"
    brand.post(SELLERS, json={"seller_id": "S2"})
    assert [each["id"] for each in brand.get(SELLERS).json()["items"]] == ["slr_1", "slr_2"]
    only = brand.get(SELLERS, params={"seller_id": "a1b2c3 "}).json()["items"]
    assert only == [longer.json()]
    assert brand.delete(f"{SELLERS}/slr_1").status_code == 204
    check_problem(brand.get(f"{SELLERS}/slr_1"), 404, "not_found")


def test_lists_page_by_cursor(brand: TestClient) -> None:
    for number in range(3):
        brand.post(SELLERS, json={"seller_id": f"S{number}"})
    first = brand.get(SELLERS, params={"limit": 2}).json()
    rest = brand.get(SELLERS, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    found = [each["seller_id"] for each in first["items"] + rest["items"]]
    assert (found, rest["next_cursor"]) == (["S0", "S1", "S2"], None)


def _verdict(client: TestClient, **more: str) -> Document:
    status, document = post_form(client, ("1.png", photo_with(0)), listing={**LISTING, **more})
    assert status == 201, document
    return document


def test_a_listing_of_an_authorised_seller_is_clear(
    client: TestClient, touchstone: Touchstone
) -> None:
    enrol(touchstone)
    client.post(SELLERS, json=GIVEN)
    assert _verdict(client, seller_id="A1B2C3")["verdict"] == "suspect"
    document = _verdict(client, seller_id="a1b2c3", territory="no")
    assert (document["verdict"], document["factors"]["not_authorised"]) == ("clear", 0.0)
    assert document["reasons"][-1]["code"] == "authorised_seller"
    evidence = client.get(f"/v1/assessments/{document['id']}/evidence").json()
    assert evidence["listing"]["territory"] == "no"
    assert len(client.get("/v1/reviews").json()["items"]) == 1


def test_a_low_price_is_a_reason_beside_the_match(
    client: TestClient, touchstone: Touchstone
) -> None:
    enrol(touchstone)
    client.patch("/v1/brands/brd_1", json={"prices": [{"currency": "USD", "lowest": 900}]})
    listing: Document = {**LISTING, "price": 12.9, "currency": "usd"}
    _, document = post_form(client, ("1.png", photo_with(0)), listing=listing)
    assert document["reasons"][-1]["code"] == "price_below_range"


@pytest.mark.parametrize(
    "change",
    [
        {"seller_id": ""},
        {"seller_id": "  "},
        {"seller_id": "a\x00b"},
        {"kind": "friend"},
        {"territory": "Germany"},
        {"territory": "D"},
        {"valid_from": "soon"},
        {"valid_from": "2026-02-02", "valid_until": "2026-02-01"},
        {"brand": "x"},
    ],
)
def test_an_authorisation_that_cannot_be_used(brand: TestClient, change: dict[str, Any]) -> None:
    check_problem(brand.post(SELLERS, json={**GIVEN, **change}), 422, "invalid_input")
    assert brand.get(SELLERS).json()["items"] == []


def test_what_is_not_there(brand: TestClient) -> None:
    brand.post("/v1/brands", json={"name": "Rolex"})
    brand.post(SELLERS, json=GIVEN)
    for path in ("/v1/brands/brd_9/sellers", "/v1/brands/mot_1/sellers"):
        check_problem(brand.get(path), 404, "not_found")
        check_problem(brand.post(path, json=GIVEN), 404, "not_found")
    for path in (f"{SELLERS}/slr_9", f"{SELLERS}/brd_1", "/v1/brands/brd_2/sellers/slr_1"):
        check_problem(brand.get(path), 404, "not_found")
        check_problem(brand.delete(path), 404, "not_found")


def test_authorising_takes_the_scope_of_the_registry(
    brand: TestClient, touchstone: Touchstone
) -> None:
    headers = {"Authorization": f"Bearer {touchstone.keys.make('r', (Scope.REVIEW,)).token}"}
    check_problem(brand.post(SELLERS, json=GIVEN, headers=headers), 403, "forbidden")
    assert brand.get(SELLERS, headers=headers).status_code == 200

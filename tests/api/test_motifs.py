"""`/v1/motifs`: the life of a motif, its pauses, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import Document, assessed, check_problem, motifs_in
from tests.fakes import enrol, photo_with

LOVE = {"brand": "Cartier", "name": "LOVE screw", "kind": "pattern"}
REGISTRATION = {
    "office": "EUIPO",
    "number": "018123456",
    "nice_classes": [14, 35],
    "vienna_classes": ["17.2.1"],
    "expires_on": "2030-09-17",
}


def test_the_life_of_a_motif(client: TestClient) -> None:
    full = {**LOVE, "words": ["screw love"], "registrations": [REGISTRATION]}
    made = client.post("/v1/motifs", json=full)
    assert made.status_code == 201
    assert made.json() == {
        "id": "mot_1",
        "brand_id": "brd_1",
        "expected_place": None,
        "enabled": True,
        "disabled_until": None,
        "quarantine": None,
        **full,
    }
    place = made.headers["location"]
    assert place == "/v1/motifs/mot_1"
    assert client.get(place).json() == made.json()
    changed = client.patch(place, json={"name": "LOVE", "words": [], "registrations": []})
    expected = {**made.json(), "name": "LOVE", "words": [], "registrations": []}
    assert changed.json() == expected
    assert client.patch(place, json={"words": None}).json() == expected
    assert client.get("/v1/motifs").json()["items"] == [expected]
    assert client.delete(place).status_code == 204
    check_problem(client.get(place), 404, "not_found")
    assert client.get("/v1/brands/brd_1").status_code == 200


def test_the_brand_by_its_id(client: TestClient) -> None:
    client.post("/v1/brands", json={"name": "Cartier"})
    made = client.post("/v1/motifs", json={"brand_id": "brd_1", "name": "x", "kind": "logo"})
    assert made.json()["brand"] == "Cartier"
    missing = client.post("/v1/motifs", json={"brand_id": "brd_9", "name": "x", "kind": "logo"})
    check_problem(missing, 404, "not_found")


def test_the_same_motif_again_is_the_same(client: TestClient, touchstone: Touchstone) -> None:
    first = client.post("/v1/motifs", json=LOVE)
    version = touchstone.registry.version()
    again = client.post("/v1/motifs", json={**LOVE, "name": "love  SCREW"})
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert touchstone.registry.version() == version
    check_problem(client.post("/v1/motifs", json={**LOVE, "kind": "logo"}), 409, "conflict")


def test_motifs_of_one_brand(client: TestClient) -> None:
    for brand in ("Cartier", "Bulgari", "Cartier"):
        client.post("/v1/motifs", json={"brand": brand, "name": f"of {brand}", "kind": "logo"})
    found = client.get("/v1/motifs", params={"brand_id": "brd_2"}).json()["items"]
    assert [motif["name"] for motif in found] == ["of Bulgari"]
    assert client.get("/v1/motifs", params={"brand_id": "brd_9"}).json()["items"] == []
    check_problem(client.get("/v1/motifs", params={"brand_id": "mot_1"}), 404, "not_found")


def test_off_and_on_count_from_the_next_photo(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    photo = ("1.png", photo_with(0))
    assert motifs_in(assessed(client, photo)) == ["mark 0"]
    off = client.post("/v1/motifs/mot_1/disable")
    assert (off.json()["enabled"], off.json()["disabled_until"]) == (False, None)
    assert motifs_in(assessed(client, photo)) == []
    on = client.post("/v1/motifs/mot_1/enable")
    assert on.json()["enabled"] is True
    assert motifs_in(assessed(client, photo)) == ["mark 0"]


def test_a_pause_has_an_end(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    until = datetime.now(UTC) + timedelta(hours=1)
    off = client.post("/v1/motifs/mot_1/disable", json={"until": until.isoformat()})
    assert off.json()["enabled"] is False
    assert datetime.fromisoformat(off.json()["disabled_until"]) == until
    assert motifs_in(assessed(client, ("1.png", photo_with(0)))) == []


def test_a_pause_that_cannot_be(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    for until in ("2020-01-01T00:00:00Z", "2090-01-01T00:00:00", "soon", 7):
        answer = client.post("/v1/motifs/mot_1/disable", json={"until": until})
        check_problem(answer, 422, "invalid_input")
    assert client.get("/v1/motifs/mot_1").json()["enabled"] is True


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**LOVE, "brand_id": "brd_1"},
        {"name": "x", "kind": "logo"},
        {**LOVE, "kind": "smell"},
        {**LOVE, "name": " "},
        {**LOVE, "brand": ""},
        {**LOVE, "words": "screw"},
        {**LOVE, "colour": "gold"},
        {**LOVE, "registrations": [{"office": "EUIPO"}]},
        {**LOVE, "registrations": [{**REGISTRATION, "nice_classes": [46]}]},
        {**LOVE, "registrations": [{**REGISTRATION, "office": " "}]},
        {**LOVE, "registrations": [{**REGISTRATION, "expires_on": "2030-02-30"}]},
    ],
)
def test_a_motif_that_cannot_be(unchanged: TestClient, body: Any) -> None:
    check_problem(unchanged.post("/v1/motifs", json=body), 422, "invalid_input")


def test_a_name_is_taken_only_once_in_a_brand(client: TestClient) -> None:
    client.post("/v1/motifs", json=LOVE)
    client.post("/v1/motifs", json={**LOVE, "name": "Panther"})
    answer = client.patch("/v1/motifs/mot_2", json={"name": "love screw"})
    check_problem(answer, 409, "conflict")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "mot_9"),
        ("GET", "brd_1"),
        ("PATCH", "mot_9"),
        ("DELETE", "mot_9"),
        ("POST", "mot_9/disable"),
        ("POST", "mot_9/enable"),
    ],
)
def test_a_motif_that_is_not_there(unchanged: TestClient, method: str, path: str) -> None:
    body: Document | None = {} if method == "PATCH" else None
    answer = unchanged.request(method, f"/v1/motifs/{path}", json=body)
    check_problem(answer, 404, "not_found")


PLACE = {"box": [0.1, 0.3, 0.9, 0.7], "goods": ["bracelet"]}


def test_a_motif_may_have_an_expected_place(client: TestClient) -> None:
    made = client.post("/v1/motifs", json={**LOVE, "expected_place": PLACE})
    assert made.json()["expected_place"] == PLACE
    other = {"box": [0.0, 0.0, 1.0, 0.5], "goods": []}
    changed = client.patch("/v1/motifs/mot_1", json={"expected_place": other})
    assert changed.json()["expected_place"] == other
    kept = client.patch("/v1/motifs/mot_1", json={"name": "LOVE"})
    assert kept.json()["expected_place"] == other
    gone = client.patch("/v1/motifs/mot_1", json={"forget_expected_place": True})
    assert gone.json()["expected_place"] is None


@pytest.mark.parametrize(
    "place",
    [
        {"box": [0, 0, 1]},
        {"box": [0.5, 0, 0.5, 1]},
        {"box": [0, 0, 100, 100]},
        {"box": [0, 0, 1, 1], "goods": ["!"]},
    ],
)
def test_what_is_no_place_is_refused(client: TestClient, place: dict[str, Any]) -> None:
    answer = client.post("/v1/motifs", json={**LOVE, "expected_place": place})
    check_problem(answer, 422, "invalid_input")

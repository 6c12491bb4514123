"""`/v1/motifs/{id}/references`: images of a motif come, are seen, and go."""

import hashlib

import pytest
from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import Document, as_base64, assessed, check_problem, file_part, motifs_in
from tests.fakes import enrol, motif_file, motif_picture, photo_with, picture_with
from tests.images import encode, solid_array

PLACE = "/v1/motifs/mot_1/references"
IMAGE = file_part("image", ("mark.png", motif_file(0)))


@pytest.fixture(autouse=True)
def motif(client: TestClient) -> None:
    """A motif without a reference."""
    client.post("/v1/motifs", json={"brand": "Cartier", "name": "mark 0", "kind": "logo"})


def test_the_life_of_a_reference(client: TestClient) -> None:
    made = client.post(PLACE, files=[IMAGE], data={"source": "press kit"})
    assert made.status_code == 201
    assert made.json() == {
        "id": "ref_1",
        "motif_id": "mot_1",
        "polarity": "positive",
        "sha256": hashlib.sha256(motif_file(0)).hexdigest(),
        "width": 120,
        "height": 120,
        "box": None,
        "source": "press kit",
        "status": "active",
        "findings": [],
    }
    place = made.headers["location"]
    assert place == f"{PLACE}/ref_1"
    assert client.get(place).json() == made.json()
    assert client.get(PLACE).json() == {"items": [made.json()], "next_cursor": None}
    photo = ("1.png", photo_with(0))
    assert motifs_in(assessed(client, photo)) == ["mark 0"]
    assert client.delete(place).status_code == 204
    assert motifs_in(assessed(client, photo)) == []
    check_problem(client.get(place), 404, "not_found")


def test_the_same_reference_again_is_the_same(client: TestClient) -> None:
    first = client.post(PLACE, files=[IMAGE])
    again = client.post(PLACE, json={"base64": as_base64(motif_file(0))})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    other = client.post(PLACE, files=[IMAGE], data={"polarity": "negative"})
    assert (other.status_code, other.json()["id"]) == (201, "ref_2")


def test_a_box_in_a_form_and_in_json(client: TestClient) -> None:
    image = file_part("image", ("a.png", photo_with(0)))
    for text in ("0,0,120,120", "[0, 0, 120, 120]", " 0 ,0, 120,120 "):
        form = client.post(PLACE, files=[image], data={"box": text})
        assert (form.json()["id"], form.json()["box"]) == ("ref_1", [0, 0, 120, 120])
    sent = client.post(PLACE, json={"base64": as_base64(photo_with(0)), "box": [0, 0, 120, 120]})
    assert (sent.status_code, sent.json()) == (200, form.json())
    assert motifs_in(assessed(client, ("1.png", photo_with(0, seed=3)))) == ["mark 0"]


def test_a_known_look_alike_silences_the_motif(client: TestClient) -> None:
    rough = encode(255 - motif_picture(0) // 2, "png")
    client.post(PLACE, files=[IMAGE])
    twin = motif_picture(0).copy()
    twin[:20, :20] = 255 - twin[:20, :20]
    photo = ("1.png", encode(picture_with(twin), "png"))
    client.post(PLACE, files=[file_part("image", ("x.png", rough))], data={"polarity": "negative"})
    assert motifs_in(assessed(client, photo)) == ["mark 0"]
    look_alike = file_part("image", ("x.png", encode(twin, "png")))
    client.post(PLACE, files=[look_alike], data={"polarity": "negative"})
    assert motifs_in(assessed(client, photo)) == []


def test_a_bad_reference_waits_for_an_operator(client: TestClient) -> None:
    flat = file_part("image", ("flat.png", encode(solid_array(), "png")))
    made = client.post(PLACE, files=[flat])
    assert (made.status_code, made.json()["status"]) == (201, "quarantined")
    assert [finding["code"] for finding in made.json()["findings"]] == ["too_simple"]
    assert client.get("/v1/quarantine").json()["items"] == [made.json()]
    photo = ("1.png", photo_with(0))
    assert assessed(client, photo)["reasons"][0]["code"] == "empty_registry"
    released = client.post(f"{PLACE}/ref_1/release")
    assert released.json() == {**made.json(), "status": "released"}
    assert client.get("/v1/quarantine").json()["items"] == []
    assert "empty_registry" not in [r["code"] for r in assessed(client, photo)["reasons"]]
    check_problem(client.post(f"{PLACE}/ref_1/release"), 409, "conflict")
    check_problem(client.post(f"{PLACE}/ref_9/release"), 404, "not_found")


def test_the_image_comes_back_as_it_was(client: TestClient) -> None:
    for image_format in ("png", "jpeg", "webp", "gif"):
        data = encode(motif_picture(1), image_format)
        place = client.post(PLACE, json={"base64": as_base64(data)}).headers["location"]
        answer = client.get(f"{place}/image")
        assert answer.content == data
        assert answer.headers["content-type"] == f"image/{image_format}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'


def test_a_reference_that_cannot_be(client: TestClient) -> None:
    cases = [
        ({"box": "0,0,121,120"}, "invalid_box"),
        ({"box": "0,0,5,120"}, "invalid_box"),
        ({"box": "5,5,5,9"}, "invalid_box"),
        ({"box": "-1,0,50,50"}, "invalid_box"),
        ({"box": "0,0,50"}, "invalid_input"),
        ({"box": "0,0,50,50.5"}, "invalid_input"),
        ({"box": "all"}, "invalid_input"),
        ({"polarity": "neutral"}, "invalid_input"),
        ({"colour": "gold"}, "invalid_input"),
        ({"image": "text"}, "invalid_input"),
    ]
    for fields, code in cases:
        check_problem(client.post(PLACE, files=[IMAGE], data=fields), 422, code)
    assert client.get(PLACE).json()["items"] == []


def test_an_image_that_cannot_be(client: TestClient) -> None:
    cases: list[tuple[Document, int, str]] = [
        ({"base64": as_base64(b"junk")}, 415, "image_unsupported"),
        ({"base64": as_base64(motif_file(0)[:90])}, 422, "image_truncated"),
        ({"base64": ""}, 422, "image_empty"),
        ({"base64": "?"}, 422, "invalid_input"),
        ({"base64": as_base64(encode(solid_array(size=(9, 90)), "png"))}, 422, "invalid_box"),
        ({}, 422, "invalid_input"),
    ]
    for body, status, code in cases:
        check_problem(client.post(PLACE, json=body), status, code)
    assert client.get(PLACE).json()["items"] == []


def test_a_field_without_an_image(client: TestClient) -> None:
    answer = client.post(PLACE, files=[("image", ("", b"")), ("source", (None, "x"))])
    assert answer.status_code == 422


def test_a_reference_belongs_to_its_motif(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 5)
    assert client.get("/v1/motifs/mot_2/references/ref_1").status_code == 200
    for method, path in (("GET", ""), ("GET", "/image"), ("DELETE", "")):
        answer = client.request(method, f"{PLACE}/ref_1{path}")
        check_problem(answer, 404, "not_found")
    assert touchstone.registry.reference(1).id == 1


def test_a_motif_that_is_not_there(client: TestClient) -> None:
    place = "/v1/motifs/mot_9/references"
    check_problem(client.post(place, files=[IMAGE]), 404, "not_found")
    check_problem(client.post(place, content=b"junk"), 404, "not_found")
    check_problem(client.get(place), 404, "not_found")

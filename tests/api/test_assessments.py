"""`POST` and `GET /v1/assessments`: what is sent, judged, kept and refused."""

import hashlib
import json

import pytest
from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import (
    LISTING,
    Document,
    as_base64,
    assessed,
    check_problem,
    file_part,
    post_form,
    post_json,
)
from tests.fakes import enrol, photo_with, plain_photo

POSES = ("2.png", photo_with(0))


def test_a_motif_on_unbranded_goods_is_suspect(client: TestClient, touchstone: Touchstone) -> None:
    motif, reference = enrol(touchstone, 0)
    document = assessed(client, ("1.jpg", plain_photo()), POSES)
    assert document["verdict"] == "suspect"
    assert [reason["code"] for reason in document["reasons"]] == ["motif_seen", "claims_unbranded"]
    best = document["images"][1]["matches"][0]
    assert best["motif_id"] == f"mot_{motif.id}"
    assert best["reference_id"] == f"ref_{reference.id}"
    assert best["box"] == [0, 0, 120, 120]
    assert document["images"][1]["sha256"] == hashlib.sha256(POSES[1]).hexdigest()
    assert document["versions"]["registry"] == touchstone.registry.version()


def test_an_ordinary_photo_is_clear(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    assert assessed(client, ("1.jpg", plain_photo()))["verdict"] == "clear"


def test_form_and_json_are_the_same_door(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    photos = (("1.jpg", plain_photo()), POSES, ("bad.jpg", b"no image"))
    kept = ("id", "created_at")
    form, sent = (
        {name: value for name, value in document.items() if name not in kept}
        for document in (post_form(client, *photos)[1], post_json(client, *photos)[1])
    )
    assert form == sent


def test_what_was_answered_is_kept(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    files = [file_part("images", POSES)]
    answer = client.post("/v1/assessments", data={"listing": json.dumps(LISTING)}, files=files)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/assessments/{answer.json()['id']}"
    assert client.get(answer.headers["location"]).json() == answer.json()
    newest = client.get("/v1/assessments").json()["items"][0]
    assert newest == answer.json()


def test_the_listing_may_be_a_json_file(client: TestClient) -> None:
    listing = ("listing", ("listing.json", json.dumps(LISTING).encode(), "application/json"))
    answer = client.post("/v1/assessments", files=[listing, file_part("images", POSES)])
    assert answer.status_code == 201
    assert answer.json()["listing_id"] == "B09X"


def test_every_field_of_a_row_is_kept(client: TestClient, touchstone: Touchstone) -> None:
    row = {
        "listing_id": "Ω-1",
        "seller_id": "s",
        "title": "指輪 💍",
        "description": "a\nb",
        "brand_field": "N/A",
        "category": "rings",
        "price": 9.5,
        "currency": "EUR",
        "images": ["photos/2.png"],
    }
    status, document = post_form(client, POSES, listing=row)
    assert status == 201
    number = int(document["id"].removeprefix("asm_"))
    listing = touchstone.assessments.get(number).listing
    assert listing.images == ("2.png",)
    for name in row.keys() - {"images"}:
        assert getattr(listing, name) == row[name]


def test_a_broken_photo_is_reported_on_itself(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    for post in (post_form, post_json):
        status, document = post(client, ("a.jpg", plain_photo()[:500]), ("b.jpg", b""), POSES)
        assert status == 201
        errors = [image["error"] and image["error"]["code"] for image in document["images"]]
        assert errors == ["image_truncated", "image_empty", None]
        assert document["verdict"] == "suspect"


def test_without_a_readable_photo_nothing_is_clear(client: TestClient) -> None:
    for post in (post_form, post_json):
        for photos in ((), (("x.jpg", b"junk"),)):
            status, document = post(client, *photos)
            assert status == 201
            assert document["verdict"] == "review"
            assert "no_readable_image" in {reason["code"] for reason in document["reasons"]}


def test_names_in_any_script_come_back(client: TestClient) -> None:
    names = ["фото «1».jpg", "写真 2.jpg", "😀.jpg"]
    for post in (post_form, post_json):
        _, document = post(client, *((name, plain_photo()) for name in names))
        assert [image["image"] for image in document["images"]] == names


def test_photos_without_a_name_are_numbered(client: TestClient) -> None:
    images = [{"base64": as_base64(plain_photo())}, {"base64": as_base64(b"x")}]
    document = client.post("/v1/assessments", json={"listing": LISTING, "images": images}).json()
    assert [image["image"] for image in document["images"]] == ["image-1", "image-2"]


def test_the_last_photo_that_is_allowed_and_one_more(client: TestClient) -> None:
    photos = [(f"{number}.jpg", plain_photo()) for number in range(5)]
    for post in (post_form, post_json):
        assert post(client, *photos[:4])[0] == 201
        status, problem = post(client, *photos)
        assert (status, problem["code"]) == (422, "invalid_input")
        assert problem["detail"] == "5 images are too many; a listing may have 4"


@pytest.mark.parametrize(
    ("body", "location", "code"),
    [
        ({"listing": LISTING, "images": ["https://x.test/1.jpg"]}, "images/0", "image_object"),
        (
            {"listing": LISTING, "images": [{"url": "https://x.test/1.jpg"}]},
            "images/0/url",
            "url_fetching_off",
        ),
        (
            {"listing": {**LISTING, "images": ["a.jpg", "http://x.test/1.jpg"]}},
            "listing/images/1",
            "url_fetching_off",
        ),
        (
            {"listing": LISTING, "images": [{"base64": "/9j/"}, {"base64": "/9j!"}]},
            "images/1/base64",
            "base64_invalid",
        ),
        ({"listing": LISTING, "images": [{"base64": 7}]}, "images/0/base64", "base64_invalid"),
        ({"listing": LISTING, "images": [{"name": "1.jpg"}]}, "images/0", "image_source"),
        (
            {"listing": LISTING, "images": [{"url": "https://x.test/", "base64": "/9j/"}]},
            "images/0",
            "image_source",
        ),
        ({"listing": LISTING, "images": [7]}, "images/0", "model_type"),
        ({"images": []}, "listing", "missing"),
        ({"listing": {"title": "x"}}, "listing/listing_id", "missing"),
        ({"listing": {"listing_id": ""}}, "listing/listing_id", "string_too_short"),
        ({"listing": {**LISTING, "titel": "x"}}, "listing/titel", "extra_forbidden"),
        ({"listing": {**LISTING, "price": "dear"}}, "listing/price", "float_parsing"),
        ({"listing": LISTING, "photos": []}, "photos", "extra_forbidden"),
    ],
)
def test_json_that_cannot_be_used(
    unchanged: TestClient, body: Document, location: str, code: str
) -> None:
    problem = check_problem(unchanged.post("/v1/assessments", json=body), 422, "invalid_input")
    assert (f"body/{location}", code) in [
        (error["location"], error["code"]) for error in problem["errors"]
    ]


def test_a_url_is_refused_in_words(unchanged: TestClient) -> None:
    body = {"listing": LISTING, "images": [{"url": "https://x.test/1.jpg"}]}
    problem = unchanged.post("/v1/assessments", json=body).json()
    assert "URL fetching is off" in problem["detail"]


def test_a_refused_image_is_not_echoed(unchanged: TestClient) -> None:
    secret = "c2VjcmV0" * 1_000 + "!"
    answer = unchanged.post(
        "/v1/assessments", json={"listing": LISTING, "images": [{"base64": secret}]}
    )
    assert len(answer.content) < 1_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"listing": ' * 5_000,
        b'{"listing": {"listing_id": "\xff"}}',
        b'{"listing": {"listing_id": "\\ud800"}}',
        b'{"listing": {"listing_id": "x", "price": NaN}}',
        b'{"listing": {"listing_id": "x", "price": 1e999}}',
    ],
)
def test_bytes_that_are_no_such_json(unchanged: TestClient, body: bytes) -> None:
    answer = unchanged.post(
        "/v1/assessments", content=body, headers={"content-type": "application/json"}
    )
    check_problem(answer, 422, "invalid_input")


def test_a_named_photo_that_was_not_sent_is_missed(unchanged: TestClient) -> None:
    listing = {**LISTING, "images": ["a/1.jpg", "a/2.jpg", "b/2.jpg"]}
    status, problem = post_form(
        unchanged, ("1.jpg", plain_photo()), ("2.jpg", plain_photo()), listing=listing
    )
    assert status == 422
    assert problem["errors"][0]["code"] == "image_not_sent"
    assert "2.jpg" in problem["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_media_types_are_refused(unchanged: TestClient, kind: str) -> None:
    headers = {"content-type": kind}
    answer = unchanged.post("/v1/assessments", content=b"listing=x", headers=headers)
    check_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("name", ["asm_1", "asm_", "asm_-1", "mot_1", "1", "asm_" + "9" * 30])
def test_an_assessment_that_is_not_there(unchanged: TestClient, name: str) -> None:
    check_problem(unchanged.get(f"/v1/assessments/{name}"), 404, "not_found")

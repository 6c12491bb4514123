"""`POST /v1/search`: one image in, the nearest motifs out, or a refusal with the image's code."""

import hashlib

import pytest
from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import as_base64, check_problem, file_part
from tests.fakes import enrol, photo_with, plain_photo
from tests.images import encode, header_bomb, solid_array

PHOTO = photo_with(1)


@pytest.fixture
def three_motifs(touchstone: Touchstone) -> None:
    for seed in range(3):
        enrol(touchstone, seed)


@pytest.mark.usefixtures("three_motifs")
def test_the_nearest_motif_comes_first(client: TestClient) -> None:
    found = client.post("/v1/search", files=[file_part("image", ("a.png", PHOTO))]).json()
    assert found["image"] == "a.png"
    assert (found["width"], found["height"]) == (240, 240)
    assert found["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert found["matches"][0]["motif"] == "mark 1"
    assert len(found["matches"]) == 3
    figures = [match["false_alarms_per_million"] for match in found["matches"]]
    assert figures == sorted(figures)


@pytest.mark.usefixtures("three_motifs")
def test_json_finds_the_same(client: TestClient) -> None:
    form = client.post("/v1/search", files=[file_part("image", ("a.png", PHOTO))])
    sent = client.post("/v1/search", json={"name": "a.png", "base64": as_base64(PHOTO)})
    assert form.json() == sent.json()


@pytest.mark.usefixtures("three_motifs")
def test_the_limit_holds(client: TestClient) -> None:
    files = [file_part("image", ("a.png", PHOTO))]
    found = client.post("/v1/search", params={"limit": 2}, files=files).json()
    assert len(found["matches"]) == 2


def test_nothing_is_kept(client: TestClient, touchstone: Touchstone) -> None:
    client.post("/v1/search", files=[file_part("image", ("a.png", PHOTO))])
    assert not touchstone.blobs.exists(hashlib.sha256(PHOTO).hexdigest())
    assert client.get("/v1/assessments").json()["items"] == []


def test_an_empty_registry_matches_nothing(client: TestClient) -> None:
    found = client.post("/v1/search", files=[file_part("image", ("a.png", PHOTO))])
    assert found.json()["matches"] == []


@pytest.mark.usefixtures("three_motifs")
def test_a_tiny_image_is_searched(client: TestClient) -> None:
    tiny = encode(solid_array(size=(1, 1)), "png")
    found = client.post("/v1/search", json={"base64": as_base64(tiny)})
    assert (found.json()["width"], found.json()["height"]) == (1, 1)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "image_empty"),
        (b"junk", 415, "image_unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "image_unsupported"),
        (plain_photo()[:500], 422, "image_truncated"),
        (header_bomb("png", (60_000, 60_000)), 413, "image_too_many_pixels"),
    ],
)
def test_a_refused_image_says_why(
    unchanged: TestClient, data: bytes, status: int, code: str
) -> None:
    check_problem(unchanged.post("/v1/search", json={"base64": as_base64(data)}), status, code)
    answer = unchanged.post("/v1/search", files=[file_part("image", ("x", data))])
    check_problem(answer, status, code)


@pytest.mark.parametrize("limit", ["0", "-1", "101", "many", ""])
def test_a_limit_that_cannot_be(unchanged: TestClient, limit: str) -> None:
    files = [file_part("image", ("a.png", PHOTO))]
    answer = unchanged.post("/v1/search", params={"limit": limit}, files=files)
    assert check_problem(answer, 422, "invalid_input")["errors"][0]["location"] == "query/limit"


def test_exactly_one_image(unchanged: TestClient) -> None:
    part = file_part("image", ("a.png", PHOTO))
    twice = unchanged.post("/v1/search", files=[part, part])
    problem = check_problem(twice, 422, "invalid_input")
    assert problem["errors"][0]["code"] == "too_many"
    wrong = unchanged.post("/v1/search", files=[file_part("images", ("a.png", PHOTO))])
    assert check_problem(wrong, 422, "invalid_input")["errors"][0]["code"] == "extra_forbidden"

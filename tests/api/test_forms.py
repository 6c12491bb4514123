"""Multipart forms as they come in the wild: cut short, misspelt, doubled, or no form at all."""

import json

import pytest
from fastapi.testclient import TestClient

from tests.api.sending import LISTING, check_problem, file_part
from tests.fakes import plain_photo

HEADERS = {"content-type": "multipart/form-data; boundary=B"}


def _part(name: str, data: bytes, filename: str | None = None) -> bytes:
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'--B\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + data + b"\r\n"


LISTING_PART = _part("listing", json.dumps(LISTING).encode())
PHOTO_PART = _part("images", plain_photo(), "1.jpg")
WHOLE = LISTING_PART + PHOTO_PART + b"--B--\r\n"


def test_a_form_written_by_hand_is_read(client: TestClient) -> None:
    answer = client.post("/v1/assessments", content=WHOLE, headers=HEADERS)
    assert answer.status_code == 201
    assert answer.json()["images"][0]["error"] is None


def test_a_form_cut_short_anywhere_is_refused(unchanged: TestClient) -> None:
    last = len(WHOLE) - len(b"--\r\n")  # up to here the closing boundary is not complete
    for end in (*range(0, len(LISTING_PART), 17), len(LISTING_PART), last - 300, last - 3, last):
        answer = unchanged.post("/v1/assessments", content=WHOLE[:end], headers=HEADERS)
        check_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"junk", "multipart/form-data; boundary=B"),
        (WHOLE, "multipart/form-data"),
        (WHOLE, "multipart/form-data; boundary=C"),
        (b"--B\r\nno header\r\n\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
        (
            b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--\r\n",
            "multipart/form-data; boundary=B",
        ),
        (_part("listing", b"x" * (2 * 2**20)), "multipart/form-data; boundary=B"),
    ],
)
def test_what_is_no_form(unchanged: TestClient, content: bytes, content_type: str) -> None:
    headers = {"content-type": content_type}
    answer = unchanged.post("/v1/assessments", content=content[:1_999_000], headers=headers)
    check_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize(
    ("content", "part", "code"),
    [
        (PHOTO_PART, "listing", "missing"),
        (LISTING_PART * 2, "listing", "too_many"),
        (LISTING_PART + _part("image", b"x", "1.jpg"), "image", "extra_forbidden"),
        (LISTING_PART + _part("images", b"x"), "images", "file_expected"),
        (_part("listing", b"listing"), "listing", "json_invalid"),
        (_part("listing", b'{"listing_id": "x", "x": 1}'), "listing/x", "extra_forbidden"),
        (_part("listing", b""), "listing", "json_invalid"),
    ],
)
def test_parts_that_cannot_be_used(
    unchanged: TestClient, content: bytes, part: str, code: str
) -> None:
    body = content + b"--B--\r\n"
    answer = unchanged.post("/v1/assessments", content=body, headers=HEADERS)
    problem = check_problem(answer, 422, "invalid_input")
    assert (f"part/{part}", code) == tuple(
        problem["errors"][0][key] for key in ("location", "code")
    )


def test_too_many_parts_are_refused(unchanged: TestClient) -> None:
    content = _part("images", b"", "x") * 1_001 + b"--B--\r\n"
    answer = unchanged.post("/v1/assessments", content=content, headers=HEADERS)
    check_problem(answer, 400, "malformed_request")


def test_odd_file_names_come_back(client: TestClient) -> None:
    names = ["a;b.jpg", "../../etc/passwd", "ü" * 200, " "]
    parts = [_part("images", plain_photo(), name) for name in names]
    content = LISTING_PART + b"".join(parts) + b"--B--\r\n"
    answer = client.post("/v1/assessments", content=content, headers=HEADERS)
    assert [image["image"] for image in answer.json()["images"]] == names


def test_a_form_in_an_odd_charset(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=B; charset=utf-7"}
    photo = _part("images", plain_photo(), "+2AA-.jpg")  # half a character, once decoded
    content = _part("listing", b'{"listing_id": "+2AA-x"}') + photo + b"--B--\r\n"
    answer = client.post("/v1/assessments", content=content, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["images"][0]["image"] == "?.jpg"
    content = _part("+2AA-", b"x") + b"--B--\r\n"
    answer = client.post("/v1/assessments", content=content, headers=headers)
    check_problem(answer, 422, "invalid_input")


def test_a_search_form_takes_no_listing(unchanged: TestClient) -> None:
    image = file_part("image", ("1.jpg", plain_photo()))
    answer = unchanged.post("/v1/search", data={"listing": "{}"}, files=[image])
    check_problem(answer, 422, "invalid_input")

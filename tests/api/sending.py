"""How tests send things: listings as a form or as JSON, and what a problem must look like."""

import base64
import json
from typing import Any

from fastapi.testclient import TestClient

LISTING = {"listing_id": "B09X", "title": "Bracelet", "brand_field": "Unbranded"}

Photo = tuple[str, bytes]
Document = dict[str, Any]


def as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def file_part(name: str, photo: Photo) -> tuple[str, tuple[str, bytes, str]]:
    return (name, (photo[0], photo[1], "application/octet-stream"))


def post_form(
    client: TestClient, *photos: Photo, listing: Document | None = None
) -> tuple[int, Document]:
    """Assess a listing sent as a form."""
    data = {"listing": json.dumps(LISTING if listing is None else listing)}
    # httpx sends a form without files as another media type, so the listing is then sent as one.
    files = [file_part("images", photo) for photo in photos]
    if not files:
        data, files = {}, [("listing", ("listing.json", data["listing"].encode(), ""))]
    answer = client.post("/v1/assessments", data=data, files=files)
    return answer.status_code, answer.json()


def post_json(
    client: TestClient, *photos: Photo, listing: Document | None = None
) -> tuple[int, Document]:
    """Assess a listing sent as JSON."""
    images = [{"name": name, "base64": as_base64(data)} for name, data in photos]
    body = {"listing": LISTING if listing is None else listing, "images": images}
    answer = client.post("/v1/assessments", json=body)
    return answer.status_code, answer.json()


def assessed(client: TestClient, *photos: Photo) -> Document:
    """Assess a listing and expect an assessment."""
    status, document = post_form(client, *photos)
    assert status == 201, document
    return document


def motifs_in(document: Document, image: int = 0, *, rarer_than: float = 1_000.0) -> list[str]:
    """The motifs that an image of an assessment shows, best first."""
    return [
        match["motif"]
        for match in document["images"][image]["matches"]
        if match["false_alarms_per_million"] < rarer_than
    ]


def check_problem(answer: Any, status: int, code: str) -> Document:
    """Expect a problem, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Document = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code, problem
    assert problem["type"] == f"urn:touchstone:problem:{code}"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.path
    return problem

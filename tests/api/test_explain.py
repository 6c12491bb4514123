"""`POST /v1/explain`: form and JSON alike, nothing kept, and every refusal with its code."""

import pytest
from fastapi.testclient import TestClient

from app.domain.registry import IdPrefix, public_id
from app.services.touchstone import Touchstone
from tests.api.sending import as_base64, check_problem, file_part
from tests.fakes import enrol, photo_with

PHOTO = photo_with(0)
FILES = [file_part("image", ("a.png", PHOTO))]


@pytest.fixture
def motif_id(touchstone: Touchstone) -> str:
    motif, _ = enrol(touchstone)
    return public_id(IdPrefix.MOTIF, motif.id)


def test_form_and_json_are_explained_alike(client: TestClient, motif_id: str) -> None:
    asked = {"motif_id": motif_id, "brand_field": "Unbranded"}
    form = client.post("/v1/explain", files=FILES, data={**asked, "box": "0,0,120,120"})
    image = {"name": "a.png", "base64": as_base64(PHOTO)}
    sent = client.post("/v1/explain", json={**asked, "image": image, "box": [0, 0, 120, 120]})
    assert form.status_code == 200
    assert form.json() == sent.json()
    assert [why["code"] for why in form.json()["why"]] == ["seen"]
    assert form.json()["box"]["proposed"] is True
    assert client.get("/v1/assessments").json()["items"] == []


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({}, 422, "invalid_input"),
        ({"motif_id": "mot_99"}, 404, "not_found"),
        ({"motif_id": "ref_1"}, 404, "not_found"),
        ({"motif_id": "mot_1", "box": "1,2,3"}, 422, "invalid_input"),
        ({"motif_id": "mot_1", "box": "9,9,3,3"}, 422, "invalid_box"),
        ({"motif_id": "mot_1", "boxes": "1,2,3,4"}, 422, "invalid_input"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    unchanged: TestClient, data: dict[str, str], status: int, code: str
) -> None:
    check_problem(unchanged.post("/v1/explain", files=FILES, data=data), status, code)


def test_a_box_outside_is_refused(client: TestClient, motif_id: str) -> None:
    data = {"motif_id": motif_id, "box": "0,0,9000,9"}
    check_problem(client.post("/v1/explain", files=FILES, data=data), 422, "invalid_box")

"""`GET /v1/assessments/{id}/verify`: whether an assessment still holds, over HTTP."""

from fastapi.testclient import TestClient

from app.services.touchstone import Touchstone
from tests.api.sending import Document, assessed, check_problem
from tests.fakes import enrol, photo_with


def _verified(client: TestClient, assessment: Document) -> Document:
    answer = client.get(f"/v1/assessments/{assessment['id']}/verify")
    assert answer.status_code == 200, answer.text
    document: Document = answer.json()
    return document


def test_an_assessment_holds_until_the_registry_says_otherwise(
    client: TestClient, touchstone: Touchstone
) -> None:
    motif, _ = enrol(touchstone, 7)
    assessment = assessed(client, ("1.png", photo_with(7)), ("2.jpg", b"no picture"))
    same = _verified(client, assessment)
    assert (same["outcome"], same["holds"]) == ("same", True)
    assert same["verdict"] == {"then": "suspect", "now": "suspect"}
    assert same["score"]["now"] == assessment["score"]
    assert same["versions"]["now"] == assessment["versions"]
    assert (same["differences"], same["missing"], same["unread"]) == ([], [], ["2.jpg"])

    client.post(f"/v1/motifs/mot_{motif.id}/disable")
    differs = _verified(client, assessment)
    assert (differs["outcome"], differs["holds"]) == ("differs", False)
    assert "registry" in differs["versions"]["changed"]
    # One image could not be read, so the listing without the motif is not clear.
    assert differs["verdict"]["then"] == "suspect" != differs["verdict"]["now"]
    assert client.get("/v1/assessments").json()["items"] == [assessment]


def test_without_its_photos_nothing_is_claimed(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 7)
    assessment = assessed(client, ("1.png", photo_with(7)))
    sha256 = assessment["images"][0]["sha256"]
    touchstone.blobs.remove(sha256)
    lost = _verified(client, assessment)
    assert (lost["outcome"], lost["holds"]) == ("incomplete", None)
    assert lost["verdict"] == {"then": "suspect", "now": None}
    assert lost["score"]["now"] is None
    assert lost["missing"] == [{"image": "1.png", "sha256": sha256, "removed_at": None}]


def test_an_assessment_that_is_not_there_cannot_be_verified(client: TestClient) -> None:
    check_problem(client.get("/v1/assessments/asm_9/verify"), 404, "not_found")

"""`GET /v1/assessments/{id}/evidence`: JSON, an overlay, or everything in a ZIP file."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.bootstrap import build
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.conftest import settings_on_copy
from tests.api.documented import check_documented
from tests.api.sending import Document, assessed, check_problem
from tests.fakes import enrol, motif_file, photo_with, plain_photo

PHOTOS = (("../../1.jpg", plain_photo(image_format="webp")), ("x", b"junk"), ("2", photo_with(0)))


@pytest.fixture(scope="module")
def reader(calibrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A caller of a service that has judged one listing, for tests that only read."""
    settings = settings_on_copy(calibrated, tmp_path_factory.mktemp("evidence"))
    touchstone = build(settings)
    enrol(touchstone, 0)
    enrol(touchstone, 1)
    with TestClient(create_app(settings, touchstone)) as client:
        client.event_hooks = {"response": [check_documented]}
        assessed(client, *PHOTOS)
        yield client
    touchstone.close()


@pytest.fixture
def document(reader: TestClient) -> Document:
    """The one assessment."""
    (only,) = reader.get("/v1/assessments").json()["items"]
    assert isinstance(only, dict)
    return only


def _evidence(document: Document) -> str:
    return f"/v1/assessments/{document['id']}/evidence"


def _unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_json_is_the_default(reader: TestClient, document: Document) -> None:
    evidence = reader.get(_evidence(document)).json()
    assert evidence["assessment"] == document
    assert evidence["listing"]["images"] == ["../../1.jpg", "x", "2"]
    assert evidence["listing"]["brand_field"] == "Unbranded"
    matched, near_miss = evidence["references"]
    assert matched["sha256"] == hashlib.sha256(motif_file(0)).hexdigest()
    assert (matched["brand"], matched["motif"]) == ("Cartier", "mark 0")
    assert near_miss["id"] == "ref_2"
    assert matched["registrations"] == []
    assert evidence["software"].startswith("touchstone ")
    assert evidence["removed_references"] == []


def test_the_overlay_marks_the_match(reader: TestClient, document: Document) -> None:
    answer = reader.get(_evidence(document), params={"format": "png", "image": 3})
    assert answer.headers["content-type"] == "image/png"
    drawn = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
    sent = np.asarray(Image.open(io.BytesIO(PHOTOS[2][1])).convert("RGB"))
    assert not np.array_equal(drawn, sent)


def test_the_pages_are_a_pdf_to_keep(reader: TestClient, document: Document) -> None:
    answer = reader.get(_evidence(document), params={"format": "pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    assert f"case-{document['id']}.pdf" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-")


def test_an_image_without_an_overlay(reader: TestClient, document: Document) -> None:
    for image in (2, 4, 1_000):
        answer = reader.get(_evidence(document), params={"format": "png", "image": image})
        check_problem(answer, 404, "not_found")


ACCEPTED = {
    "image/png": "image/png",
    "application/zip": "application/zip",
    "application/pdf;q=0.9, text/html;q=0.8": "application/pdf",
    "application/json": "application/json",
    "*/*": "application/json",
    "text/html,image/png;q=0.5,application/zip;q=0.9": "application/zip",
    "text/html": "application/json",
    "image/png;q=much, application/json;q=0.1": "application/json",
}


def test_the_accept_header_chooses(reader: TestClient, document: Document) -> None:
    for accept, media_type in ACCEPTED.items():
        answer = reader.get(_evidence(document), headers={"accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type, accept
        assert answer.headers["vary"] == "Accept"


def test_the_query_overrides_the_header(reader: TestClient, document: Document) -> None:
    answer = reader.get(
        _evidence(document), params={"format": "json"}, headers={"accept": "image/png"}
    )
    assert answer.headers["content-type"] == "application/json"


def test_the_zip_holds_everything(reader: TestClient, document: Document) -> None:
    answer = reader.get(_evidence(document), params={"format": "zip"})
    assert answer.headers["content-length"] == str(len(answer.content))
    assert f"evidence-{document['id']}.zip" in answer.headers["content-disposition"]
    files = _unzip(answer.content)
    assert list(files) == [
        "evidence.json",
        "photos/1.webp",
        "overlays/1.png",
        "photos/3.png",
        "overlays/3.png",
        "comparisons/3-1.png",
        "aligned/3-1.png",
        "references/ref_1.png",
        "references/ref_2.png",
        "case.pdf",
        "SHA256SUMS",
        "manifest.json",
    ]
    assert json.loads(files["evidence.json"]) == reader.get(_evidence(document)).json()
    assert files["photos/1.webp"] == PHOTOS[0][1]
    assert files["photos/3.png"] == PHOTOS[2][1]
    assert files["references/ref_1.png"] == motif_file(0)
    overlay = reader.get(_evidence(document), params={"format": "png", "image": 3})
    assert files["overlays/3.png"] == overlay.content
    pages = reader.get(_evidence(document), params={"format": "pdf"})
    assert files["case.pdf"] == pages.content
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["note"].startswith("NOT SIGNED")
    assert {each["name"] for each in manifest["files"]} == set(files)
    sums = files.pop("SHA256SUMS").decode().splitlines()
    assert sums == [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in files.items()]


def test_the_same_zip_twice(reader: TestClient, document: Document) -> None:
    first, second = (reader.get(_evidence(document), params={"format": "zip"}) for _ in range(2))
    assert first.content == second.content


def test_a_removed_reference_is_named(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    document = assessed(client, *PHOTOS)
    touchstone.registry.remove_motif(1)
    evidence = client.get(_evidence(document)).json()
    assert evidence["references"] == []
    assert evidence["removed_references"] == ["ref_1"]
    assert evidence["assessment"] == document
    files = _unzip(client.get(_evidence(document), params={"format": "zip"}).content)
    assert not any(name.startswith("references/") for name in files)


def test_an_assessment_without_photos_has_evidence(client: TestClient) -> None:
    files = _unzip(client.get(_evidence(assessed(client)), params={"format": "zip"}).content)
    assert list(files) == ["evidence.json", "case.pdf", "SHA256SUMS", "manifest.json"]


def test_a_lost_photo_is_a_problem(client: TestClient, settings: Settings) -> None:
    document = assessed(client, *PHOTOS)
    (photo,) = settings.data_dir.rglob(document["images"][2]["sha256"])
    photo.unlink()
    answer = client.get(_evidence(document), params={"format": "zip"})
    check_problem(answer, 404, "not_found")


def test_a_query_that_makes_no_sense(reader: TestClient, document: Document) -> None:
    for query in ({"format": "doc"}, {"image": "0"}, {"image": "-1"}, {"image": "one"}):
        check_problem(reader.get(_evidence(document), params=query), 422, "invalid_input")


def test_evidence_of_nothing(unchanged: TestClient) -> None:
    check_problem(unchanged.get("/v1/assessments/asm_7/evidence"), 404, "not_found")

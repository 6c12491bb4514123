"""Photos by URL over HTTP: fetched where allowed, judged beside the others, refused by name."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.services.collecting import ImageCollector
from app.services.desk import AssessmentDesk
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.documented import check_documented
from tests.api.sending import LISTING, Document, as_base64, check_problem, motifs_in, post_form
from tests.fakes import enrol, photo_with, plain_photo
from tests.outside import HOST, Outside, answer, endless, redirect


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Outside() as world:
        yield world


@pytest.fixture
def online(settings: Settings, touchstone: Touchstone, outside: Outside) -> Iterator[TestClient]:
    """A service that may fetch from the usual host of that outside world."""
    fetcher = outside.fetcher(max_bytes=1_000_000, seconds=2.0)
    collector = ImageCollector(fetcher, at_once=2, max_bytes=1_500_000)
    stores = touchstone.assessments, touchstone.blobs
    desk = AssessmentDesk(touchstone.assessor, *stores, collector, touchstone.flood)
    service = replace(touchstone, collector=collector, desk=desk)
    with TestClient(create_app(settings, service)) as client:
        client.event_hooks = {"response": [check_documented]}
        yield client
    collector.close()


def _assess(client: TestClient, *urls: str, **more: object) -> Document:
    body = {"listing": LISTING, "images": [{"url": url} for url in urls], **more}
    answered = client.post("/v1/assessments", json=body)
    assert answered.status_code == 201, answered.text
    document: Document = answered.json()
    return document


def test_a_photo_is_fetched_judged_and_kept(
    online: TestClient, outside: Outside, touchstone: Touchstone
) -> None:
    enrol(touchstone)
    outside.replies["/2.png"] = answer(photo_with(0))
    document = _assess(online, f"https://{HOST}/2.png")
    assert document["verdict"] == "suspect"
    assert motifs_in(document) == ["mark 0"]
    assert document["images"][0]["image"] == f"https://{HOST}/2.png"
    evidence = online.get(f"/v1/assessments/{document['id']}/evidence?format=png")
    assert evidence.status_code == 200


def test_a_slow_server_takes_no_place_from_those_who_could_be_looked_at(
    settings: Settings, online: TestClient, outside: Outside
) -> None:
    enough = threading.Event()

    def slowly(connection: socket.socket) -> None:
        assert enough.wait(5)
        answer(plain_photo(1, "png"))(connection)

    outside.replies["/slow.png"] = slowly
    with ThreadPoolExecutor(1) as pool:
        tight = settings.model_copy(update={"photos_at_once": 1, "queue_length": 1})
        with TestClient(create_app(tight, online.app.state.touchstone)) as client:  # type: ignore[attr-defined]
            slow = pool.submit(_assess, client, f"https://{HOST}/slow.png")
            try:
                # More than place and queue would hold, one after another while the server dawdles.
                for _ in range(3):
                    assert post_form(client, ("1.jpg", plain_photo()))[0] == 201
                assert not slow.done()
            finally:
                enough.set()
            assert slow.result(5)["images"][0]["error"] is None


def test_photos_sent_and_photos_fetched_keep_their_order(
    online: TestClient, outside: Outside
) -> None:
    outside.replies["/1.png"] = answer(plain_photo(1, "png"))
    images = [
        {"name": "first", "url": f"https://{HOST}/1.png"},
        {"name": "second", "base64": as_base64(plain_photo(2))},
        {"url": f"https://{HOST}/none.png"},
    ]
    found = _assess(online, images=images)["images"]
    assert [image["image"] for image in found] == ["first", "second", f"https://{HOST}/none.png"]
    assert [(image["error"] or {}).get("code") for image in found] == [
        None,
        None,
        "image_fetch_failed",
    ]


def test_urls_in_the_listing_are_fetched_unless_sent(online: TestClient, outside: Outside) -> None:
    outside.replies["/1.png"] = answer(plain_photo(1, "png"))
    listing = {**LISTING, "images": [f"https://{HOST}/1.png", "https://cdn.other.test/2.jpg"]}
    status, document = post_form(online, ("2.jpg", plain_photo()), listing=listing)
    assert status == 201, document
    assert [image["image"] for image in document["images"]] == ["2.jpg", f"https://{HOST}/1.png"]
    assert all(image["error"] is None for image in document["images"])


def test_each_refusal_is_one_image_s_and_has_its_name(
    online: TestClient, outside: Outside, touchstone: Touchstone
) -> None:
    enrol(touchstone)
    outside.names["slow.shop.test"] = outside.names[HOST]
    outside.replies |= {
        "/good.png": answer(photo_with(0)),
        "/away.png": redirect("https://127.0.0.1/"),
        "/endless.png": endless(
            b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", b"x" * 100_000
        ),
        "/page.png": answer(b"<html>", kind="text/html"),
    }
    paths = ("away.png", "endless.png", "page.png", "good.png")
    document = _assess(online, *(f"https://{HOST}/{path}" for path in paths))
    codes = [image["error"]["code"] for image in document["images"] if image["error"]]
    assert codes == ["image_url_refused", "image_too_large", "image_fetch_failed"]
    assert document["verdict"] == "suspect"
    assert "image_unreadable" in {reason["code"] for reason in document["reasons"]}


def test_one_deadline_holds_for_all_photos(online: TestClient, outside: Outside) -> None:
    outside.replies["/slow.png"] = endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.05)
    document = _assess(online, *[f"https://{HOST}/slow.png"] * 4)
    codes = [image["error"]["code"] for image in document["images"]]
    assert codes == ["image_fetch_timeout"] * 4
    assert document["verdict"] == "review"


def test_photos_of_a_listing_have_a_limit_together(online: TestClient, outside: Outside) -> None:
    outside.replies["/1.png"] = answer(b"x" * 900_000)
    found = _assess(online, *[f"https://{HOST}/1.png"] * 2)["images"]
    assert "image_too_large" in [image["error"]["code"] for image in found]


def test_too_many_urls_are_refused_before_any_is_fetched(
    online: TestClient, outside: Outside
) -> None:
    listing = {**LISTING, "images": [f"https://{HOST}/{number}.png" for number in range(5)]}
    answered = online.post("/v1/assessments", data={"listing": json.dumps(listing)}, files=[
        ("images", ("x.png", plain_photo(), "image/png"))
    ])  # fmt: skip
    check_problem(answered, 422, "invalid_input")
    assert outside.connected == []


def test_searching_by_url(online: TestClient, outside: Outside, touchstone: Touchstone) -> None:
    enrol(touchstone)
    outside.replies["/2.png"] = answer(photo_with(0))
    found = online.post("/v1/search", json={"url": f"https://{HOST}/2.png"})
    assert found.json()["matches"][0]["motif"] == "mark 0"
    refused = online.post("/v1/search", json={"url": "https://169.254.169.254/"})
    check_problem(refused, 422, "image_url_refused")
    outside.names[HOST] = [["10.0.0.1"]]
    inside = online.post("/v1/search", json={"url": f"https://{HOST}/2.png"})
    check_problem(inside, 422, "image_address_forbidden")


def test_searching_by_url_while_fetching_is_off(unchanged: TestClient) -> None:
    answered = unchanged.post("/v1/search", json={"url": "https://x.test/1.png"})
    problem = check_problem(answered, 422, "invalid_input")
    assert problem["errors"][0]["code"] == "url_fetching_off"
    assert problem["errors"][0]["location"] == "body/url"


def test_the_stage_is_timed(online: TestClient) -> None:
    _assess(online, f"https://{HOST}/none.png")
    assert 'touchstone_stage_seconds_count{stage="fetch"} 1.0' in online.get("/metrics").text

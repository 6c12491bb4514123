"""The audit log over HTTP: whoever asks is named, whatever they change is told."""

from datetime import UTC, datetime

import numpy as np
import pytest
from fastapi.testclient import TestClient

from app.domain.flood import FloodCode, Quarantine
from app.domain.identity import Scope
from app.services.touchstone import Touchstone
from tests.api.documented import description
from tests.api.sending import Document, check_problem, file_part, post_form
from tests.fakes import enrol, motif_file, photo_with
from tests.images import encode

WEBHOOK = {"url": "https://shop.example/hooks", "events": ["review.decided"]}
# Every write of the registry and around it; a new one has to be put here or under UNTOLD.
TOLD = {
    "POST /v1/brands",
    "PATCH /v1/brands/{brand_id}",
    "DELETE /v1/brands/{brand_id}",
    "POST /v1/brands/{brand_id}/sellers",
    "DELETE /v1/brands/{brand_id}/sellers/{authorisation_id}",
    "POST /v1/motifs",
    "PATCH /v1/motifs/{motif_id}",
    "DELETE /v1/motifs/{motif_id}",
    "POST /v1/motifs/{motif_id}/disable",
    "POST /v1/motifs/{motif_id}/enable",
    "POST /v1/motifs/{motif_id}/release",
    "POST /v1/motifs/{motif_id}/references",
    "DELETE /v1/motifs/{motif_id}/references/{reference_id}",
    "POST /v1/motifs/{motif_id}/references/{reference_id}/release",
    "POST /v1/reviews/{review_id}/decision",
    "POST /v1/webhooks",
    "DELETE /v1/webhooks/{webhook_id}",
    "POST /v1/keys",
    "DELETE /v1/keys/{key_id}",
}
# They keep records of their own, or nothing.
UNTOLD = {
    "POST /v1/assessments",
    "POST /v1/catalogs",
    "POST /v1/catalogs/{catalog_id}/cancel",
    "DELETE /v1/catalogs/{catalog_id}",
    "POST /v1/search",
    "POST /v1/explain",
    "POST /v1/reviews/{review_id}/claim",
    "POST /v1/reviews/{review_id}/release",
    "POST /v1/reviews/{review_id}/appeal",
    "POST /v1/reviews/{review_id}/appeal/ruling",
    "POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
}


@pytest.fixture
def key(client: TestClient, touchstone: Touchstone) -> str:
    """Let the client act with a key, and return the key's id."""
    made = touchstone.keys.make("brand team", [Scope.ADMIN])
    client.headers["Authorization"] = f"Bearer {made.token}"
    return f"key_{made.key.id}"


def _events(client: TestClient, **query: str | int) -> list[Document]:
    answer = client.get("/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Document] = answer.json()["items"]
    return items


def test_every_write_is_known_to_be_told_or_not() -> None:
    writes = {
        f"{method.upper()} {path}"
        for path, operations in description()["paths"].items()
        for method in operations
        if method.upper() not in {"GET", "HEAD"}
    }
    assert writes == TOLD | UNTOLD


def test_whatever_a_key_changes_is_told_with_its_name(
    client: TestClient, touchstone: Touchstone, key: str
) -> None:
    plain = b"P6 40 40 255 " + bytes(4800)  # no picture: refused, and nothing is told of it
    done: list[str] = []

    def write(route: str, path: str = "", **sent: object) -> Document:
        method, template = route.split(" ")
        last = _events(client, limit=1)[0]["id"]
        answer = client.request(method, path or template, **sent)  # type: ignore[arg-type]
        assert answer.status_code < 300, answer.text
        event = _events(client, limit=1)[0]
        assert event["id"] != last
        assert event["actor"] == {"id": key, "name": "brand team"}
        done.append(route)
        document: Document = answer.json() if answer.content else {}
        return document

    brand = write("POST /v1/brands", json={"name": "Cartier"})
    at = f"/v1/brands/{brand['id']}"
    write("PATCH /v1/brands/{brand_id}", at, json={"aliases": ["Cartier SA"]})
    seller = {"seller_id": "A1", "kind": "licensed"}
    licensed = write("POST /v1/brands/{brand_id}/sellers", f"{at}/sellers", json=seller)
    write(
        "DELETE /v1/brands/{brand_id}/sellers/{authorisation_id}", f"{at}/sellers/{licensed['id']}"
    )
    motif = write("POST /v1/motifs", json={"brand": "Cartier", "name": "LOVE", "kind": "logo"})
    mark = f"/v1/motifs/{motif['id']}"
    write("PATCH /v1/motifs/{motif_id}", mark, json={"words": ["screw"]})
    write("POST /v1/motifs/{motif_id}/disable", f"{mark}/disable")
    write("POST /v1/motifs/{motif_id}/enable", f"{mark}/enable")
    flood = Quarantine(FloodCode.FLOODS_QUEUE, "half of the queue", datetime.now(UTC))
    touchstone.registry.quarantine_motif(1, flood)
    assert _events(client, limit=1)[0]["actor"]["id"] == "system"
    write("POST /v1/motifs/{motif_id}/release", f"{mark}/release")
    image = [file_part("image", ("a.png", motif_file(1)))]
    made = write("POST /v1/motifs/{motif_id}/references", f"{mark}/references", files=image)
    before = len(_events(client))
    refused = client.post(f"{mark}/references", files=[file_part("image", ("b.ppm", plain))])
    assert refused.status_code == 415
    assert len(_events(client)) == before

    status, assessed = post_form(client, ("1.png", photo_with(1)))
    assert (status, assessed["verdict"]) == (201, "suspect")
    decision = {"decision": "dismissed", "reason": "look_alike", "as_negatives": True}
    write("POST /v1/reviews/{review_id}/decision", "/v1/reviews/rev_1/decision", json=decision)
    negative = _events(client, limit=1)[0]
    assert negative["after"]["polarity"] == "negative"

    removed = f"{mark}/references/{made['id']}"
    write("DELETE /v1/motifs/{motif_id}/references/{reference_id}", removed)
    small = [file_part("image", ("flat.png", _flat()))]
    held = write("POST /v1/motifs/{motif_id}/references", f"{mark}/references", files=small)
    assert held["status"] == "quarantined"
    write(
        "POST /v1/motifs/{motif_id}/references/{reference_id}/release",
        f"{mark}/references/{held['id']}/release",
    )
    write("DELETE /v1/motifs/{motif_id}", mark)
    write("DELETE /v1/brands/{brand_id}", at)
    hook = write("POST /v1/webhooks", json=WEBHOOK)
    write("DELETE /v1/webhooks/{webhook_id}", f"/v1/webhooks/{hook['id']}")
    other = write("POST /v1/keys", json={"name": "other", "scopes": ["assess"]})
    write("DELETE /v1/keys/{key_id}", f"/v1/keys/{other['id']}")
    assert set(done) == TOLD
    assert other["token"] not in client.get("/v1/audit").text


def _flat() -> bytes:
    return encode(np.full((64, 64, 3), 90, np.uint8), "png")


def test_the_log_is_paged_and_filtered(client: TestClient, key: str) -> None:
    for number in range(3):
        client.post("/v1/brands", json={"name": f"brand {number}"})
    client.patch("/v1/brands/brd_2", json={"name": "renamed"})
    first = client.get("/v1/audit", params={"limit": 2}).json()
    cursor = first["next_cursor"]
    second = client.get("/v1/audit", params={"limit": 2, "cursor": cursor}).json()
    told = [(event["action"], event["subject"]) for event in first["items"] + second["items"]]
    assert told == [
        ("changed", "brd_2"),
        ("created", "brd_3"),
        ("created", "brd_2"),
        ("created", "brd_1"),
    ]
    (changed,) = _events(client, subject="brd_2", action="changed")
    assert changed["before"] == {"name": "brand 1", "aliases": [], "prices": []}
    assert changed["after"] == {**changed["before"], "name": "renamed"}
    assert [event["subject"] for event in _events(client, kind="key")] == [key]
    assert len(_events(client, actor=key)) == 4
    assert _events(client, since="2099-01-01T00:00:00Z") == []
    assert len(_events(client, until="2099-01-01T00:00:00Z", actor=key)) == 4


def test_a_query_that_means_nothing_is_refused(client: TestClient) -> None:
    for query in ({"subject": "asm_1"}, {"since": "2026-01-01T00:00:00"}, {"kind": "x"}):
        check_problem(client.get("/v1/audit", params=query), 422, "invalid_input")


@pytest.mark.parametrize("moment", ["0.5", "1767225600", "2026-01-01", "2026-01-01T00:00:00"])
def test_a_moment_is_written_out_with_its_zone(client: TestClient, moment: str) -> None:
    check_problem(client.get("/v1/audit", params={"since": moment}), 422, "invalid_input")


def test_the_log_is_for_administrators(client: TestClient, touchstone: Touchstone) -> None:
    scopes = [Scope.ASSESS, Scope.REGISTRY, Scope.REVIEW]
    token = touchstone.keys.make("others", scopes).token
    headers = {"Authorization": f"Bearer {token}"}
    check_problem(client.get("/v1/audit", headers=headers), 403, "forbidden")


def test_a_caller_without_a_key_is_local_and_the_service_itself_is_system(
    client: TestClient, touchstone: Touchstone
) -> None:
    client.post("/v1/brands", json={"name": "Cartier"})
    assert _events(client)[0]["actor"]["id"] == "local"
    enrol(touchstone, 2)
    assert _events(client)[0]["actor"]["id"] == "system"

"""Catalogues over HTTP: sent, followed, cancelled, read in pages, removed; and what is refused."""

import gzip
import io
import json
import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from app.api.spooling import without
from app.batch.jobs.runner import JobRunner
from app.bootstrap import build
from app.cli.catalog_means import means_of, runner_options
from app.domain.catalog_job import JobState
from app.domain.registry import IdPrefix, parse_id
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.documented import check_documented
from tests.api.sending import as_base64, check_problem
from tests.fakes import enrol, make_settings, photo_with, plain_photo

Document = dict[str, Any]


def row(number: int, photo: bytes, **changes: Any) -> Document:
    image = {"name": f"{number}.jpg", "base64": as_base64(photo)}
    listing = {"listing_id": f"L{number}", "seller_id": f"S{number}", "images": [image]}
    return {**listing, "brand_field": "Unbranded", **changes}


def jsonl(*rows: Document | str) -> bytes:
    lines = [each if isinstance(each, str) else json.dumps(each) for each in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def send(client: TestClient, content: bytes, name: str = "in.jsonl", **more: Any) -> Any:
    return client.post("/v1/catalogs", files={"catalog": (name, content)}, **more)


def sent(client: TestClient, content: bytes, name: str = "in.jsonl") -> Document:
    answer = send(client, content, name)
    assert answer.status_code == 202, answer.text
    document: Document = answer.json()
    assert answer.headers["location"] == f"/v1/catalogs/{document['id']}"
    return document


def work(settings: Settings, touchstone: Touchstone, catalog: Document) -> None:
    """Do what a worker process would."""
    JobRunner(
        touchstone.catalogs.store,
        lambda: means_of(settings, touchstone),
        runner_options(settings),
        worker="here",
    ).run(parse_id(IdPrefix.CATALOG, catalog["id"]))


def done(client: TestClient, catalog: Document) -> Document:
    found: Document = client.get(f"/v1/catalogs/{catalog['id']}").json()
    assert found["state"] == "done", found
    return found


def results(client: TestClient, catalog: Document, **query: Any) -> Any:
    return client.get(f"/v1/catalogs/{catalog['id']}/results", params=query)


def test_a_catalogue_from_upload_to_results(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    enrol(touchstone, 0)
    rows: list[Document | str]
    rows = [row(0, photo_with(0)), row(1, plain_photo(1)), row(2, b"junk"), '{"listing_id": 4}']
    catalog = sent(client, gzip.compress(jsonl(*rows)), "night.jsonl.gz")
    assert (catalog["state"], catalog["name"]) == ("queued", "night.jsonl.gz")
    assert catalog["progress"]["listings_total"] == 0
    work(settings, touchstone, catalog)
    found = done(client, catalog)
    progress = found["progress"]
    assert (progress["listings_done"], progress["listings_total"]) == (4, 4)
    assert progress["suspects"] == 1
    assert progress["errors"] == {"image_unsupported": 1, "row_rejected": 1}
    assert progress["seconds_left"] == 0
    assert progress["photos_per_second"] > 0
    assert found["summary"]["verdicts"]["suspect"] == 1
    page = results(client, catalog).json()
    assert [each["listing_id"] for each in page["items"]] == ["L0", "L1", "L2"]
    assert page["next_cursor"] is None
    assert page["items"][0]["images"][0]["matches"][0]["motif"] == "mark 0"
    (listed,) = client.get("/v1/catalogs").json()["items"]
    assert listed == found


def test_every_form_of_the_results(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    catalog = sent(client, jsonl(row(0, plain_photo(0)), "{}", row(1, b"junk")))
    work(settings, touchstone, catalog)
    lines = results(client, catalog, format="jsonl")
    assert lines.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["listing_id"] for line in lines.text.splitlines()] == ["L0", "L1"]
    assert "cat_" in lines.headers["content-disposition"]
    table = results(client, catalog, format="csv").text.splitlines()
    assert (table[0].split(",")[:2], len(table)) == (["listing_id", "verdict"], 3)
    (reject,) = map(json.loads, results(client, catalog, format="rejects").text.splitlines())
    assert (reject["line"], reject["reason"]) == (2, "images is missing")
    (error,) = map(json.loads, results(client, catalog, format="errors").text.splitlines())
    assert (error["line"], error["code"]) == (3, "image_unsupported")
    path = f"/v1/catalogs/{catalog['id']}/results"
    report = client.get(path, headers={"Accept": "text/html,application/xml;q=0.9"})
    assert report.text.startswith("<!doctype html>")
    assert "script" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]


def test_pages_of_results_follow_each_other_by_verdict_too(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    enrol(touchstone, 0)
    rows = [row(n, photo_with(0, n) if n % 3 == 0 else plain_photo(n)) for n in range(10)]
    catalog = sent(client, jsonl(*rows))
    work(settings, touchstone, catalog)
    whole = [each["listing_id"] for each in results(client, catalog).json()["items"]]
    assert len(whole) == 10
    for verdict in (None, "suspect"):
        found, cursor = [], None
        while True:
            query = {"limit": 2, "verdict": verdict, "cursor": cursor}
            page = results(client, catalog, **{k: v for k, v in query.items() if v}).json()
            assert 0 < len(page["items"]) <= 2
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        if verdict is None:
            assert [each["listing_id"] for each in found] == whole
        else:
            assert {each["verdict"] for each in found} == {"suspect"}
            assert [each["listing_id"] for each in found] == ["L0", "L3", "L6", "L9"]
    check_problem(results(client, catalog, cursor="Mw"), 422, "invalid_input")


def test_pictures_inside_parquet_and_a_spreadsheet(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    table = pa.table(
        {"listing_id": ["P1", "P2"], "images": [[plain_photo(1)], [plain_photo(2)]]},
        schema=pa.schema({"listing_id": pa.string(), "images": pa.list_(pa.binary())}),
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    parquet = sent(client, buffer.getvalue(), "in.parquet")
    work(settings, touchstone, parquet)
    assert done(client, parquet)["summary"]["image_errors"] == {}
    text = "listing_id;images;title\nC1;https://img.example/1.jpg;Möbel\n"
    answer = client.post(
        "/v1/catalogs",
        files={"catalog": ("in.csv", text.encode("cp1252"))},
        data={"encoding": "cp1252"},
    )
    spreadsheet = answer.json()
    work(settings, touchstone, spreadsheet)
    assert done(client, spreadsheet)["progress"]["errors"] == {"image_url_refused": 1}


def test_a_catalogue_without_a_good_row_is_refused_with_its_lines(client: TestClient) -> None:
    content = jsonl("{}", "not json", json.dumps({"listing_id": "L", "images": "x"}))
    problem = check_problem(send(client, content), 422, "invalid_catalog")
    assert [each["location"] for each in problem["errors"]] == [
        "catalog/line 1",
        "catalog/line 2",
        "catalog/line 3",
    ]
    assert problem["errors"][1]["detail"].startswith("not JSON")
    assert client.get("/v1/catalogs").json()["items"] == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("in.xlsx", b"x", "unsupported_file"),
        ("in", b"x", "unsupported_file"),
        ("in.parquet", b"no parquet", "unsupported_file"),
        ("in.csv", b"a,b\n1,2\n", "unsupported_file"),
        ("in.jsonl.gz", b"no gzip", "unsupported_file"),
        ("in.jsonl", b"", "invalid_catalog"),
        ("in.jsonl", b"\n\n", "invalid_catalog"),
    ],
)
def test_files_that_are_no_catalogue_leave_nothing(
    client: TestClient, settings: Settings, name: str, content: bytes, code: str
) -> None:
    check_problem(send(client, content, name), 422, code)
    assert not any(
        settings.resolved_catalog_dir.iterdir() if settings.resolved_catalog_dir.is_dir() else ()
    )


def test_bodies_of_other_shapes_are_refused(client: TestClient) -> None:
    check_problem(client.post("/v1/catalogs", content=b"x"), 415, "unsupported_media_type")
    answer = client.post("/v1/catalogs", files={"other": ("in.jsonl", b"{}")})
    check_problem(answer, 422, "invalid_input")
    answer = client.post("/v1/catalogs", files={"listing": ("", b"{}")}, data={"encoding": "x"})
    check_problem(answer, 422, "invalid_input")
    check_problem(send(client, b"{}", data={"encoding": "a/b"}), 422, "invalid_input")
    check_problem(
        client.post("/v1/catalogs", json={"path": "x" * 70_000}), 413, "request_too_large"
    )


def test_a_path_is_taken_below_an_allowed_folder_alone(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    allowed, outside = tmp_path / "exports", tmp_path / "outside"
    for folder in (allowed, outside):
        folder.mkdir()
        (folder / "1.jpg").write_bytes(plain_photo(1))
        rows = [
            {"listing_id": "A", "images": ["1.jpg", "../outside/1.jpg", str(outside / "1.jpg")]}
        ]
        (folder / "in.jsonl").write_bytes(jsonl(*rows))
    (allowed / "link.jsonl").symlink_to(outside / "in.jsonl")
    (allowed / "bad.jsonl").write_text("{}\n")
    settings = make_settings(tmp_path, catalog_folders=(str(allowed),))
    service = build(settings)
    with TestClient(create_app(settings, service)) as client:
        client.event_hooks = {"response": [check_documented]}
        for path in ("in.jsonl", str(allowed / "in.jsonl"), "*in.jsonl"):
            answer = client.post("/v1/catalogs", json={"path": path})
            assert answer.status_code == 202, answer.text
        for path in ("link.jsonl", "../outside/in.jsonl", str(outside / "in.jsonl"), "none.jsonl",
                     "s3://bucket/in.jsonl", "file:///etc/passwd", "/etc/passwd", " "):  # fmt: skip
            check_problem(client.post("/v1/catalogs", json={"path": path}), 404, "not_found")
        problem = check_problem(
            client.post("/v1/catalogs", json={"path": "bad.jsonl"}), 422, "invalid_catalog"
        )
        assert problem["errors"][0]["location"] == "catalog/line 1"
        catalog = answer.json() if answer.status_code == 202 else {"id": "cat_1"}
        work(settings, service, catalog)
        (found,) = results(client, catalog).json()["items"]
        codes = [image["error"] and image["error"]["code"] for image in found["images"]]
        assert codes == [None, "image_missing", "image_missing"]
    service.close()


def test_no_path_is_taken_where_no_folder_is_allowed(client: TestClient) -> None:
    answer = client.post("/v1/catalogs", json={"path": "in.jsonl"})
    assert "upload the file" in check_problem(answer, 422, "invalid_input")["detail"]


def test_cancelling_and_removing(
    client: TestClient, touchstone: Touchstone, settings: Settings
) -> None:
    catalog = sent(client, jsonl(row(0, plain_photo())))
    path = f"/v1/catalogs/{catalog['id']}"
    check_problem(client.delete(path), 409, "conflict")
    check_problem(results(client, catalog), 409, "conflict")
    assert client.post(f"{path}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{path}/cancel").status_code == 200
    work(settings, touchstone, catalog)
    assert client.get(path).json()["state"] == "cancelled"
    check_problem(results(client, catalog), 409, "conflict")
    assert any(settings.resolved_catalog_dir.iterdir())
    assert client.delete(path).status_code == 204
    assert not any(settings.resolved_catalog_dir.iterdir())
    check_problem(client.get(path), 404, "not_found")
    check_problem(client.post(f"{path}/cancel"), 404, "not_found")
    check_problem(client.get("/v1/catalogs/asm_1"), 404, "not_found")
    over = sent(client, jsonl(row(0, plain_photo())))
    work(settings, touchstone, over)
    check_problem(client.post(f"/v1/catalogs/{over['id']}/cancel"), 409, "conflict")


def test_a_catalogue_sent_twice_under_one_key_is_one(client: TestClient) -> None:
    content = jsonl(row(0, plain_photo()))
    first, second = (send(client, content, headers={"Idempotency-Key": "night"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotency-replayed"] == "true"
    assert len(client.get("/v1/catalogs").json()["items"]) == 1
    other = send(client, content + b"\n", headers={"Idempotency-Key": "night"})
    check_problem(other, 409, "idempotency_conflict")


def test_large_catalogues_pass_where_other_bodies_do_not(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    settings = make_settings(tmp_path, max_request_bytes=10_000, max_catalog_bytes=12_000_000)
    content = jsonl(*[row(n, plain_photo(n)) for n in range(30)])
    content += b" " * (9_000_000 - len(content)) + b"\n"
    with TestClient(create_app(settings, touchstone)) as client:
        client.event_hooks = {"response": [check_documented]}
        assert send(client, content).status_code == 202
        assert send(client, content, headers={"Idempotency-Key": "k"}).status_code == 202
        again = send(client, content, headers={"Idempotency-Key": "k"})
        assert again.headers["idempotency-replayed"] == "true"
        check_problem(send(client, content * 2), 413, "request_too_large")
        check_problem(
            client.post("/v1/search", files={"image": ("1.jpg", content)}), 413, "request_too_large"
        )


def test_only_so_many_may_wait(touchstone: Touchstone, settings: Settings, tmp_path: Path) -> None:
    few = build(settings.model_copy(update={"max_catalogs_waiting": 2}))
    with TestClient(create_app(settings, few)) as client:
        content = jsonl(row(0, plain_photo()))
        first = sent(client, content)
        sent(client, content)
        check_problem(send(client, content), 429, "rate_limited")
        client.post(f"/v1/catalogs/{first['id']}/cancel")
        sent(client, content)
    few.close()


def test_figures_count_catalogues(client: TestClient) -> None:
    sent(client, jsonl(row(0, plain_photo())))
    text = client.get("/metrics").text
    assert 'touchstone_catalogs{state="queued"} 1.0' in text
    assert "touchstone_catalog_rows_left 0.0" in text


def test_a_queue_that_is_away_loses_no_job(
    touchstone: Touchstone, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    away = build(settings.model_copy(update={"queue_url": "redis://127.0.0.1:1/0"}))
    with TestClient(create_app(settings, away)) as client:
        catalog = sent(client, jsonl(row(0, plain_photo())))
    assert away.catalogs.store.waiting() == [parse_id(IdPrefix.CATALOG, catalog["id"])]
    assert away.catalogs.store.counts()[JobState.QUEUED] == 1
    away.close()


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_boundary_is_left_out_wherever_the_body_is_cut(cut: int) -> None:
    body = b"--abcab--abcabc\r\nab--abc"
    pieces = [body[place : place + cut] for place in range(0, len(body), cut)]
    assert b"".join(without(pieces, b"abc")) == body.replace(b"abc", b"")

"""`/metrics`: stages, requests and verdicts are counted, each application on its own."""

import time
from dataclasses import replace
from typing import Any, cast

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.domain.errors import StorageError
from app.main import create_app
from app.services.stages import STAGES
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.sending import assessed
from tests.fakes import enrol, photo_with, plain_photo


class RegistryAway:
    """A registry whose database does not answer."""

    def version(self) -> int:
        raise StorageError("the database server cannot be reached")


def _read(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        _key(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _key(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
    return f"{name}{{{told}}}" if told else name


def test_every_stage_is_timed_per_photo(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    before = _read(client)
    assert {before[f"touchstone_stage_seconds_count{{stage={stage}}}"] for stage in STAGES} == {0}
    assessed(client, ("1.png", photo_with(0)), ("2.jpg", plain_photo()))
    after = _read(client)
    assert after["touchstone_stage_seconds_count{stage=read}"] == 0  # not where nothing is written
    assert after["touchstone_stage_seconds_count{stage=inspect}"] == 0  # switched off here
    for stage in set(STAGES) - {"read", "inspect"}:
        photos = 1 if stage == "judge" else 2
        assert after[f"touchstone_stage_seconds_count{{stage={stage}}}"] == photos
        assert after[f"touchstone_stage_seconds_sum{{stage={stage}}}"] > 0


def test_a_search_is_timed_too(client: TestClient) -> None:
    client.post("/v1/search", files=[("image", ("1.png", photo_with(0)))])
    assert _read(client)["touchstone_stage_seconds_count{stage=embed}"] == 1


def test_verdicts_are_counted(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    assert _read(client)["touchstone_verdicts_total{verdict=suspect}"] == 0
    for photo in (photo_with(0), photo_with(0, 1), plain_photo()):
        assessed(client, ("1", photo))
    figures = _read(client)
    assert figures["touchstone_verdicts_total{verdict=suspect}"] == 2
    assert figures["touchstone_verdicts_total{verdict=clear}"] == 1


def test_requests_are_counted_by_template(client: TestClient) -> None:
    for path in ("/v1/motifs/mot_1", "/v1/motifs/mot_2", "/nowhere/1", "/nowhere/2"):
        client.get(path)
    client.request("BREW", "/v1/motifs/mot_1")
    client.post("/v1/brands", json={"name": "Cartier"})
    figures = _read(client)
    count = "touchstone_requests_total{{method={},route={},status={}}}"
    assert figures[count.format("GET", "/v1/motifs/{motif_id}", 404)] == 2
    assert figures[count.format("GET", "unmatched", 404)] == 2
    assert figures[count.format("OTHER", "/v1/motifs/{motif_id}", 405)] == 1
    assert figures[count.format("POST", "/v1/brands", 201)] == 1
    assert figures["touchstone_request_seconds_count{method=POST,route=/v1/brands}"] == 1


def test_the_registry_and_the_index_are_measured(
    client: TestClient, touchstone: Touchstone
) -> None:
    for seed in range(3):
        enrol(touchstone, seed)
    client.get("/health/ready")
    figures = _read(client)
    assert figures["touchstone_registry_version"] == touchstone.registry.version()
    assert figures["touchstone_index_size"] == 3


def test_the_index_is_behind_until_it_is_used(client: TestClient, touchstone: Touchstone) -> None:
    client.get("/health/ready")
    assert _read(client)["touchstone_index_behind"] == 0
    enrol(touchstone, 0)
    figures = _read(client)
    assert figures["touchstone_index_behind"] == 2  # a motif and its reference
    assert 0 < figures["touchstone_index_age_seconds"] < 60
    time.sleep(0.05)
    client.get("/health/ready")
    renewed = _read(client)
    assert renewed["touchstone_index_behind"] == 0
    assert renewed["touchstone_index_age_seconds"] < figures["touchstone_index_age_seconds"] + 0.05


def test_the_model_in_use_is_told(client: TestClient, touchstone: Touchstone) -> None:
    model = touchstone.eyes.model
    told = f"touchstone_model_info{{background=,model={model},runtime=numpy}}"
    assert _read(client)[told] == 1
    enrol(touchstone, 0)
    client.get("/health/ready")
    figures = _read(client)
    assert told not in figures  # another background, another line
    (now,) = [name for name in figures if name.startswith("touchstone_model_info")]
    assert "background=120-photos-" in now


def test_batches_are_counted_by_size(client: TestClient, touchstone: Touchstone) -> None:
    enrol(touchstone, 0)  # one region
    before = _read(client)
    assessed(client, ("1.png", photo_with(0)))
    after = _read(client)
    name = "touchstone_batch_size"
    regions = after[f"{name}_sum"] - before[f"{name}_sum"]
    assert 36 < regions <= 72
    assert after[f"{name}_count"] - before[f"{name}_count"] == 1
    assert after[f"{name}_bucket{{le=9.0}}"] == before[f"{name}_bucket{{le=9.0}}"] == 1
    assert after[f"{name}_bucket{{le=36.0}}"] == 1
    assert after[f"{name}_bucket{{le=+Inf}}"] == 2


def test_the_size_of_the_house_is_told(client: TestClient, settings: Settings) -> None:
    figures = _read(client)
    assert figures["touchstone_places{room=assess}"] == settings.photos_at_once
    assert figures["touchstone_queue_limit{room=assess}"] == settings.queue_length
    assert figures["touchstone_places{room=fetch}"] == settings.fetches_at_once


def test_two_applications_do_not_mix(client: TestClient, settings: Settings) -> None:
    assessed(client)
    other = settings.model_copy(update={"data_dir": settings.data_dir.parent / "other"})
    with TestClient(create_app(other)) as second:
        assert _read(second)["touchstone_verdicts_total{verdict=review}"] == 0
    assert _read(client)["touchstone_verdicts_total{verdict=review}"] == 1


def test_figures_outlive_the_database(touchstone: Touchstone, settings: Settings) -> None:
    away = replace(touchstone, registry=cast("Any", RegistryAway()))
    with TestClient(create_app(settings, away)) as client:
        assert "touchstone_registry_version" in _read(client)

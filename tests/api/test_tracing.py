"""Spans over OTLP/HTTP to a collector on this machine: one for the request, one for each stage."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.api.tracing import parsed, tracing
from app.domain.errors import InvalidInputError
from app.main import create_app
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.api.sending import LISTING, as_base64
from tests.fakes import plain_photo

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OFFERED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
BODY = {"listing": LISTING, "images": [{"base64": as_base64(plain_photo())}]}
STAGES = {"decode", "propose", "embed", "search", "verify", "judge"}


class Collector:
    """Takes spans in, as an OpenTelemetry collector would."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.services: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                assert self.path == "/v1/traces"
                collector.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"

    def take(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            attributes = {each.key: each.value for each in resource.resource.attributes}
            self.services.add(attributes["service.name"].string_value)
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever, daemon=True)
    thread.start()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()
    thread.join()


def _attributes(span: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_and_its_stages_are_spans_of_the_callers_trace(
    settings: Settings, touchstone: Touchstone, collector: Collector
) -> None:
    traced = settings.model_copy(update={"traces_url": collector.url})
    with TestClient(create_app(traced, touchstone)) as client:
        answer = client.post("/v1/assessments", json=BODY, headers=OFFERED)
        assert answer.status_code == 201
        client.get("/v1/motifs/mot_404")
    # The application has stopped, which sends what is left.
    ours = [span for span in collector.spans if span.trace_id.hex() == TRACE]
    (request,) = [span for span in ours if span.name == "POST /v1/assessments"]
    assert request.parent_span_id.hex() == PARENT
    assert _attributes(request) == {
        "http.request.method": "POST",
        "url.path": "/v1/assessments",
        "http.route": "/v1/assessments",
        "http.response.status_code": 201,
    }
    stages = {span.name: span for span in ours if span is not request}
    assert set(stages) == STAGES
    for span in stages.values():
        assert span.parent_span_id == request.span_id
        assert request.start_time_unix_nano <= span.start_time_unix_nano + 1_000_000
        assert span.end_time_unix_nano <= request.end_time_unix_nano
    assert stages["decode"].start_time_unix_nano <= stages["judge"].start_time_unix_nano
    assert answer.headers["traceparent"] == f"00-{TRACE}-{request.span_id.hex()}-01"
    (other,) = [span for span in collector.spans if span.name == "GET /v1/motifs/{motif_id}"]
    assert other.trace_id.hex() != TRACE
    assert _attributes(other)["http.response.status_code"] == 404
    assert collector.services == {"touchstone"}


def test_a_collector_that_is_away_costs_no_answer(
    settings: Settings, touchstone: Touchstone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    away = settings.model_copy(update={"traces_url": "http://127.0.0.1:9/v1/traces"})
    with TestClient(create_app(away, touchstone)) as client:
        assert client.post("/v1/assessments", json=BODY).status_code == 201


def test_without_an_address_ids_are_kept_and_the_sdk_is_not_needed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = client.get("/v1/motifs", headers=OFFERED).headers["traceparent"]
    assert told.startswith(f"00-{TRACE}-")
    assert told.split("-")[2] != PARENT
    fresh = {client.get("/v1/motifs").headers["traceparent"] for _ in range(2)}
    assert len(fresh) == 2
    assert all(parsed(each) for each in fresh)
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.sdk.trace", None)
    tracing("").close()
    with pytest.raises(InvalidInputError, match=r"touchstone\[tracing\]"):
        tracing("http://127.0.0.1:9/v1/traces")


@pytest.mark.parametrize(
    "offered",
    [
        "",
        "nothing",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01\r\nX: y",
        f"00-{TRACE}-{PARENT}-01-" + "x" * 300,
    ],
)
def test_what_is_no_trace_is_not_taken_over(offered: str) -> None:
    assert parsed(offered) is None

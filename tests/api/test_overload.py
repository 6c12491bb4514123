"""More than there is room for: 429 at once, deadlines, callers who leave; and nothing half done."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import anyio.to_thread
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from app.bootstrap import build, build_eyes
from app.domain.assessment import Assessment
from app.domain.listing import Listing
from app.domain.ports import AssessmentStore, StoredAssessment
from app.main import create_app
from app.services.assessment import Eyes
from app.services.desk import AssessmentDesk
from app.services.touchstone import Touchstone
from app.settings import Settings
from models.protocols import RegionProposer
from models.regions import Photo, Regions
from tests.api.documented import check_documented
from tests.api.sending import LISTING, as_base64, assessed, check_problem, post_form
from tests.fakes import plain_photo

LONG = 10.0
IMAGE = {"base64": as_base64(plain_photo())}
BODY = {"listing": LISTING, "images": [IMAGE]}


class GatedProposer:
    """Looks at photos only while its gate is open."""

    def __init__(self, inner: RegionProposer) -> None:
        self._inner = inner
        self.gate = threading.Event()
        self.begun = 0

    @property
    def name(self) -> str:
        return self._inner.name

    def propose(self, photo: Photo) -> Regions:
        self.begun += 1
        assert self.gate.wait(LONG)
        return self._inner.propose(photo)


@pytest.fixture
def tight(settings: Settings) -> Settings:
    return settings.model_copy(update={"photos_at_once": 1, "queue_length": 1})


@pytest.fixture
def proposer(tight: Settings) -> Iterator[GatedProposer]:
    gated = GatedProposer(build_eyes(tight).proposer)
    yield gated
    gated.gate.set()


@pytest.fixture
def service(tight: Settings, proposer: GatedProposer) -> Iterator[Touchstone]:
    service = build(tight, Eyes(proposer, build_eyes(tight).embedder))
    yield service
    service.close()


@pytest.fixture
def pool(proposer: GatedProposer) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool
        proposer.gate.set()


@pytest.fixture
def serve(service: Touchstone, tight: Settings, proposer: GatedProposer) -> Iterator[Any]:
    """Start the service under changed settings."""
    open_clients: list[TestClient] = []

    def start(touchstone: Touchstone = service, **changes: Any) -> TestClient:
        client = TestClient(create_app(tight.model_copy(update=changes), touchstone))
        client.__enter__()
        client.event_hooks = {"response": [check_documented]}
        open_clients.append(client)
        return client

    yield start
    proposer.gate.set()
    for client in open_clients:
        client.__exit__(None, None, None)


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not what():
        assert time.monotonic() < end
        time.sleep(0.002)


def _figure(client: TestClient, sample: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{sample} ")).split()[-1])


def _filled(client: TestClient, pool: ThreadPoolExecutor, proposer: GatedProposer) -> list[Any]:
    """Let one in to be looked at and one to wait."""
    first = pool.submit(assessed, client, ("1.jpg", plain_photo()))
    _until(lambda: proposer.begun == 1)
    second = pool.submit(assessed, client, ("1.jpg", plain_photo()))
    _until(lambda: _figure(client, 'touchstone_queue_depth{room="assess"}') == 1)
    return [first, second]


def test_a_full_queue_answers_at_once_and_nothing_else_suffers(
    serve: Any, pool: ThreadPoolExecutor, proposer: GatedProposer
) -> None:
    client = serve()
    inside = _filled(client, pool, proposer)
    for path, body in (
        ("/v1/assessments", BODY),
        ("/v1/search", IMAGE),
        ("/v1/explain", {"motif_id": "mot_1", "image": IMAGE}),
    ):
        began = time.monotonic()
        refused = client.post(path, json=body)
        assert time.monotonic() - began < 1.0
        check_problem(refused, 429, "busy")
        assert int(refused.headers["retry-after"]) >= 1
    assert client.get("/health/ready").status_code == 200
    assert client.get("/v1/motifs").status_code == 200
    assert _figure(client, 'touchstone_working{room="assess"}') == 1
    assert _figure(client, 'touchstone_refused_total{reason="busy"}') == 3
    count = 'touchstone_requests_total{method="POST",route="/v1/search",status="429"}'
    assert _figure(client, count) == 1
    proposer.gate.set()
    assert [each.result(LONG)["verdict"] for each in inside] == ["clear", "clear"]
    assert post_form(client, ("1.jpg", plain_photo()))[0] == 201
    assert _figure(client, 'touchstone_queue_depth{room="assess"}') == 0
    assert _figure(client, 'touchstone_queue_seconds_count{room="assess"}') == 3


def test_a_deadline_answers_and_leaves_nothing(
    serve: Any, pool: ThreadPoolExecutor, proposer: GatedProposer, service: Touchstone
) -> None:
    client = serve(deadline_seconds=3.0, queue_length=2)
    answers = [pool.submit(client.post, "/v1/assessments", json=BODY)]
    _until(lambda: proposer.begun == 1)
    answers.append(pool.submit(client.post, "/v1/assessments", json=BODY))
    for answered in answers:
        check_problem(answered.result(LONG), 503, "deadline_passed")
    assert _figure(client, 'touchstone_refused_total{reason="deadline_passed"}') == 2
    # The one that waited has left its seat although the place is still taken.
    assert _figure(client, 'touchstone_queue_depth{room="assess"}') == 0
    assert _figure(client, 'touchstone_working{room="assess"}') == 1
    proposer.gate.set()
    _until(lambda: _figure(client, 'touchstone_working{room="assess"}') == 0)
    assert proposer.begun == 1
    assert _figure(client, 'touchstone_stage_seconds_count{stage="propose"}') == 1
    assert _figure(client, 'touchstone_stage_seconds_count{stage="embed"}') == 0
    assert service.assessments.list() == []


@pytest.mark.parametrize(("wait", "deadline"), [("wait=0", 60.0), ("wait=60", 0.1)])
def test_a_caller_may_ask_for_less_time_and_never_for_more(
    serve: Any, wait: str, deadline: float
) -> None:
    client = serve(deadline_seconds=deadline)
    began = time.monotonic()
    answered = client.post("/v1/search", json=IMAGE, headers={"prefer": wait})
    check_problem(answered, 503, "deadline_passed")
    assert time.monotonic() - began < LONG


class SlowStore:
    """A store of assessments that takes its time to keep one."""

    def __init__(self, inner: AssessmentStore) -> None:
        self._inner = inner

    def add(self, listing: Listing, assessment: Assessment) -> StoredAssessment:
        time.sleep(0.5)
        return self._inner.add(listing, assessment)


def test_what_is_being_kept_is_answered_past_its_deadline(
    serve: Any, service: Touchstone, proposer: GatedProposer
) -> None:
    proposer.gate.set()
    store: Any = SlowStore(service.assessments)
    desk = AssessmentDesk(service.assessor, store, service.blobs, service.collector, service.flood)
    client = serve(replace(service, desk=desk), deadline_seconds=0.4)
    assert client.post("/v1/assessments", json=BODY).status_code == 201
    assert len(service.assessments.list()) == 1


class Wire:
    """A connection that sends a body, and leaves when told to."""

    def __init__(self, body: bytes) -> None:
        self._bodies: list[Message] = [{"type": "http.request", "body": body}]
        self.left = threading.Event()
        self.sent_before_taking = -1
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        if self._bodies:
            self.sent_before_taking = len(self.sent)
            return self._bodies.pop()
        await anyio.to_thread.run_sync(self.left.wait, LONG, abandon_on_cancel=True)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def _scope(path: str, **headers: str) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), *raw],
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }


def _sent(client: TestClient, pool: ThreadPoolExecutor, wire: Wire, **headers: str) -> Future[None]:
    portal = client.portal
    assert portal is not None
    scope = _scope("/v1/assessments", **headers)
    return pool.submit(portal.call, client.app, scope, wire.receive, wire.send)


@pytest.mark.parametrize("key", [{}, {"idempotency-key": "one"}], ids=["plain", "with a key"])
def test_who_leaves_is_not_worked_for(
    serve: Any,
    pool: ThreadPoolExecutor,
    proposer: GatedProposer,
    service: Touchstone,
    key: dict[str, str],
) -> None:
    client = serve(queue_length=2)
    body = client.build_request("POST", "/", json=BODY).content
    working, waiting = Wire(body), Wire(body)
    first = _sent(client, pool, working, **key)
    _until(lambda: proposer.begun == 1)
    second = _sent(client, pool, waiting)
    _until(lambda: _figure(client, 'touchstone_queue_depth{room="assess"}') == 1)
    waiting.left.set()
    second.result(LONG)
    assert _figure(client, 'touchstone_queue_depth{room="assess"}') == 0
    working.left.set()
    first.result(LONG)
    assert working.sent == waiting.sent == []
    assert _figure(client, 'touchstone_refused_total{reason="client_gone"}') == 2
    proposer.gate.set()
    _until(lambda: _figure(client, 'touchstone_working{room="assess"}') == 0)
    assert (proposer.begun, service.assessments.list()) == (1, [])
    if key:  # it was not carried out, so the same key may be used to carry it out
        assert client.post("/v1/assessments", json=BODY, headers=key).status_code == 201


def test_who_is_sent_away_is_told_before_the_body_is_read(
    serve: Any, pool: ThreadPoolExecutor, proposer: GatedProposer
) -> None:
    client = serve()
    inside = _filled(client, pool, proposer)
    wire = Wire(b"{}")
    _sent(client, pool, wire).result(LONG)
    # The answer is out, whole, before any of the body is taken; what comes then is dropped.
    assert wire.sent[0]["status"] == 429
    assert wire.sent_before_taking == 2
    assert b'"busy"' in wire.sent[1]["body"]
    assert wire.sent[-1] == {"type": "http.response.body", "body": b""}
    proposer.gate.set()
    assert all(each.result(LONG) for each in inside)


def test_bodies_that_are_still_arriving_are_counted(serve: Any, pool: ThreadPoolExecutor) -> None:
    client = serve(uploads_at_once=2, queue_length=50)
    slow = [Wire(b"{}") for _ in range(2)]
    for wire in slow:
        wire._bodies.clear()  # its sender takes its time
    arriving = [_sent(client, pool, wire) for wire in slow]
    _until(lambda: client.post("/v1/search", json={}).status_code == 429)
    problem = check_problem(client.post("/v1/search", json={}), 429, "busy")
    assert "in the house" in problem["detail"]
    for wire in slow:
        wire.left.set()
    for each in arriving:
        each.result(LONG)
    assert client.post("/v1/search", json={}).status_code == 422

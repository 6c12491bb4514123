"""Every call of both clients against a real server; nothing of the description is left out."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from app.batch.jobs.runner import JobRunner
from app.cli.catalog_means import means_of, runner_options
from scripts.client_source.described import Description
from tests.api.documented import description
from tests.fakes import make_settings, motif_file, photo_with
from tests.furnished import NOBODY, Service, Start
from touchstone_client import AsyncClient, Client, Photo, Retries
from touchstone_client.errors import (
    ConflictError,
    IdempotencyError,
    ImageRefusedError,
    InvalidInputError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from touchstone_client.models import (
    AppealCreate,
    AppealRule,
    AppealState,
    Appellant,
    BrandCreate,
    BrandUpdate,
    CatalogCreate,
    DeliveryState,
    EventType,
    EvidenceFormat,
    JobState,
    KeyCreate,
    ListingCreate,
    MotifCreate,
    MotifDisable,
    MotifKind,
    MotifUpdate,
    PlaceCreate,
    Polarity,
    ResultFormat,
    ReviewDecide,
    ReviewHold,
    ReviewState,
    Scope,
    SellerCreate,
    Verdict,
    WebhookCreate,
)

DESCRIBED = Description(description())
UNBRANDED = ListingCreate(listing_id="B09X", brand_field="Unbranded", price=12.5)


class _Waiting:
    """An `AsyncClient` with the manners of a `Client`, so that one story is told to both."""

    def __init__(self, client: AsyncClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            result = getattr(self._client, name)(*given, **named)
            if hasattr(result, "__aiter__"):
                return iter(self._runner.run(_collected(result)))
            return self._runner.run(result)

        return call


async def _collected(items: Any) -> list[Any]:
    return [item async for item in items]


@contextmanager
def _client(kind: type, url: str, token: str | None, **options: Any) -> Iterator[Client]:
    if kind is Client:
        with Client(url, token, **options) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        hurried = AsyncClient(url, token, **options)
        try:
            yield cast("Client", _Waiting(hurried, runner))
        finally:
            runner.run(hurried.close())


@pytest.fixture(params=[Client, AsyncClient])
def kind(request: pytest.FixtureRequest) -> type:
    chosen: type = request.param
    return chosen


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Methods and paths of everything that is sent."""
    seen: set[tuple[str, str]] = set()
    for client in (httpx2.Client, httpx2.AsyncClient):
        build = client.build_request

        def noted(
            self: Any, method: str, url: str, *_: Any, _build: Any = build, **named: Any
        ) -> Any:
            seen.add((method, str(url)))
            return _build(self, method, url, **named)

        monkeypatch.setattr(client, "build_request", noted)
    return seen


def test_every_call(kind: type, start: Start, asked: set[tuple[str, str]], tmp_path: Path) -> None:
    with start() as service, _client(kind, service.url, service.token) as client:
        _judging(client)
        _registry(client)
        _reviews(client)
        _webhooks_and_keys(client)
        _operations(client)
        _catalogs(client, service, tmp_path)
        _audit(client)
    operations = {(each.method, each.path): each.name for each in DESCRIBED.operations}
    called = {
        name for (method, path), name in operations.items() if _was_asked(method, path, asked)
    }
    assert set(operations.values()) - called == set()


def _was_asked(method: str, template: str, asked: set[tuple[str, str]]) -> bool:
    steps = template.split("/")
    return any(
        method == other
        and len(steps) == len(path.split("/"))
        and all(a == b or a.startswith("{") for a, b in zip(steps, path.split("/"), strict=True))
        for other, path in asked
    )


def _registry(client: Client) -> None:
    brand = client.create_brand(BrandCreate(name="Cartier"))
    renamed = client.change_brand(brand.id, BrandUpdate(aliases=("Cartier SA",)))
    assert (renamed.name, renamed.aliases) == ("Cartier", ("Cartier SA",))
    assert client.get_brand(brand.id) == renamed
    assert [each.id for each in client.list_brands(limit=2)] == [f"brd_{n}" for n in range(1, 6)]

    seller = client.create_seller(brand.id, SellerCreate(seller_id="A1", territory="EEA"))
    assert client.get_seller(brand.id, seller.id) == seller
    assert list(client.list_sellers(brand.id, seller_id="a1")) == [seller]
    client.remove_seller(brand.id, seller.id)

    motif = client.create_motif(
        MotifCreate(
            brand_id=brand.id,
            name="LOVE screw",
            kind=MotifKind.PATTERN,
            expected_place=PlaceCreate(box=(0.0, 0.0, 1.0, 1.0)),
        )
    )
    assert client.change_motif(motif.id, MotifUpdate(name="screw")).name == "screw"
    until = datetime.now(UTC) + timedelta(hours=1)
    assert client.disable_motif(motif.id, MotifDisable(until=until)).disabled_until is not None
    assert client.enable_motif(motif.id).enabled
    with pytest.raises(ConflictError):
        client.release_motif(motif.id)
    assert client.get_motif(motif.id) in list(client.list_motifs(brand_id=brand.id))

    picture = motif_file(9)
    reference = client.create_reference(motif.id, Photo("screw.png", picture), source="press kit")
    assert client.get_reference(motif.id, reference.id) == reference
    assert list(client.list_references(motif.id)) == [reference]
    assert client.get_reference_image(motif.id, reference.id) == picture
    other = client.create_reference(
        motif.id, motif_file(8), polarity=Polarity.NEGATIVE, box=(0, 0, 100, 100)
    )
    assert (other.polarity, other.box) == (Polarity.NEGATIVE, (0, 0, 100, 100))
    held = [each.id for each in client.list_quarantined()]
    assert held == ["ref_4"]
    assert client.release_reference("mot_1", "ref_4").id == "ref_4"
    client.remove_reference(motif.id, other.id)
    client.remove_motif(motif.id)
    client.remove_brand(brand.id)
    with pytest.raises(NotFoundError) as caught:
        client.get_brand(brand.id)
    assert caught.value.code == "not_found"
    assert caught.value.request_id


def _judging(client: Client) -> None:
    photo = photo_with(0, seed=7)
    judged = client.create_assessment(UNBRANDED, [photo, Photo("2.png", b"no image")])
    assert judged.verdict is Verdict.SUSPECT
    assert [image.image for image in judged.images] == ["image-1", "2.png"]
    assert judged.images[1].error is not None
    assert client.create_assessment(UNBRANDED).verdict is Verdict.REVIEW
    again = [client.create_assessment(UNBRANDED, [photo], idempotency_key="a") for _ in range(2)]
    assert again[0] == again[1]
    assert client.get_assessment(judged.id) == judged
    assert judged in list(client.list_assessments(limit=1))
    assert client.verify_assessment(judged.id).assessment_id == judged.id
    assert client.get_evidence(judged.id).assessment == judged
    assert client.get_evidence_file(judged.id)[:2] == b"PK"
    overlay = client.get_evidence_file(judged.id, EvidenceFormat.PNG, image=1)
    assert overlay[1:4] == b"PNG"
    assert client.search_image(photo, limit=1).matches[0].motif_id == "mot_1"
    why = client.explain_image(photo, "mot_1", brand_field="Unbranded", box=(0, 0, 120, 120))
    assert why.motif_id == "mot_1"


def _reviews(client: Client) -> None:
    first = next(iter(client.list_reviews(state=ReviewState.OPEN)))
    held = client.claim_review(first.id, ReviewHold(moderator="anna"))
    assert held.claimed_by == "key_1/anna"
    assert client.release_review(first.id, ReviewHold(moderator="anna")).claimed_by is None
    decided = client.decide_review(
        first.id,
        ReviewDecide(decision="dismissed", reason="nothing_there"),
    )
    assert decided.state is ReviewState.DISMISSED
    assert client.get_review(first.id).events[-1].outcome is ReviewState.DISMISSED
    appeal = AppealCreate(appellant=Appellant.OPERATOR, grounds="it is the mark")
    assert client.appeal_against(first.id, appeal).appeal is AppealState.OPEN
    assert first.id in [each.id for each in client.list_reviews(appeal=AppealState.OPEN)]
    ruled = client.rule_on_appeal(first.id, AppealRule(outcome="upheld"))
    assert (ruled.state, ruled.appeal) == (ReviewState.DISMISSED, AppealState.UPHELD)
    assert client.list_motif_records().motifs


def _webhooks_and_keys(client: Client) -> None:
    asked = WebhookCreate(url=NOBODY, events=(EventType.ASSESSMENT_SUSPECT,))
    made = client.create_webhook(asked)
    assert made.secret.startswith("whsec_")
    assert client.get_webhook(made.id) in list(client.list_webhooks(limit=1))
    client.remove_webhook(made.id)
    end = time.monotonic() + 20
    while not (dead := list(client.list_deliveries("whk_1", state=DeliveryState.DEAD))):
        assert time.monotonic() < end, "nobody tried to deliver"
        time.sleep(0.05)
    assert client.replay_delivery("whk_1", dead[0].id).id == dead[0].id

    key = client.create_key(KeyCreate(name="pipeline", scopes=(Scope.ASSESS,)))
    assert key.token.startswith("ts_")
    assert client.get_key(key.id) in list(client.list_keys())
    assert client.revoke_key(key.id).revoked_at is not None


def _catalogs(client: Client, service: Service, folder: Path) -> None:
    rows = [
        {"listing_id": f"L{n}", "images": [{"base64": base64.b64encode(photo).decode()}]}
        for n, photo in enumerate([photo_with(0, seed=7), motif_file(9)])
    ]
    file = folder / "in.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="upload the file"):
        client.create_catalog(CatalogCreate(path="exports"))
    sent = client.create_catalog(file)
    assert (sent.name, sent.state) == ("in.jsonl", JobState.QUEUED)
    desk, number = service.touchstone.catalogs, int(sent.id.removeprefix("cat_"))
    settings = make_settings(folder, catalog_dir=desk.folder)
    means = means_of(settings, service.touchstone)
    JobRunner(desk.store, lambda: means, runner_options(settings), worker="here").run(number)
    assert client.get_catalog(sent.id).state is JobState.DONE
    assert [each["listing_id"] for each in client.get_results(sent.id, limit=1)] == ["L0", "L1"]
    assert all(
        each["verdict"] == "suspect"
        for each in client.get_results(sent.id, verdict=Verdict.SUSPECT)
    )
    assert client.get_results_file(sent.id, ResultFormat.REPORT).startswith(b"<!doctype html>")
    other = client.create_catalog(file, encoding="utf-8", idempotency_key="night")
    assert client.cancel_catalog(other.id).state is JobState.CANCELLED
    client.remove_catalog(other.id)
    assert [each.id for each in client.list_catalogs(limit=1)] == [sent.id, "cat_2", "cat_1"]


def _audit(client: Client) -> None:
    first = next(iter(client.list_audit_events(limit=2, since=datetime(2020, 1, 1, tzinfo=UTC))))
    assert first.id.startswith("aud_")


def _operations(client: Client) -> None:
    assert client.get_liveness().status == "ok"
    assert client.get_readiness().status == "ready"
    assert "touchstone_requests" in client.get_metrics()


def test_refusals_by_their_names(kind: type, start: Start) -> None:
    with start() as service, _client(kind, service.url, service.token) as client:
        with pytest.raises(InvalidInputError) as caught:
            client.create_brand(BrandCreate(name="x" * 501))
        assert caught.value.fields[0].location == "body/name"
        with pytest.raises(ImageRefusedError, match="image_unsupported"):
            client.search_image(b"no image at all, but long enough to be one")
        with pytest.raises(InvalidInputError, match="URL fetching is off"):
            client.create_assessment(UNBRANDED, ["https://img.shop.example/1.jpg"])
        with pytest.raises(ConflictError):
            client.remove_brand("brd_1")
        client.create_brand(BrandCreate(name="one"), idempotency_key="mine")
        with pytest.raises(IdempotencyError):
            client.create_brand(BrandCreate(name="two"), idempotency_key="mine")
        with _client(kind, service.url, None) as stranger, pytest.raises(UnauthenticatedError):
            stranger.get_brand("brd_1")


def test_the_services_own_rate(kind: type, start: Start) -> None:
    with start() as service:
        limited = service.touchstone.keys.make("slow", [_scope(service)], 3).token
        with _client(kind, service.url, limited, retries=Retries(tries=1)) as client:
            for _ in range(3):
                client.get_brand("brd_1")
            with pytest.raises(RateLimitedError) as caught:
                client.get_brand("brd_1")
            assert caught.value.retry_after is not None
            assert caught.value.retry_after >= 1


def _scope(service: Service) -> Any:
    return next(iter(service.touchstone.keys.store.list()[0].scopes))

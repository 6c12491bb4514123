"""A real server over a registry, reviews and webhooks that are there, closed by a key."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import requests

from app.batch.jobs.runner import JobRunner
from app.bootstrap import build
from app.cli.catalog_means import means_of, runner_options
from app.domain.flood import FloodCode, Quarantine
from app.domain.identity import Scope
from app.domain.listing import Listing
from app.domain.review import Appeal, Appellant, Decision, DecisionReason, ReviewState
from app.domain.sellers import NewSeller
from app.domain.webhook import EventType
from app.main import create_app
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.fakes import calibrate, enrol, make_settings, photo_with
from tests.images import encode, solid_array
from tests.served import served

NOBODY = "http://localhost:9/hook"  # the port of "discard", where nobody listens
LIMITS: dict[str, object] = {
    "max_images_per_listing": 4,
    "max_request_bytes": 2_000_000,
    "rate_per_minute": 0,
    "webhook_allow": ("localhost:9",),
    "webhook_tries": 1,
}


@dataclass(frozen=True, slots=True)
class Service:
    """A server, and who may use it."""

    url: str
    token: str
    session: requests.Session
    touchstone: Touchstone


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with at least one of everything, and a token for all of it."""
    folder = tmp_path_factory.mktemp("furnished")
    touchstone = build(make_settings(folder, **LIMITS))
    calibrate(touchstone, folder)
    token = touchstone.keys.make("root", [Scope.ADMIN], None).token
    touchstone.keys.make("spare", [Scope.ASSESS], None)
    for seed in range(3):
        enrol(touchstone, seed, brand=f"brand {seed}")
    plain = encode(solid_array(), "png")
    touchstone.enroller.add(1, plain, source="too simple, so it is kept in quarantine")
    touchstone.registry.add_brand("no motifs", [])
    touchstone.webhooks.register(NOBODY, [EventType.REVIEW_DECIDED])
    touchstone.registry.ensure_seller(1, NewSeller("authorised seller"))
    for number in range(4):
        listing = Listing(f"listing {number}", brand_field="Unbranded")
        photo = BytesSource("1.png", photo_with(number % 3, seed=number))
        touchstone.desk.assess(listing, [photo])
    confirmed = Decision(ReviewState.CONFIRMED, DecisionReason.PROTECTED_MOTIF)
    for review in (3, 4):
        touchstone.reviews.decide(review, "somebody", confirmed)
    appeal = Appeal(Appellant.SELLER, "they are mine to sell")
    touchstone.reviews.store.appeal(4, "somebody", appeal)
    flooding = Quarantine(FloodCode.FLOODS_QUEUE, "half of the queue", datetime.now(UTC))
    touchstone.registry.quarantine_motif(3, flooding)
    _catalogs(touchstone, make_settings(folder, **LIMITS))
    touchstone.close()
    return folder / "var", token


def _catalogs(touchstone: Touchstone, settings: Settings) -> None:
    """One catalogue that is done, and one that waits."""
    for _ in range(2):
        touchstone.catalogs.upload("in.jsonl", BytesIO(b'{"listing_id": "L", "images": []}'))
    means = means_of(settings, touchstone)
    store = touchstone.catalogs.store
    JobRunner(store, lambda: means, runner_options(settings), worker="here").run(1)


Start = Callable[..., AbstractContextManager[Service]]


@pytest.fixture
def start(furnished: tuple[Path, str], tmp_path: Path) -> Start:
    """Give a function that serves a copy of the furnished data."""
    return _starting(furnished, tmp_path)


@pytest.fixture(scope="module")
def start_once(furnished: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Start:
    """The same for a whole module."""
    return _starting(furnished, tmp_path_factory.mktemp("served"))


def _starting(furnished: tuple[Path, str], folder: Path) -> Start:
    data, token = furnished

    @contextmanager
    def starting(**changes: object) -> Iterator[Service]:
        shutil.copytree(data, folder / "var")
        settings: Settings = make_settings(folder, **{**LIMITS, **changes})
        touchstone = build(settings)
        with served(create_app(settings, touchstone)) as url, requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {token}"
            yield Service(url, token, session, touchstone)
        touchstone.close()

    return starting

"""Photos whose time is over go, and nothing that somebody still needs goes with them."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.bootstrap import build, open_database
from app.domain.errors import NotFoundError, StorageError
from app.domain.listing import Listing
from app.domain.ports import StoredAssessment
from app.domain.registry import Polarity
from app.main import create_app
from app.services.retention import Retention, RetentionPlan
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from app.storage.database import Database
from app.storage.photos import SqlPhotoStore
from tests.fakes import enrol, make_settings, photo_with, plain_photo

LATER = datetime.now(UTC) + timedelta(days=31)
MONTH = RetentionPlan.of_days(30, None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def touchstone(settings: Settings) -> Iterator[Touchstone]:
    touchstone = build(settings)
    yield touchstone
    touchstone.close()


@pytest.fixture
def database(settings: Settings, touchstone: Touchstone) -> Iterator[Database]:
    database = open_database(settings)
    yield database
    database.dispose()


def _retention(touchstone: Touchstone, database: Database, every: float = 60.0) -> Retention:
    photos = SqlPhotoStore(database)
    return Retention(MONTH, photos, touchstone.blobs, clock=lambda: LATER, every=every)


def _assessed(touchstone: Touchstone, *photos: bytes) -> StoredAssessment:
    sources = [BytesSource(f"{n}.png", data) for n, data in enumerate(photos, 1)]
    return touchstone.desk.assess(Listing("L"), sources)


def _there(touchstone: Touchstone, stored: StoredAssessment) -> list[bool]:
    return [touchstone.blobs.exists(i.sha256 or "") for i in stored.assessment.images]


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_photo_goes_and_the_assessment_stays_whole(
    touchstone: Touchstone, database: Database
) -> None:
    stored = _assessed(touchstone, plain_photo(1), plain_photo(2))
    retention = _retention(touchstone, database)
    assert (retention.due(), retention.run(), retention.due()) == (2, 2, 0)
    assert _there(touchstone, stored) == [False, False]
    assert touchstone.assessments.get(stored.id) == stored
    with pytest.raises(NotFoundError):
        touchstone.evidence.overlay(stored, 1)


def test_a_photo_that_became_a_reference_stays(touchstone: Touchstone, database: Database) -> None:
    motif, _ = enrol(touchstone, 7)
    stored = _assessed(touchstone, photo_with(7), plain_photo(2))
    touchstone.enroller.add(motif.id, photo_with(7), polarity=Polarity.NEGATIVE)
    assert _retention(touchstone, database).run() == 1
    assert _there(touchstone, stored) == [True, False]


def test_young_photos_and_references_are_left_alone(
    touchstone: Touchstone, database: Database
) -> None:
    _, reference = enrol(touchstone, 7)
    stored = _assessed(touchstone, plain_photo(1))
    Retention(MONTH, SqlPhotoStore(database), touchstone.blobs).run()
    assert _there(touchstone, stored) == [True]
    _retention(touchstone, database).run()
    assert touchstone.blobs.exists(reference.blob)


@pytest.mark.parametrize("days", [(0, None), (0, 0)])
def test_nothing_is_removed_unless_the_settings_say_so(
    touchstone: Touchstone, database: Database, days: tuple[float, float | None]
) -> None:
    stored = _assessed(touchstone, plain_photo(1))
    plan = RetentionPlan.of_days(*days)
    keeper = Retention(plan, SqlPhotoStore(database), touchstone.blobs, clock=lambda: LATER)
    keeper.start()
    assert (keeper.plan.keeps_everything, keeper.due(), keeper.run()) == (True, 0, 0)
    keeper.stop()
    assert _there(touchstone, stored) == [True]


def test_a_photo_that_is_assessed_while_it_is_removed_is_there_afterwards(
    touchstone: Touchstone, database: Database
) -> None:
    first = _assessed(touchstone, plain_photo(1))
    again: list[StoredAssessment] = []
    begun = threading.Event()

    def assess() -> None:
        begun.set()
        again.append(_assessed(touchstone, plain_photo(1)))

    thread = threading.Thread(target=assess)

    def remove(name: str) -> None:
        """Let the same photo come in just before it is removed, and get as far as it can."""
        thread.start()
        begun.wait()
        time.sleep(0.3)
        touchstone.blobs.remove(name)

    now = LATER - timedelta(days=30)
    assert SqlPhotoStore(database).remove_due(now, now, remove) == 1
    thread.join()
    assert again[0].id > first.id
    assert _there(touchstone, again[0]) == [True]
    sha256 = again[0].assessment.images[0].sha256 or ""
    assert SqlPhotoStore(database).removed([sha256]) == {}


def test_it_runs_by_itself_and_survives_a_store_that_fails(
    touchstone: Touchstone, database: Database
) -> None:
    class Moody:
        """A blob store that fails the first time."""

        def __init__(self) -> None:
            self.failed = False

        def remove(self, key: str) -> None:
            if not self.failed:
                self.failed = True
                raise StorageError("the store failed")
            touchstone.blobs.remove(key)

    stored = _assessed(touchstone, plain_photo(1))
    photos, moody = SqlPhotoStore(database), Moody()
    keeper = Retention(MONTH, photos, moody, clock=lambda: LATER, every=0.05)  # type: ignore[arg-type]
    keeper.start()
    keeper.start()
    _until(lambda: _there(touchstone, stored) == [False])
    keeper.stop()
    assert moody.failed
    later = _assessed(touchstone, plain_photo(2))
    time.sleep(0.2)
    assert _there(touchstone, later) == [True]


def test_a_serving_process_removes_them_by_itself(settings: Settings) -> None:
    touchstone = build(settings.model_copy(update={"retain_photos_days": 1e-7}))
    stored = _assessed(touchstone, plain_photo(1))
    with TestClient(create_app(settings, touchstone)):
        _until(lambda: _there(touchstone, stored) == [False])
    touchstone.close()

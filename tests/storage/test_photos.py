"""Which photos are due for removal, and what the removal of one leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.domain.assessment import Assessment, ImageFinding, Verdict
from app.domain.errors import StorageError
from app.domain.listing import Listing
from app.domain.ports import KeptRegions
from app.storage.assessments import SqlAssessmentStore
from app.storage.database import Database
from app.storage.photos import SqlPhotoStore
from app.storage.regions import SqlRegionStore
from app.storage.registry import SqlRegistryStore
from app.storage.schema import downgrade
from tests.storage.samples import assessment, new_motif, new_reference

NOW = datetime(2026, 3, 31, tzinfo=UTC)
DAY = timedelta(days=1)
Show = Callable[..., None]


def photo(number: int) -> str:
    return f"{number:064x}"


def _of(numbers: tuple[int, ...], verdict: Verdict) -> Assessment:
    images = tuple(ImageFinding(f"{n}.jpg", photo(n), 100, 100) for n in numbers)
    return replace(assessment(), verdict=verdict, images=images)


@pytest.fixture
def photos(database: Database) -> SqlPhotoStore:
    return SqlPhotoStore(database, clock=lambda: NOW)


@pytest.fixture
def show(database: Database) -> Show:
    """Keep an assessment that names photos, so many days ago."""

    def keep(*numbers: int, ago: int, verdict: Verdict = Verdict.CLEAR) -> None:
        store = SqlAssessmentStore(database, clock=lambda: NOW - ago * DAY)
        store.add(Listing("L"), _of(numbers, verdict))

    return keep


def _removed(photos: SqlPhotoStore, seen: int | None, case: int | None, limit: int = 9) -> set[int]:
    gone: list[str] = []
    seen_before = None if seen is None else NOW - seen * DAY
    case_before = None if case is None else NOW - case * DAY
    due = photos.count_due(seen_before, case_before)
    count = photos.remove_due(seen_before, case_before, gone.append, limit=limit)
    assert count == len(gone) == min(due, limit)
    return {int(name, 16) for name in gone}


def test_a_photo_is_due_when_its_last_assessment_is_old(show: Show, photos: SqlPhotoStore) -> None:
    show(1, 2, ago=40)
    show(3, ago=20)
    show(2, ago=20)
    assert _removed(photos, 30, 30) == {1}
    assert _removed(photos, 30, 30) == set()
    assert photos.removed([photo(1), photo(2), photo(9)]) == {photo(1): NOW}


def test_cases_have_a_time_of_their_own(show: Show, photos: SqlPhotoStore) -> None:
    show(1, ago=40)
    show(2, ago=40, verdict=Verdict.REVIEW)
    show(3, ago=100, verdict=Verdict.SUSPECT)
    show(4, ago=100, verdict=Verdict.SUSPECT)
    show(4, ago=20)  # relisted since, and clear
    assert _removed(photos, None, None) == set()
    assert _removed(photos, 30, None) == {1}
    assert _removed(photos, 30, 90) == {3}
    assert _removed(photos, None, 30) == {2}
    assert _removed(photos, 10, 30) == {4}


def test_a_photo_that_is_a_reference_is_spared(
    show: Show, photos: SqlPhotoStore, database: Database
) -> None:
    registry = SqlRegistryStore(database)
    motif, _ = registry.ensure_motif(new_motif())
    reference, _ = registry.add_reference(motif.id, new_reference(1))
    show(1, 2, ago=40)
    assert _removed(photos, 30, 30) == {2}
    registry.remove_reference(reference.id)
    assert _removed(photos, 30, 30) == {1}


def test_the_oldest_go_first_and_no_more_than_asked(show: Show, photos: SqlPhotoStore) -> None:
    for number in range(5):
        show(number, ago=90 - number)
    assert _removed(photos, 30, 30, limit=2) == {0, 1}
    assert _removed(photos, 30, 30, limit=2) == {2, 3}
    assert _removed(photos, 30, 30, limit=2) == {4}


def test_regions_go_with_their_photo(show: Show, photos: SqlPhotoStore, database: Database) -> None:
    regions = SqlRegionStore(database, max_bytes=1_000)
    regions.save([KeptRegions(photo(n), model, b"x") for n in (1, 2) for model in ("a", "b")])
    show(1, ago=40)
    show(2, ago=1)
    assert _removed(photos, 30, 30) == {1}
    kept = [(n, model) for n in (1, 2) for model in ("a", "b") if regions.load(photo(n), model)]
    assert kept == [(2, "a"), (2, "b")]


def test_a_store_that_fails_leaves_the_photo_due(show: Show, photos: SqlPhotoStore) -> None:
    def fail(name: str) -> None:
        raise StorageError(name)

    show(1, ago=40)
    with pytest.raises(StorageError):
        photos.remove_due(NOW, NOW, fail)
    assert photos.removed([photo(1)]) == {}
    assert _removed(photos, 30, 30) == {1}


def test_a_photo_that_comes_again_is_there_again(show: Show, photos: SqlPhotoStore) -> None:
    show(1, ago=40)
    assert _removed(photos, 30, 30) == {1}
    show(1, ago=0)
    assert photos.removed([photo(1)]) == {}
    assert _removed(photos, 30, 30) == set()


def test_the_migration_names_the_photos_of_older_assessments(
    show: Show, photos: SqlPhotoStore, database: Database
) -> None:
    show(1, 2, ago=50, verdict=Verdict.SUSPECT)
    show(2, 3, ago=40)
    with database.session() as session:
        rows = text("SELECT sha256, seen_at, case_at FROM photos ORDER BY sha256")
        before = session.execute(rows).all()
    downgrade(database._engine, "0012")
    database.migrate()
    with database.session() as session:
        assert session.execute(rows).all() == before
    assert len(before) == 3
    assert _removed(photos, 30, None) == {3}

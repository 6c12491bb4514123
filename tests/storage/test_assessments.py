"""Assessments and backgrounds: kept, found and listed newest first."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from app.domain.contract import assessment_document
from app.domain.errors import NotFoundError
from app.domain.listing import Listing
from app.domain.ports import AssessmentStore, BackgroundStore, StoredBackground
from app.storage.assessments import SqlAssessmentStore
from app.storage.backgrounds import SqlBackgroundStore
from app.storage.database import Database
from tests.storage.samples import assessment

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
LISTING = Listing("B09X", ("2.jpg", "3.jpg"), "seller", "Screw ring", price=12.5, currency="EUR")


@pytest.fixture
def assessments(database: Database) -> AssessmentStore:
    return SqlAssessmentStore(database, clock=lambda: NOON)


@pytest.fixture
def backgrounds(database: Database) -> BackgroundStore:
    return SqlBackgroundStore(database, clock=lambda: NOON)


def test_an_assessment_comes_back_as_it_was_kept(assessments: AssessmentStore) -> None:
    kept = assessments.add(LISTING, assessment())
    got = assessments.get(kept.id)
    assert got == kept
    assert got.listing == LISTING
    assert assessment_document(got.assessment) == assessment_document(assessment())
    assert got.created_at == NOON
    assert got.created_at.tzinfo is UTC


def test_assessments_are_listed_newest_first(assessments: AssessmentStore) -> None:
    kept = [assessments.add(LISTING, assessment()) for _ in range(3)]
    assert assessments.list() == kept[::-1]
    assert assessments.list(limit=1) == kept[2:]
    assert assessments.list(before=kept[1].id) == kept[:1]
    assert assessments.list(before=kept[0].id) == []


def test_a_missing_assessment_is_not_found(assessments: AssessmentStore) -> None:
    with pytest.raises(NotFoundError, match="no assessment with number 3"):
        assessments.get(3)


@pytest.mark.parametrize("odd", ["zero \x00 byte", "half \ud83d pair", "😀" * 800])
def test_any_text_of_a_listing_is_kept(assessments: AssessmentStore, odd: str) -> None:
    listing = Listing(odd, (odd,), odd, odd, odd, odd, odd, None, odd)
    kept = assessments.add(listing, assessment(listing_id=odd, image=odd))
    got = assessments.get(kept.id)
    assert got.listing == listing
    assert got.assessment.listing_id == odd
    assert got.assessment.images[0].image == odd


@pytest.mark.parametrize("price", [math.nan, math.inf])
def test_a_price_that_is_no_number_is_no_price(assessments: AssessmentStore, price: float) -> None:
    kept = assessments.add(Listing("L", price=price), assessment())
    assert kept.listing.price is None
    assert assessments.get(kept.id) == kept


def test_searchable_columns_repeat_the_document(
    database: Database, assessments: AssessmentStore
) -> None:
    assessments.add(LISTING, assessment())
    with database.session() as session:
        row = session.execute(text("SELECT listing_id, verdict, score FROM assessments")).one()
    assert tuple(row) == ("B09X", "suspect", 0.75)


def test_the_newest_background_of_a_model_counts(backgrounds: BackgroundStore) -> None:
    assert backgrounds.latest("m") is None
    backgrounds.record("m", "a" * 64, 500)
    newest = backgrounds.record("m", "b" * 64, 900)
    backgrounds.record("other", "c" * 64, 100)
    assert backgrounds.latest("m") == newest == StoredBackground("m", "b" * 64, 900, NOON)


def test_a_clock_without_a_time_zone_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(Exception, match="has no time zone"):
        SqlBackgroundStore(database, clock=lambda: naive).record("m", "a" * 64, 1)
    assert SqlBackgroundStore(database).latest("m") is None
    assert SqlBackgroundStore(database).record("m", "a" * 64, 1).created_at.tzinfo is UTC

"""One row to its outcome: what costs a photo, what a listing, and what the run."""

import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.batch.image_folders import LocalFolder
from app.batch.rows import BadRow, CatalogRow, Place, catalog_row
from app.batch.stage import AssessStage, Scored, SharedStageTotals
from app.domain.errors import InvalidInputError, StorageError
from app.services.collecting import ImageCollector
from tests.batch.samples import FakeAssessor, listing_values
from tests.outside import HOST, Outside, answer


def _row(folder: Path, **changes: object) -> CatalogRow:
    return catalog_row(
        Place(7), listing_values(7, **changes), folder=LocalFolder(folder), text="the line"
    )


def test_an_assessment_is_the_contracts_document(folder: Path) -> None:
    outcome = AssessStage(FakeAssessor()).run(_row(folder))
    assert isinstance(outcome, Scored)
    assert outcome.place.number == 7
    assert outcome.document["listing_id"] == "L7"
    assert [image["image"] for image in outcome.document["images"]] == [
        "photos/2.jpg",
        "photos/3.jpg",
    ]


def test_an_image_that_is_not_there_costs_that_image(folder: Path) -> None:
    images = ["photos/0.jpg", "gone.jpg", "https://example.org/x.jpg", "photos", "nul\0.jpg"]
    outcome = AssessStage(FakeAssessor()).run(_row(folder, images=images))
    assert isinstance(outcome, Scored)
    errors = [image["error"] and image["error"]["code"] for image in outcome.document["images"]]
    assert errors == [
        None,
        "image_missing",
        "image_url_refused",
        "image_unsupported",
        "image_missing",
    ]


@pytest.mark.parametrize("trouble", [ValueError("boom"), MemoryError(), RecursionError()])
def test_an_unexpected_exception_costs_its_listing_and_is_logged(
    folder: Path, trouble: Exception
) -> None:
    stage = AssessStage(FakeAssessor(trouble={"L7": trouble}))
    with capture_logs() as logs:
        outcome = stage.run(_row(folder))
    assert isinstance(outcome, BadRow)
    assert outcome.failure is not None
    assert outcome.failure in outcome.reason
    assert "boom" not in outcome.reason
    assert (outcome.place.number, outcome.text) == (7, "the line")
    (log,) = logs
    assert (log["failure"], log["row"], log["listing_id"]) == (outcome.failure, 7, "L7")
    assert log["exc_info"]


def test_a_listing_that_is_refused_is_a_bad_row_and_no_failure(folder: Path) -> None:
    stage = AssessStage(FakeAssessor(trouble={"L7": InvalidInputError("not like this")}))
    outcome = stage.run(_row(folder))
    assert isinstance(outcome, BadRow)
    assert (outcome.reason, outcome.failure) == ("not like this", None)


@pytest.mark.parametrize("trouble", [StorageError("gone"), KeyboardInterrupt(), SystemExit(3)])
def test_what_concerns_every_listing_ends_the_run(folder: Path, trouble: BaseException) -> None:
    stage = AssessStage(FakeAssessor(trouble={"L7": trouble}))
    with pytest.raises(type(trouble)):
        stage.run(_row(folder))


def test_a_bad_row_passes_through() -> None:
    row = BadRow(Place(1), "digest", "text", "reason")
    assert AssessStage(FakeAssessor()).run(row) is row


def test_the_versions_are_those_of_an_assessment(folder: Path) -> None:
    stage = AssessStage(FakeAssessor())
    outcome = stage.run(_row(folder))
    assert isinstance(outcome, Scored)
    assert stage.versions() == outcome.document["versions"]


def test_seconds_of_many_threads_add_up() -> None:
    totals = SharedStageTotals()

    def add() -> None:
        for _ in range(2_000):
            totals("decode", 0.5)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals.seconds() == {"decode": 4_000.0}


def test_a_photo_behind_a_url_is_fetched_where_that_is_allowed(folder: Path) -> None:
    with Outside() as outside:
        outside.replies["/0.jpg"] = answer(b"fetched", kind="image/jpeg")
        collector = ImageCollector(outside.fetcher(), at_once=1, max_bytes=1_000)
        stage = AssessStage(FakeAssessor(), collector=collector)
        urls = [f"https://{HOST}/0.jpg", f"https://{HOST}/gone.jpg", "https://elsewhere.test/0.jpg"]
        outcome = stage.run(_row(folder, images=["photos/0.jpg", *urls]))
        collector.close()
    assert isinstance(outcome, Scored)
    images = outcome.document["images"]
    assert [image["image"] for image in images] == ["photos/0.jpg", *urls]
    errors = [image["error"] and image["error"]["code"] for image in images]
    assert errors == [None, None, "image_fetch_failed", "image_url_refused"]

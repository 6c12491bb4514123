"""Counting: every outcome once, and a summary that adds up."""

from dataclasses import replace

import pytest

from app.batch.rows import BadRow, Place
from app.batch.stage import Scored
from app.batch.tally import CatalogSummary, ProgressReport, Taken, Tally

OK = {"error": None}
REST = {"claim": {"kind": "silent"}, "versions": {"model": "m"}}
BROKEN = {"error": {"code": "image_corrupt"}}


def _tally() -> Tally:
    clock = iter((10.0, 14.0))
    tally = Tally(lambda: next(clock))
    tally.add(
        Scored(Place(1), "", {"verdict": "suspect", **REST, "images": [OK, BROKEN]}), Taken.KEPT
    )
    tally.add(Scored(Place(2), "", {"verdict": "clear", **REST, "images": [OK]}))
    tally.add(BadRow(Place(3), "", "", "unreadable"))
    tally.add(BadRow(Place(4), "", "", "failed", failure="id"))
    return tally


def test_a_report_counts_rows_photos_suspects_and_errors() -> None:
    assert _tally().report(9) == ProgressReport(
        4, 9, listings=2, photos=3, suspects=1, errors=3, new_rows=3, new_photos=1, seconds=4.0,
        causes={"row_rejected": 1, "assessment_failed": 1, "image_corrupt": 1},
    )  # fmt: skip


def test_a_report_says_how_fast_it_goes_and_how_long_it_takes() -> None:
    report = _tally().report(9)
    assert report.photos_per_second == 0.25
    assert report.seconds_left == pytest.approx(5 * 4 / 3)
    assert Tally().report(9).seconds_left is None


def test_a_summary_is_plain_json() -> None:
    assert _tally().summary(2.0, {"decode": 0.12345}).to_document() == {
        "rows": 4,
        "listings": 2,
        "verdicts": {"clear": 1, "review": 0, "suspect": 1},
        "claims": {"unbranded": 0, "names": 0, "silent": 2},
        "rejected": 1,
        "failures": 1,
        "photos": 3,
        "image_errors": {"image_corrupt": 1},
        "kept_rows": 1,
        "unchanged_rows": 0,
        "taken_photos": 2,
        "repeated_photos": 0,
        "seconds": 2.0,
        "stage_seconds": {"decode": 0.123},
        "photos_per_second": 0.5,
        "versions": [{"model": "m"}],
    }


def test_nothing_in_no_time_is_no_rate() -> None:
    assert Tally().summary(0.0, {}).photos_per_second == 0


def test_a_summary_that_does_not_add_up_is_refused() -> None:
    summary: CatalogSummary = _tally().summary(1.0, {})
    with pytest.raises(ValueError, match="one verdict"):
        replace(summary, listings=3)
    with pytest.raises(ValueError, match="kept"):
        replace(summary, taken_photos=4)

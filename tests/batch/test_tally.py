"""Counting: every outcome once, and a summary that adds up."""

from dataclasses import replace

import pytest

from app.batch.rows import BadRow
from app.batch.stage import Scored
from app.batch.tally import CatalogSummary, ProgressReport, Tally

OK = {"error": None}
BROKEN = {"error": {"code": "image_corrupt"}}


def _tally() -> Tally:
    tally = Tally()
    tally.add(Scored(1, "", {"verdict": "suspect", "images": [OK, BROKEN]}))
    tally.mark_kept()
    tally.add(Scored(2, "", {"verdict": "clear", "images": [OK]}))
    tally.add(BadRow(3, "", "", "unreadable"))
    tally.add(BadRow(4, "", "", "failed", failure="id"))
    return tally


def test_a_report_counts_rows_photos_suspects_and_errors() -> None:
    assert _tally().report(9) == ProgressReport(
        rows=4, total_rows=9, listings=2, photos=3, suspects=1, errors=3
    )


def test_a_summary_is_plain_json() -> None:
    assert _tally().summary(2.0, {"decode": 0.12345}).to_document() == {
        "rows": 4,
        "listings": 2,
        "verdicts": {"clear": 1, "review": 0, "suspect": 1},
        "rejected": 1,
        "failures": 1,
        "photos": 3,
        "image_errors": {"image_corrupt": 1},
        "kept_rows": 1,
        "kept_photos": 2,
        "seconds": 2.0,
        "stage_seconds": {"decode": 0.123},
        "photos_per_second": 0.5,
    }


def test_nothing_in_no_time_is_no_rate() -> None:
    assert Tally().summary(0.0, {}).photos_per_second == 0


def test_a_summary_that_does_not_add_up_is_refused() -> None:
    summary: CatalogSummary = _tally().summary(1.0, {})
    with pytest.raises(ValueError, match="one verdict"):
        replace(summary, listings=3)
    with pytest.raises(ValueError, match="kept"):
        replace(summary, kept_photos=4)

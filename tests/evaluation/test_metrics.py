"""The figures: pessimistic about ties, honest about their width."""

import numpy as np
import pytest

from app.evaluation.metrics import hit_share, recall_at_false_positives


def test_a_constant_score_finds_nothing() -> None:
    same = np.full(50, 7.0)
    assert recall_at_false_positives(same, same, 0.05).value == 0


def test_a_perfect_score_finds_everything() -> None:
    assert recall_at_false_positives(np.ones(20), np.full(20, 9.0), 0.0).value == 1


@pytest.mark.parametrize(("rate", "recall"), [(0.0, 0.25), (0.1, 0.5), (0.2, 0.75)])
def test_each_allowed_negative_moves_the_bar(rate: float, recall: float) -> None:
    negatives = np.array([2.0, 4.0, 6.0, *[99.0] * 7])
    assert (
        recall_at_false_positives(np.array([1.0, 3.0, 5.0, 7.0]), negatives, rate).value == recall
    )


def test_the_interval_holds_the_figure_and_narrows_with_cases() -> None:
    few = hit_share(np.array([True, False] * 10))
    many = hit_share(np.array([True, False] * 1000))
    for share in (few, many):
        assert share.low <= share.value == 0.5 <= share.high
    assert many.high - many.low < 0.3 * (few.high - few.low)
    assert hit_share(np.array([True, False] * 10)) == few


def test_no_cases_give_no_figure() -> None:
    assert np.isnan(hit_share(np.array([], bool)).value)
    assert np.isnan(recall_at_false_positives(np.array([]), np.ones(3), 0.1).value)


def test_boxes_of_one_photo_are_drawn_together() -> None:
    hits = np.array([True, False]).repeat(50)
    photos = [f"photo {number // 10}" for number in range(100)]
    apart, together = hit_share(hits), hit_share(hits, photos)
    assert apart.value == together.value == 0.5
    assert together.high - together.low > 2 * (apart.high - apart.low)
    assert together.cases == 100


def test_each_case_is_its_own_photo_where_none_are_named() -> None:
    hits = np.array([True, False, True])
    assert hit_share(hits) == hit_share(hits, ["a", "b", "c"])
    with pytest.raises(ValueError, match="3 cases but 2 clusters"):
        hit_share(hits, ["a", "b"])


def test_a_figure_of_nothing_is_null() -> None:
    assert hit_share(np.array([], bool)).document() == {
        "value": None,
        "low": None,
        "high": None,
        "cases": 0,
    }

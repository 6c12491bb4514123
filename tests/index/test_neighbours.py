"""A search result refuses to be inconsistent and cannot be changed."""

import numpy as np
import pytest

from index import NO_ID, InvalidNeighboursError, Neighbours

NONE = -np.inf


def neighbours(ids: list[list[int]], similarities: list[list[float]]) -> Neighbours:
    return Neighbours(np.array(ids, np.int64), np.array(similarities, np.float32))


def test_keeps_rows_with_their_padding_at_the_end() -> None:
    found = neighbours([[4, 2, NO_ID]], [[0.9, 0.9, NONE]])
    assert found.ids.dtype == np.int64
    assert found.similarities.dtype == np.float32
    assert found.ids.tolist() == [[4, 2, -1]]


def test_is_read_only_and_apart_from_the_arrays_it_was_given() -> None:
    ids, similarities = np.array([[1]]), np.array([[0.5]], np.float32)
    found = Neighbours(ids, similarities)
    ids[0, 0], similarities[0, 0] = 2, 0.1
    assert (found.ids.item(), found.similarities.item()) == (1, 0.5)
    with pytest.raises(ValueError, match="read-only"):
        found.ids[0, 0] = 2


@pytest.mark.parametrize(
    ("ids", "similarities", "message"),
    [
        ([[1, 2]], [[0.5]], "same"),
        ([[1, 2]], [[0.5, 0.6]], "fall"),
        ([[1, 2]], [[np.nan, 0.5]], "finite"),
        ([[1, 2]], [[np.inf, 0.5]], "finite"),
        ([[1, 2]], [[0.5, NONE]], "finite"),
        ([[1, NO_ID]], [[0.5, 0.1]], "-inf"),
        ([[NO_ID, 1]], [[NONE, 0.5]], "fall"),
        ([[-2]], [[0.5]], "negative"),
    ],
)
def test_refuses_a_contradiction(
    ids: list[list[int]], similarities: list[list[float]], message: str
) -> None:
    with pytest.raises(InvalidNeighboursError, match=message):
        neighbours(ids, similarities)


def test_refuses_a_single_row_without_its_axis() -> None:
    with pytest.raises(InvalidNeighboursError, match="same"):
        Neighbours(np.array([1]), np.array([0.5], np.float32))


def test_ranked_sorts_each_row_puts_lower_ids_first_and_pads() -> None:
    ids = np.array([[9, 5, 7], [3, NO_ID, 4]])
    similarities = np.array([[0.5, 0.5, 0.8], [0.1, 77.0, 0.2]], np.float32)
    found = Neighbours.ranked(ids, similarities, k=4)
    assert found.ids.tolist() == [[7, 5, 9, NO_ID], [4, 3, NO_ID, NO_ID]]
    np.testing.assert_array_equal(
        found.similarities, np.array([[0.8, 0.5, 0.5, NONE], [0.2, 0.1, NONE, NONE]], np.float32)
    )


def test_no_queries_give_no_rows() -> None:
    found = Neighbours.ranked(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32), k=3)
    assert found.ids.shape == (0, 3)

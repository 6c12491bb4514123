"""Ids and vectors stay aligned through every change, and wrong ones are refused in plain words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import InvalidIdsError, InvalidParameterError, InvalidVectorsError
from index.gallery import Gallery, Ids, Rows
from tests.index.rows import axis_rows, unit_rows


def gallery(*ids: int) -> Gallery:
    return Gallery.of(4, ids, axis_rows(*(i % 4 for i in ids)))


def test_entries_are_kept_in_order_of_id() -> None:
    entries = Gallery.of(4, [9, 2, 5], axis_rows(1, 2, 3))
    assert entries.ids.tolist() == [2, 5, 9]
    np.testing.assert_array_equal(entries.vectors, axis_rows(2, 3, 1))


def test_removal_and_addition_keep_vectors_with_their_ids() -> None:
    entries = Gallery.of(4, [1, 2, 3, 4], axis_rows(0, 1, 2, 3))
    changed = entries.with_changes([7, 0], axis_rows(2, 1), [3, 1])
    assert changed.ids.tolist() == [0, 2, 4, 7]
    np.testing.assert_array_equal(changed.vectors, axis_rows(1, 1, 3, 2))
    assert entries.ids.tolist() == [1, 2, 3, 4]


def test_an_id_removed_and_added_at_once_gets_its_new_vector() -> None:
    changed = gallery(1, 2).with_changes([1], axis_rows(3), [1])
    assert changed.ids.tolist() == [1, 2]
    np.testing.assert_array_equal(changed.vectors, axis_rows(3, 2))


def test_it_copies_what_it_is_given_and_cannot_be_written_to() -> None:
    vectors = axis_rows(0)
    entries = Gallery.of(4, [0], vectors)
    vectors[0] = 0
    assert entries.vectors[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        entries.vectors[0, 0] = 0


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    entries = Gallery.of(8, [2**33, 2**62, 5], unit_rows(3))
    entries.save(tmp_path)
    loaded = Gallery.load(tmp_path)
    np.testing.assert_array_equal(loaded.ids, entries.ids)
    np.testing.assert_array_equal(loaded.vectors, entries.vectors)


def test_a_pickle_in_place_of_an_array_is_not_opened(tmp_path: Path) -> None:
    gallery(1).save(tmp_path)
    np.save(tmp_path / "vectors.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Gallery.load(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: gallery(1).with_changes([1], axis_rows(0)), "there already: 1$"),
        (lambda: gallery(1).with_changes(remove_ids=range(2, 9)), "2, 3, 4, 5, 6 and 2 more"),
        (lambda: gallery(1).with_changes(remove_ids=[1, 1]), "remove_ids.*once"),
        (lambda: gallery(3, 3), "add_ids.*once"),
    ],
)
def test_a_change_that_would_muddle_ids_is_refused(
    change: Callable[[], Gallery], message: str
) -> None:
    with pytest.raises(InvalidIdsError, match=message):
        change()


@pytest.mark.parametrize(
    "ids",
    [[-1], [0.5], [True], ["1"], [[1]], [2**63], np.array([1], np.uint64)],
    ids=repr,
)
def test_ids_that_are_no_64_bit_whole_numbers_are_refused(ids: Ids) -> None:
    with pytest.raises(InvalidIdsError, match="add_ids"):
        Gallery.of(4, ids, axis_rows(0))


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (axis_rows(0).astype(np.float64), "float32 array, not float64"),
        ([[1.0, 0.0, 0.0, 0.0]], "float32 array, not list"),
        (axis_rows(0)[0], r"\(rows, 4\), not \(4,\)"),
        (axis_rows(0, dim=5), r"\(rows, 4\), not \(1, 5\)"),
        (axis_rows(0, dim=8)[:, ::2], "contiguous"),
        (np.full((1, 4), np.nan, np.float32), "finite.*row 0 is of length nan"),
        (np.full((1, 4), np.inf, np.float32), "finite"),
        (axis_rows(0) * np.float32(1.002), "length 1, but row 0 is of length 1.002"),
        (np.zeros((1, 4), np.float32), "row 0 is of length 0"),
        (axis_rows(0, 1), "1 ids but 2 vectors"),
        (None, "1 ids but 0 vectors"),
    ],
)
def test_vectors_that_are_no_unit_rows_are_refused(vectors: Rows, message: str) -> None:
    with pytest.raises(InvalidVectorsError, match=message):
        Gallery.of(4, [1], vectors)


def test_rounding_in_the_length_is_let_through() -> None:
    assert len(Gallery.of(4, [1], axis_rows(0) * np.float32(1.0009))) == 1


def test_a_dimension_must_be_positive() -> None:
    with pytest.raises(InvalidParameterError, match="dim"):
        Gallery.of(0)

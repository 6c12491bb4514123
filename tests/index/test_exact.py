"""The reference is right on cases that can be worked out by hand."""

import numpy as np

from index import IndexOptions, build_index
from tests.index.rows import axis_rows

EXACT = IndexOptions(kind="exact")


def test_similarity_is_the_cosine_and_the_closest_comes_first() -> None:
    rows = np.array([[0, 1], [0.6, 0.8], [-1, 0]], np.float32)
    found = build_index(EXACT, 2, [1, 2, 3], rows).search(np.array([[1, 0]], np.float32), k=3)
    assert found.ids.tolist() == [[2, 1, 3]]
    np.testing.assert_allclose(found.similarities, [[0.6, 0, -1]], atol=1e-7)


def test_equal_similarities_go_to_the_lower_id_wherever_k_cuts() -> None:
    index = build_index(EXACT, 4, [8, 6, 4, 2, 1], axis_rows(0, 0, 0, 0, 1))
    for k in range(1, 6):
        assert index.search(axis_rows(0), k).ids.tolist() == [[2, 4, 6, 8, 1][:k]]

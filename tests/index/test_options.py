"""Options refuse unknown kinds and numbers out of range, and say what would do."""

import re

import pytest

from index import (
    INDEX_KINDS,
    IndexOptions,
    InvalidParameterError,
    UnknownIndexKindError,
    build_index,
)
from tests.index.rows import unit_rows


def test_the_default_is_exact_search() -> None:
    assert IndexOptions().kind == "flat"


def test_an_unknown_kind_is_refused_with_the_list_of_kinds() -> None:
    with pytest.raises(UnknownIndexKindError, match=r"'annoy'.*exact, flat, ivf, hnsw") as refusal:
        IndexOptions(kind="annoy")  # type: ignore[arg-type]
    assert refusal.value.valid == INDEX_KINDS


@pytest.mark.parametrize("number", [0, -1, 1.5, True, "8"])
@pytest.mark.parametrize("name", ["ivf_lists", "ivf_probes", "hnsw_neighbours", "hnsw_search"])
def test_a_number_out_of_range_is_refused_by_name(name: str, number: object) -> None:
    with pytest.raises(InvalidParameterError, match=f"{name}.*{re.escape(repr(number))}"):
        IndexOptions(**{name: number})  # type: ignore[arg-type]


def test_a_graph_needs_two_links_per_vertex() -> None:
    with pytest.raises(
        InvalidParameterError, match="hnsw_neighbours must be a whole number from 2"
    ):
        IndexOptions(hnsw_neighbours=1)
    options = IndexOptions(kind="hnsw", hnsw_neighbours=2)
    index = build_index(options, 8, range(200), unit_rows(200))
    assert index.search(unit_rows(5), k=2).ids.shape == (5, 2)


def test_more_probes_than_lists_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="only 4"):
        IndexOptions(ivf_lists=4, ivf_probes=5)

"""Which index to build, as plain numbers.

    kind     answers    vectors kept    to add     to remove    choose it
    exact    exactly    once            copies     copies       as the reference in tests
    flat     exactly    once            copies     copies       up to about 100,000 vectors
    ivf      nearly     twice           copies     copies       beyond that, edited often
    hnsw     nearly     twice           copies     rebuilds     beyond that, edited rarely

A copy costs milliseconds per 10,000 vectors; to rebuild a graph takes seconds per 10,000.

Options hold no state: the numbers of a search (`ivf_probes`, `hnsw_search`) travel with every
single search, because one set on a shared FAISS index changes the searches of every other thread.
"""

from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias, get_args

from index.errors import InvalidParameterError, UnknownIndexKindError

IndexKind: TypeAlias = Literal["exact", "flat", "ivf", "hnsw"]
INDEX_KINDS: Final[tuple[IndexKind, ...]] = get_args(IndexKind)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """The kind of index asked for and its parameters; those of other kinds are ignored.

    An `ivf` index needs 39 vectors per list to learn its lists (FAISS's own lower bound). With
    fewer, `build_index` makes a `flat` one instead, which is exact and at that size no slower, and
    its `kind` says so.

    Attributes:
        kind: One of `INDEX_KINDS`.
        ivf_lists: Cells the space is cut into; 4 to 16 times the square root of the count is usual.
        ivf_probes: Cells visited per query; recall and time both grow with it.
        hnsw_neighbours: Links per vertex of the graph, at least 2; 8 bytes each per vector.
        hnsw_construction: Candidates kept while a vertex is linked; better graph, slower build.
        hnsw_search: Candidates kept per query; recall and time both grow with it.

    Raises:
        UnknownIndexKindError: `kind` is not in `INDEX_KINDS`.
        InvalidParameterError: A number is not whole or too small, or probes exceed lists.
    """

    kind: IndexKind = "flat"
    ivf_lists: int = 1024
    ivf_probes: int = 32
    hnsw_neighbours: int = 32
    hnsw_construction: int = 100
    hnsw_search: int = 128

    def __post_init__(self) -> None:
        if self.kind not in INDEX_KINDS:
            raise UnknownIndexKindError(self.kind, INDEX_KINDS)
        for field in fields(self)[1:]:
            # A graph of one link per vertex is not refused by FAISS: it crashes the process.
            least = 2 if field.name == "hnsw_neighbours" else 1
            require_whole(field.name, getattr(self, field.name), least=least)
        if self.ivf_probes > self.ivf_lists:
            raise InvalidParameterError(
                f"ivf_probes is {self.ivf_probes}, but there are only {self.ivf_lists} ivf_lists"
            )


def require_whole(name: str, number: int, *, least: int = 1) -> None:
    """Refuses what is not a whole number of at least `least` (`True` is not a number here).

    Raises:
        InvalidParameterError: The message names the parameter and its value.
    """
    if type(number) is not int or number < least:
        raise InvalidParameterError(f"{name} must be a whole number from {least}, not {number!r}")

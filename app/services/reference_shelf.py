"""The references that take part, with their vectors, at hand for whoever compares new ones to them.

Read once and then renewed by difference when the registry's version has moved, so that enrolling a
thousand references does not read the registry a thousand times.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.ports import RegistryStore
from app.domain.registry import Motif, Reference
from app.services.reference_vectors import ReferenceVectors
from models.regions import Embeddings


@dataclass(frozen=True, slots=True, eq=False)
class ShelfView:
    """References, ids ascending, and their vectors `(references, dim)`, at one version."""

    version: int
    references: tuple[Reference, ...]
    vectors: Embeddings
    motifs: Mapping[int, Motif]

    def __post_init__(self) -> None:
        if len(self.references) != len(self.vectors):
            raise ValueError("one vector for each reference")


class ReferenceShelf:
    """Keeps the newest view; its owner lets one thread in at a time."""

    def __init__(self, registry: RegistryStore, vectors: ReferenceVectors) -> None:
        self._registry = registry
        self._vectors = vectors
        self._view: ShelfView | None = None

    def view(self) -> ShelfView:
        """Return the references as the registry has them now."""
        view = self._view
        if view is None or view.version != self._registry.version():
            self._view = view = self._renewed(view)
        return view

    def _renewed(self, before: ShelfView | None) -> ShelfView:
        state = self._registry.state()
        references = tuple(ref for ref in state.references if ref.takes_part)
        known = {ref.id: row for row, ref in enumerate(before.references)} if before else {}
        added = [ref for ref in references if ref.id not in known]
        rows = np.array([known[ref.id] for ref in references if ref.id in known], np.intp)
        kept = before.vectors[rows] if before else self._vectors.of(())
        # Ids ascend and are never used twice, but a release can put an old one in between.
        ids: NDArray[np.int64] = np.array(
            [ref.id for ref in references if ref.id in known] + [ref.id for ref in added], np.int64
        )
        vectors = np.concatenate([kept, self._vectors.of(added)])[np.argsort(ids)]
        motifs = {motif.id: motif for motif in state.motifs}
        return ShelfView(state.version, references, vectors, motifs)

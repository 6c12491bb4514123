"""FAISS behind the protocol: exact (`flat`), by cells (`ivf`) or by graph (`hnsw`).

`flat` searches the gallery's own arrays. `ivf` and `hnsw` add a FAISS structure that is filled
under the caller's ids, so there are no positions to fall out of step with them. A change clones
the structure and edits the clone.

Nothing here is shared between searches: how many cells or candidates to visit travels with each
call, never as a setting of the structure, and no thread count is ever set.

FAISS: Douze et al., "The Faiss library", 2024, https://arxiv.org/abs/2401.08281.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import faiss as typed_faiss
import numpy as np

from index.gallery import Gallery, Ids, Rows
from index.gallery_index import GalleryIndex, Nearest
from index.options import IndexKind, IndexOptions

# Some FAISS versions ship type stubs, and those lack much of what is called below.
faiss: Final[Any] = typed_faiss

TRAINING_VECTORS_PER_LIST: Final = 39  # below it FAISS itself warns that the cells are poor
STRUCTURE_FILE: Final = "structure.faiss"


@dataclass(frozen=True, slots=True, eq=False)
class FaissIndex(GalleryIndex):
    """A FAISS search over a gallery.

    Of equal similarities at the edge of the k, FAISS decides which one is kept. An index keeps its
    kind: a `flat` one that stands in for `ivf` stays flat as it grows, and cells are learned once,
    until `build_index` makes a new index.

    Attributes:
        structure: A trained `faiss.Index` holding the gallery's entries; `None` for `flat`.
    """

    structure: Any | None

    @classmethod
    def build(cls, gallery: Gallery, options: IndexOptions) -> Self:
        """Learns and fills the structure, if the kind has one and the entries suffice."""
        return cls(gallery, options, _build_structure(gallery, options))

    @property
    def kind(self) -> IndexKind:
        """`flat` wherever there is no structure, whatever was asked for."""
        return "flat" if self.structure is None else self.options.kind

    def with_changes(
        self, add_ids: Ids = (), add_vectors: Rows | None = None, remove_ids: Ids = ()
    ) -> Self:
        """Another index, its structure cloned and edited; `hnsw` is rebuilt to remove anything."""
        gallery = self.gallery.with_changes(add_ids, add_vectors, remove_ids)
        if self.structure is None:
            return type(self)(gallery, self.options, None)
        if self.kind == "hnsw" and len(remove_ids):
            return self.build(gallery, self.options)  # FAISS cannot cut a vertex out of a graph
        structure = faiss.clone_index(self.structure)
        if len(remove_ids):
            structure.remove_ids(np.asarray(remove_ids, np.int64))
        if add_vectors is not None:
            structure.add_with_ids(add_vectors, np.asarray(add_ids, np.int64))
        return type(self)(gallery, self.options, structure)

    def save(self, folder: Path) -> None:
        """Writes the gallery's files and the structure's."""
        self.gallery.save(folder)
        if self.structure is not None:
            # Not faiss.write_index: it reports no error when the disk fills up at the last block.
            (folder / STRUCTURE_FILE).write_bytes(faiss.serialize_index(self.structure))

    @classmethod
    def load(cls, folder: Path, kind: IndexKind, options: IndexOptions) -> Self:
        """Reads what `save` wrote; the files are expected to have been verified.

        Raises:
            OSError: A file of the gallery is missing.
            ValueError: The files are not an index.
            RuntimeError: FAISS cannot read the structure.
        """
        gallery = Gallery.load(folder)
        if kind == "flat":
            return cls(gallery, options, None)
        structure = faiss.read_index(str(folder / STRUCTURE_FILE))
        if (structure.d, structure.ntotal) != (gallery.dim, len(gallery)):
            raise ValueError("the FAISS structure and the gallery beside it differ in size")
        return cls(gallery, options, structure)

    def _nearest(self, queries: Rows, k: int) -> Nearest:
        if self.structure is None:
            metric = faiss.METRIC_INNER_PRODUCT
            similarities, positions = faiss.knn(queries, self.gallery.vectors, k, metric=metric)
            return self.ids[positions], similarities  # (queries, k) each
        similarities, ids = self.structure.search(queries, k, params=self._parameters(k))
        return ids, similarities

    def _parameters(self, k: int) -> Any:
        if self.kind == "ivf":
            return faiss.SearchParametersIVF(nprobe=self.options.ivf_probes)
        # Fewer candidates than k could not fill the result.
        return faiss.SearchParametersHNSW(efSearch=max(self.options.hnsw_search, k))


def _build_structure(gallery: Gallery, options: IndexOptions) -> Any | None:
    if options.kind == "ivf" and len(gallery) >= options.ivf_lists * TRAINING_VECTORS_PER_LIST:
        structure = _empty_structure(gallery.dim, f"IVF{options.ivf_lists},Flat")
        structure.train(gallery.vectors)
    elif options.kind == "hnsw":
        structure = _empty_structure(gallery.dim, f"IDMap,HNSW{options.hnsw_neighbours},Flat")
        faiss.downcast_index(structure.index).hnsw.efConstruction = options.hnsw_construction
    else:
        return None
    structure.add_with_ids(gallery.vectors, gallery.ids)
    return structure


def _empty_structure(dim: int, description: str) -> Any:
    return faiss.index_factory(dim, description, faiss.METRIC_INNER_PRODUCT)

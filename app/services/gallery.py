"""The motif gallery: everything that matching a photo needs, as one value of one registry version.

    vector index  +  whose reference each id is  +  null distributions  +  brand names
    +  who may sell what  +  what it is known to cost

It never changes. A registry change makes another gallery beside it (`live_gallery.py`), so a photo
that is being matched sees the old registry or the new one in all its parts, never a mixture.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.domain.box import Box
from app.domain.brand_names import BrandNames
from app.domain.calibration import NullDistributions
from app.domain.match import Match
from app.domain.prices import PriceBook
from app.domain.registry import Motif, Polarity, Reference
from app.domain.residue import ResidueWords
from app.domain.sellers import SellerBook
from index import NO_ID, VectorIndex
from models.regions import Boxes, Embeddings


@dataclass(frozen=True, slots=True, eq=False)
class MotifGallery:
    """The searchable registry.

    `references` are sorted by id and are exactly the index's ids; `motifs` are the rows of `nulls`.
    """

    registry_version: int
    index: VectorIndex
    motifs: tuple[Motif, ...]
    references: tuple[Reference, ...]
    nulls: NullDistributions | None
    background: str | None
    brand_names: BrandNames
    sellers: SellerBook = field(default_factory=SellerBook)
    prices: PriceBook = field(default_factory=PriceBook)
    residue: ResidueWords = field(init=False)

    def __post_init__(self) -> None:
        ids = np.array([reference.id for reference in self.references], np.int64)
        if not np.array_equal(ids, self.index.ids):
            raise ValueError("the gallery's references are not the index's ids")
        if self.nulls is not None and len(self.nulls.maxima) != len(self.motifs):
            raise ValueError("one null distribution for each motif")
        counted = (motif for motif in self.motifs if motif.quarantine is None)
        object.__setattr__(self, "residue", ResidueWords(counted))

    def reference(self, reference_id: int) -> Reference:
        """Return one of the references by its id."""
        return self.references[int(np.searchsorted(self.index.ids, reference_id))]

    @property
    def version(self) -> str:
        """Names the index in an assessment: its kind, its registry version and its size."""
        return f"{self.index.kind}-r{self.registry_version}-n{len(self.index)}"


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Region x reference candidates, as aligned `(pairs,)` arrays."""

    region: NDArray[np.intp]
    reference: NDArray[np.intp]
    row: NDArray[np.intp]
    similarity: NDArray[np.float32]

    def keep(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "_Pairs":
        """Return the pairs selected by a mask or by places."""
        return _Pairs(
            self.region[which], self.reference[which], self.row[which], self.similarity[which]
        )


class Matcher:
    """Matches photos against one gallery; cheap to make, safe to share between threads."""

    def __init__(self, gallery: MotifGallery, *, neighbours: int) -> None:
        self.gallery = gallery
        self._neighbours = neighbours
        rows = {motif.id: row for row, motif in enumerate(gallery.motifs)}
        self._rows = np.array([rows[ref.motif_id] for ref in gallery.references], np.intp)
        self._negative = np.array(
            [ref.polarity is Polarity.NEGATIVE for ref in gallery.references], bool
        )

    def match(self, boxes: Boxes, embeddings: Embeddings, limit: int) -> tuple[Match, ...]:
        """Return the best match of each motif in a photo, best first, at most `limit`.

        All regions of the photo are searched in one call. A region that resembles a negative
        reference of a motif at least as much as a positive one does not count for that motif.

        Args:
            boxes: `(regions, 4)` of the photo.
            embeddings: `(regions, dim)` unit rows, aligned with `boxes`.
            limit: how many matches to return.
        """
        if not len(self.gallery.references) or not len(boxes):
            return ()
        best = self._best_per_motif(self._without_look_alikes(self._search(embeddings)))
        chances = self._chances(best)
        order = np.lexsort((best.reference, -best.similarity, chances))[:limit]
        return tuple(self._match(best, int(place), boxes, float(chances[place])) for place in order)

    def suppressor(self, embedding: Embeddings, motif_id: int) -> tuple[int, float] | None:
        """Return the negative reference that keeps a region from counting, with its similarity.

        Args:
            embedding: `(1, dim)`, the region.
            motif_id: whose references it is held against.

        Returns:
            `None` where a positive reference counts for the region, or none is near at all.
        """
        found = self._search(embedding)
        own = np.array([motif.id == motif_id for motif in self.gallery.motifs], bool)
        pairs = found.keep(own[found.row])
        negatives = pairs.keep(self._negative[pairs.reference])
        if len(negatives.row) in {0, len(pairs.row)} or len(self._without_look_alikes(pairs).row):
            return None
        place = int(np.argmax(negatives.similarity))
        reference = self.gallery.references[negatives.reference[place]]
        return reference.id, float(negatives.similarity[place])

    def _search(self, embeddings: Embeddings) -> _Pairs:
        found = self.gallery.index.search(embeddings, self._neighbours)
        places = found.ids != NO_ID
        region = np.nonzero(places)[0]
        reference = np.searchsorted(self.gallery.index.ids, found.ids[places])
        return _Pairs(region, reference, self._rows[reference], found.similarities[places])

    def _without_look_alikes(self, pairs: _Pairs) -> _Pairs:
        negative = self._negative[pairs.reference]
        positives = pairs.keep(~negative)
        if not negative.any():
            return positives
        # One key for each region x motif: the negative's similarity is what a positive must beat.
        keys = pairs.region * len(self.gallery.motifs) + pairs.row
        bar: dict[int, float] = {}
        for key, similarity in zip(keys[negative], pairs.similarity[negative], strict=True):
            bar[int(key)] = max(bar.get(int(key), -1.0), float(similarity))
        beaten = [
            similarity <= bar.get(int(key), -2.0)
            for key, similarity in zip(keys[~negative], positives.similarity, strict=True)
        ]
        return positives.keep(~np.array(beaten, bool))

    @staticmethod
    def _best_per_motif(pairs: _Pairs) -> _Pairs:
        order = np.lexsort((pairs.reference, -pairs.similarity, pairs.row))
        _, first = np.unique(pairs.row[order], return_index=True)
        return pairs.keep(order[first])

    def _chances(self, best: _Pairs) -> NDArray[np.float64]:
        if self.gallery.nulls is None:
            return np.ones(len(best.row))
        return self.gallery.nulls.chances(best.row, best.similarity)

    def _match(self, best: _Pairs, place: int, boxes: Boxes, chance: float) -> Match:
        motif = self.gallery.motifs[best.row[place]]
        return Match(
            brand=motif.brand.name,
            motif=motif.name,
            motif_id=motif.id,
            reference_id=self.gallery.references[best.reference[place]].id,
            box=Box(*(int(edge) for edge in boxes[best.region[place]])),
            similarity=float(best.similarity[place]),
            false_alarms_per_million=None if self.gallery.nulls is None else 1e6 * chance,
            tail=chance,
            quarantined=motif.quarantine is not None,
        )

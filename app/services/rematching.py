"""Searches photos for one motif, or a few, by what the photos were embedded as before.

    regions of a photo x references of the motif ─▶ best match, with its figure | nothing

The figure is the one that the motif has in the registry as it is. It is by sight alone: without the
photo nobody can look a second time or read.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.errors import NotFoundError
from app.domain.match import Match
from app.domain.registry import IdPrefix, parse_id, public_id
from app.services.gallery import Matcher, MotifGallery
from app.services.image_findings import best_of_frames
from app.services.live_gallery import LiveGallery
from app.services.reference_vectors import ReferenceVectors
from app.services.region_memory import PhotoRegions
from index import IndexOptions, build_index


class MotifSearch:
    """Looks for some motifs of the registry; cheap to ask, safe to share between threads."""

    def __init__(
        self, gallery: LiveGallery, vectors: ReferenceVectors, motif_ids: Sequence[str]
    ) -> None:
        """Gather the motifs' references.

        Raises:
            NotFoundError: when a motif is not there, is disabled, or has no reference to look for.
        """
        whole = gallery.current().gallery
        wanted = {parse_id(IdPrefix.MOTIF, text) for text in motif_ids}
        missing = wanted - {motif.id for motif in whole.motifs}
        if missing:
            names = ", ".join(public_id(IdPrefix.MOTIF, number) for number in sorted(missing))
            raise NotFoundError(f"no enabled motif with a reference: {names}")
        self.motif_ids = frozenset(wanted)
        self._matcher = Matcher(_only(whole, wanted, vectors), neighbours=len(whole.references))

    def matches(self, photo: PhotoRegions) -> tuple[Match, ...]:
        """Return each motif's best match in a photo, best first."""
        count = len(self.motif_ids)
        frames = [self._matcher.match(f.boxes, f.embeddings, count) for f in photo.frames]
        return best_of_frames(frames, count)


def _only(whole: MotifGallery, wanted: set[int], vectors: ReferenceVectors) -> MotifGallery:
    """Return the part of a gallery that these motifs make, their figures as in the whole."""
    references = tuple(ref for ref in whole.references if ref.motif_id in wanted)
    rows = [row for row, motif in enumerate(whole.motifs) if motif.id in wanted]
    embeddings = vectors.of(references)
    index = build_index(
        IndexOptions(kind="flat"), embeddings.shape[1], [ref.id for ref in references], embeddings
    )
    nulls = whole.nulls
    return replace(
        whole,
        index=index,
        motifs=tuple(whole.motifs[row] for row in rows),
        references=references,
        nulls=None if nulls is None else nulls.only(*rows),
    )

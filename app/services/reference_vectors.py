"""The vectors of references: read from SQL, or embedded from their stored image when missing.

Vectors are kept under the model's name and hash. After a model change nothing fits any more, and
every reference is embedded again from its blob: that is the whole migration.
"""

from collections.abc import Sequence

import numpy as np

from app.domain.errors import ImageRefusedError, NotFoundError, StorageError
from app.domain.ports import BlobStore, EmbeddingStore
from app.domain.registry import IdPrefix, Reference, public_id
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from models.protocols import Embedder, model_id
from models.regions import Embeddings, Regions

_SAVED_AT_ONCE = 500


class ReferenceVectors:
    """Looks vectors up, and makes and keeps those that are missing."""

    def __init__(
        self, embedder: Embedder, store: EmbeddingStore, blobs: BlobStore, limits: DecodeLimits
    ) -> None:
        self.embedder = embedder
        self._model = model_id(embedder)
        self._store = store
        self._blobs = blobs
        self._limits = limits

    @property
    def model(self) -> str:
        """The name and hash that vectors are kept under."""
        return self._model

    def of(self, references: Sequence[Reference]) -> Embeddings:
        """Return `(len(references), dim)` unit rows, in the order given."""
        ids = [reference.id for reference in references]
        known = self._store.load(self._model, ids, self.embedder.dim)
        missing = [reference for reference in references if reference.id not in known]
        for start in range(0, len(missing), _SAVED_AT_ONCE):
            made: list[tuple[int, Embeddings]] = []
            try:
                made += (
                    (ref.id, self.embed(ref)) for ref in missing[start : start + _SAVED_AT_ONCE]
                )
            finally:
                self._store.save(self._model, made)  # also those before one that failed
            known.update(made)
        rows = [known[number] for number in ids]
        return np.array(rows, np.float32).reshape(-1, self.embedder.dim)

    def keep(self, vectors: Sequence[tuple[Reference, Embeddings]]) -> None:
        """Keep vectors that were made on the way in."""
        self._store.save(self._model, [(reference.id, row) for reference, row in vectors])

    def embed(self, reference: Reference) -> Embeddings:
        """Return the `(dim,)` vector of one reference, from its stored image.

        Raises:
            StorageError: naming the reference, when its image is lost, damaged or over the limits.
        """
        try:
            image = decode_image(self._blobs.get(reference.blob), self._limits)
        except (ImageRefusedError, NotFoundError) as error:
            # Not the caller's fault, whatever is being asked for.
            name = public_id(IdPrefix.REFERENCE, reference.id)
            raise StorageError(f"the image of {name} cannot be used: {error.message}") from error
        row: Embeddings = self.embedder.embed(
            Regions.of(image.frames[0], [reference.region.as_tuple()])
        )[0]
        return row

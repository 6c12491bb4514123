"""The background: region embeddings of ordinary photos, from which false alarms are counted.

A background belongs to a model *and* a proposer, because the best of 300 regions is more similar to
anything than the best of 60. It is kept as one safetensors file (float16 rows, the photo of each
row, and its identity in the metadata), so the one that ships and the operator's own are read by the
same few lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from app.domain.errors import CalibrationError
from models.regions import Embeddings

_REFERENCES_AT_ONCE = 256  # bounds the similarity block to a few tens of megabytes


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Regions of B photos: `rows` is `(regions, dim)` float16, `starts` the first of each photo."""

    model: str
    rows: NDArray[np.float16]
    starts: NDArray[np.int64]
    sha256: str = ""

    def __post_init__(self) -> None:
        if self.rows.ndim != 2 or self.rows.dtype != np.float16:
            raise ValueError("a background's rows are (regions, dim) float16")
        ends = np.append(self.starts[1:], len(self.rows))
        if not len(self.starts) or self.starts[0] != 0 or (ends <= self.starts).any():
            raise ValueError("every background photo has at least one region")

    @property
    def photos(self) -> int:
        """How many photos it was made of."""
        return len(self.starts)

    @property
    def version(self) -> str:
        """What an assessment records: the number of photos and the content's hash."""
        return f"{self.photos}-photos-{self.sha256[:8]}"

    @classmethod
    def of(cls, model: str, photos: Iterable[Embeddings]) -> "Background":
        """Gather the region embeddings of photos, `(regions, dim)` each.

        Raises:
            CalibrationError: when there is not a single photo.
        """
        blocks = [block.astype(np.float16) for block in photos if len(block)]
        if not blocks:
            raise CalibrationError("a background needs at least one readable photo")
        lengths = [len(block) for block in blocks]
        starts = np.cumsum([0, *lengths[:-1]]).astype(np.int64)
        return cls(model, np.concatenate(blocks), starts)

    def maxima(self, references: Embeddings) -> NDArray[np.float32]:
        """Return `(references, photos)`: each reference's best cosine inside each photo."""
        rows = self.rows.astype(np.float32)
        blocks = [
            np.maximum.reduceat(
                rows @ references[start : start + _REFERENCES_AT_ONCE].T, self.starts
            )
            for start in range(0, len(references), _REFERENCES_AT_ONCE)
        ]
        if not blocks:
            return np.empty((0, self.photos), np.float32)
        maxima: NDArray[np.float32] = np.concatenate(blocks, axis=1).T
        return np.ascontiguousarray(maxima)

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return save({"rows": self.rows, "starts": self.starts}, metadata={"model": self.model})

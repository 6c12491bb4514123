"""Embeds whole photos, to tell copies of a picture from other pictures.

The model is started when the first photo is asked for: a page without photos needs none.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.protocols import Embedder
from models.regions import Photo, Regions


class WholePhotos:
    """Maps a photo to the vector of all of it; for one thread."""

    def __init__(self, start: Callable[[], Embedder]) -> None:
        self._start = start

    def __call__(self, photo: Photo) -> NDArray[np.float32]:
        """Return (dim,), a unit row."""
        height, width = photo.shape[:2]
        vector: NDArray[np.float32] = self._embedder.embed(
            Regions.of(photo, [(0, 0, width, height)])
        )[0]
        return vector

    @cached_property
    def _embedder(self) -> Embedder:
        return self._start()

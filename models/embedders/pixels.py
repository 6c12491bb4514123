"""A deterministic embedder without weights, for tests and for trying the service out.

It describes a crop by its colours in a coarse grid and its edges by direction, which is enough to
find a generated motif again and nothing more. It is no baseline: it is never evaluated.
"""

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from models.cropping import crop_regions
from models.regions import Embeddings, Regions

_GRID = 8
_SIZE = 64
_RECIPE = f"pixels-v1 grid={_GRID} size={_SIZE}"


class PixelEmbedder:
    """Mean-free colour layout: `(8 x 8 cells) x 3 channels`, normalised to length one."""

    name = "pixels"
    dim = _GRID * _GRID * 3
    weights_sha256 = hashlib.sha256(_RECIPE.encode()).hexdigest()
    runtime = "numpy"

    def embed(self, regions: Regions) -> Embeddings:
        """Return `(len(regions), 192)` unit rows, the same on every machine."""
        crops = crop_regions(regions, _SIZE)
        rows = [_layout(crop) for crop in crops]
        return np.array(rows, dtype=np.float32).reshape(-1, self.dim)


def _layout(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    cells = cv2.resize(crop, (_GRID, _GRID), interpolation=cv2.INTER_AREA).astype(np.float64)
    centred = (cells - cells.mean()).ravel()
    # A plain crop has no layout; a constant direction keeps its row a unit vector.
    length = float(np.linalg.norm(centred))
    return centred / length if length > 1e-6 else np.full(centred.shape, centred.size**-0.5)

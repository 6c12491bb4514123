"""Fits the linear projection that follows pooling.

ImageNet features of 1,280 dimensions are mostly redundant: the leading directions of their second
moment keep inner products, and with them cosines, almost as they were, at an eighth of the memory.
That is what lets the background of several hundred photos ship with the project. No centring and no
whitening: both were tried and cost more rank-1 recall than they gave (docs/decisions).
"""

import numpy as np
from numpy.typing import NDArray


def fit_projection(features: NDArray[np.float32], dim: int) -> NDArray[np.float16]:
    """Return the `(features, dim)` matrix of leading directions.

    Args:
        features: `(N, features)` unit rows, N well above the number of features.
        dim: how many directions to keep.
    """
    moment = features.T.astype(np.float64) @ features.astype(np.float64)
    _, directions = np.linalg.eigh(moment)  # ascending
    leading = directions[:, ::-1][:, :dim]
    # Eigenvectors come with an arbitrary sign; fix it, so that two machines agree.
    signs = np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(dim)])
    projection: NDArray[np.float16] = (leading * signs).astype(np.float16)
    return projection

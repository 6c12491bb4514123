"""What a photo looks like as a whole, in 64 bits: copies of one photo differ in few of them.

    photo ─▶ 32 x 32 grey ─▶ cosine transform ─▶ which of the 8 x 8 coarsest parts are large

The perceptual hash of Zauner (2010). A photo that was rescaled or saved again stays within some
eight bits, unrelated photos differ in about 32; crops and other angles are other photos.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE, _COARSE = 32, 8


def look_of(photo: NDArray[np.uint8]) -> int:
    """Return the 64 bits of a photo, `(H, W, 3)` uint8 RGB."""
    small = Image.fromarray(photo).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    waves = _waves()
    parts = waves @ np.asarray(small, np.float64) @ waves.T  # (8, 8)
    bits = parts > np.median(parts.ravel()[1:])
    return int("".join("1" if bit else "0" for bit in bits.ravel()), 2)


@cache
def _waves() -> NDArray[np.float64]:
    """Return the `(8, 32)` coarsest rows of the cosine transform."""
    places = (2 * np.arange(_SIDE) + 1) * np.pi / (2 * _SIDE)
    waves: NDArray[np.float64] = np.cos(np.outer(np.arange(_COARSE), places))
    return waves

"""Changes to crops that a network should not mind: light, colour, noise, a shift, a covered patch.

Everything works on uint8 crops and draws from the generator it is given and nothing else, so that
one generator state means one result. Changes of tone go through one table of 256 values per
channel, which costs the same however many of them fall together.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Crop = NDArray[np.uint8]

_SHIFT = 6  # pixels to either side, as in a proposal that is a little off
_ERASED = 0.25  # of the crop's area at most


def augment(crops: Crop, rng: np.random.Generator) -> Crop:
    """Return `(N, size, size, 3)` crops, each changed by itself, in a new array."""
    noise = rng.normal(0.0, 1.0, (2, *crops.shape[1:])).astype(np.float32)
    return np.stack([_augment_one(crop, noise, rng) for crop in crops])


def _augment_one(crop: Crop, noise: NDArray[np.float32], rng: np.random.Generator) -> Crop:
    if rng.random() < 0.1:
        crop = np.repeat(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    crop = np.asarray(cv2.LUT(crop, tone_table(rng)), np.uint8)
    if rng.random() < 0.3:
        crop = _noisy(crop, noise, rng)
    crop = _shifted(crop, rng)
    return _erased(crop, rng) if rng.random() < 0.25 else crop


def tone_table(rng: np.random.Generator) -> Crop:
    """Return a `(256, 1, 3)` table: brightness, contrast, gamma, a cast, rarely a negative."""
    levels = np.linspace(0.0, 1.0, 256, dtype=np.float32)[:, None]  # (256, 1), then (256, 3)
    levels = levels ** np.exp(rng.normal(0.0, 0.2))
    cast = rng.normal(0.0, 0.06, 3) if rng.random() < 0.5 else np.zeros(3)
    levels = (levels - 0.5) * np.exp(rng.normal(0.0, 0.25)) + 0.5 + rng.normal(0.0, 0.1) + cast
    if rng.random() < 0.05:
        levels = 1.0 - levels
    return np.asarray(np.clip(levels * 255.0 + 0.5, 0, 255), np.uint8)[:, None, :]


def _noisy(crop: Crop, noise: NDArray[np.float32], rng: np.random.Generator) -> Crop:
    field = noise[rng.integers(len(noise))]
    turned = np.roll(field, tuple(rng.integers(0, crop.shape[0], 2)), (0, 1))
    strength = np.float32(rng.uniform(1.0, 10.0))
    return np.asarray(np.clip(crop + strength * turned, 0, 255), np.uint8)


def _shifted(crop: Crop, rng: np.random.Generator) -> Crop:
    dx, dy = (int(n) for n in rng.integers(-_SHIFT, _SHIFT + 1, 2))
    height, width = crop.shape[:2]
    wide = cv2.copyMakeBorder(crop, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_REPLICATE)
    return np.asarray(wide[_SHIFT + dy :, _SHIFT + dx :][:height, :width], np.uint8)


def _erased(crop: Crop, rng: np.random.Generator) -> Crop:
    height, width = crop.shape[:2]
    area, aspect = rng.uniform(0.02, _ERASED), np.exp(rng.normal(0.0, 0.5))
    h = int(min(height, max(1, height * np.sqrt(area * aspect))))
    w = int(min(width, max(1, area * height * width / h)))
    top, left = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    erased = crop.copy()
    erased[top : top + h, left : left + w] = rng.integers(0, 256, 3, dtype=np.uint8)
    return erased

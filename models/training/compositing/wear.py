"""Wear: what a camera, a lens, an upload and a marketplace do to a photo afterwards."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.compositing.ink import Floats


def worn(photo: Floats, rng: np.random.Generator, strength: float = 1.0) -> NDArray[np.uint8]:
    """Return `(H, W, 3)` uint8: exposed, perhaps out of focus, noisy, and saved as JPEG."""
    out = _exposed(photo, rng, strength)
    out = _defocused(out, rng, strength)
    if rng.random() < 0.5:
        noise = rng.standard_normal(out.shape, dtype=np.float32)
        out = out + noise * rng.uniform(0.004, 0.03 * strength)
    pixels = np.asarray(np.clip(out * 255, 0, 255), np.uint8)
    if rng.random() < 0.85:
        pixels = _saved(pixels, int(rng.integers(int(90 - 45 * strength), 96)))
    return pixels


def _exposed(photo: Floats, rng: np.random.Generator, strength: float) -> Floats:
    gain = 1 + strength * rng.uniform(-0.3, 0.25)
    gains = gain * (1 + strength * rng.uniform(-0.09, 0.09, 3))
    offset = strength * rng.uniform(-0.06, 0.08)
    out = np.clip(photo * gains.astype(np.float32) + np.float32(offset), 0, 1)
    if rng.random() < 0.5:
        out = out ** np.float32(np.exp(strength * rng.uniform(-0.35, 0.35)))
    if rng.random() < 0.1:
        out = np.repeat(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    return np.asarray(out, np.float32)


def _defocused(photo: Floats, rng: np.random.Generator, strength: float) -> Floats:
    side = max(photo.shape[:2])
    draw = rng.random()
    if draw < 0.25:
        sigma = max(0.3, side / 512 * rng.uniform(0.4, 1.6 * strength))
        return np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma), np.float32)
    if draw < 0.33:
        length = int(max(3, side / 512 * rng.uniform(3, 8 * strength))) | 1
        kernel = np.zeros((length, length), np.float32)
        if rng.random() < 0.5:
            kernel[length // 2] = 1 / length
        else:
            np.fill_diagonal(kernel, 1 / length)
        return np.asarray(cv2.filter2D(photo, -1, kernel), np.float32)
    return photo


def _saved(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        return pixels
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

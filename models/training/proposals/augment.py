"""One training crop of a scene: another scale and place, perhaps mirrored, in another light.

A box that the crop cuts down to a shred, or that ends up too small to learn from, is marked
`IGNORED`: it asks for nothing, and nobody is punished for finding it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Photo
from models.training.proposals.scene import Floats, LabelledScene

ABSENT, PRESENT, IGNORED = 0, 1, 2
_LEAST_VISIBLE = 0.4  # of a box's area
_LEAST_SIDE = 4.0  # pixels: half the finest stride; a small wordmark is no taller


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCrop:
    """A square crop, its boxes, and `PRESENT` or `IGNORED` for each of them."""

    pixels: Photo  # (size, size, 3)
    boxes: Floats  # (n, 4)
    kinds: NDArray[np.int8]  # (n,)
    trust: float


def training_crop(
    scene: LabelledScene, rng: np.random.Generator, size: int, scale: tuple[float, float]
) -> TrainingCrop:
    """Cut one crop of `size`; `scale` bounds the photo's long side in units of `size`."""
    photo, boxes = scene.photo, scene.boxes.copy()
    height, width = photo.shape[:2]
    zoom = size / max(height, width) * float(np.exp(rng.uniform(*np.log(scale))))
    squeeze = float(np.exp(rng.uniform(-0.12, 0.12)))
    wide = max(1, round(width * zoom * squeeze))
    high = max(1, round(height * zoom / squeeze))
    method = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(photo, (wide, high), interpolation=method), np.uint8)
    boxes *= np.array([wide / width, high / height] * 2, np.float32)
    left, top = _offset(rng, wide, size), _offset(rng, high, size)
    pixels = _placed(scaled, left, top, size, rng)
    boxes -= np.array([left, top] * 2, np.float32)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes[:, [0, 2]] = size - boxes[:, [2, 0]]
    shown, kinds = _visible(boxes, size)
    return TrainingCrop(_relit(pixels, rng), shown, kinds, scene.trust)


def _offset(rng: np.random.Generator, length: int, size: int) -> int:
    """Return where the crop starts in the photo; below 0 where the photo lies inside the crop."""
    low, high = sorted((0, length - size))
    return int(rng.integers(low, high + 1))


def _placed(photo: Photo, left: int, top: int, size: int, rng: np.random.Generator) -> Photo:
    canvas = np.full((size, size, 3), rng.integers(0, 256, 3) if rng.random() < 0.5 else 127)
    canvas = canvas.astype(np.uint8)
    piece = photo[max(top, 0) : top + size, max(left, 0) : left + size]
    y, x = max(-top, 0), max(-left, 0)
    canvas[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return canvas


def _visible(boxes: Floats, size: int) -> tuple[Floats, NDArray[np.int8]]:
    whole = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    cut = np.clip(boxes, 0, size)
    sides = cut[:, 2:] - cut[:, :2]
    good = (sides.prod(axis=1) >= _LEAST_VISIBLE * whole) & (sides.min(axis=1) >= _LEAST_SIDE)
    seen = (sides > 0).all(axis=1)
    kinds = np.where(good, PRESENT, IGNORED).astype(np.int8)
    return cut[seen].astype(np.float32), kinds[seen]


def _relit(pixels: Photo, rng: np.random.Generator) -> Photo:
    """Change gain, offset and gamma of each channel a little; now and then drop the colours."""
    levels = np.linspace(0, 1, 256)[:, None]  # (256, 1)
    gain = rng.uniform(0.75, 1.25) * rng.uniform(0.92, 1.08, 3)
    curve = levels ** rng.uniform(0.75, 1.33) * gain + rng.uniform(-0.08, 0.08)
    table = (np.clip(curve, 0, 1) * 255).round().astype(np.uint8)  # (256, 3)
    lit = np.asarray(cv2.LUT(np.ascontiguousarray(pixels), table[None]), np.uint8)
    if rng.random() < 0.1:
        grey = cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY)
        return np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2)
    return lit

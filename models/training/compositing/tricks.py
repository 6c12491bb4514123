"""The seller's tricks: what is done to a photo so that a motif is not recognised.

Each works on the finished photo, `(H, W, 3)` floats from 0 to 1, around the motif's box, and
hides a part of it or disturbs all of it; none hides it in full. Sellers leave a trace on purpose:
buyers are meant to recognise what software is not.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.compositing.ink import Floats

Box = tuple[int, int, int, int]
Trick = Callable[[Floats, Box, np.random.Generator], None]

_SKIN = ((0.95, 0.8, 0.7), (0.86, 0.66, 0.52), (0.68, 0.47, 0.35), (0.42, 0.28, 0.2))


def _window(photo: Floats, box: Box, margin: float) -> tuple[slice, slice]:
    x_min, y_min, x_max, y_max = box
    pad = int(margin * max(x_max - x_min, y_max - y_min))
    height, width = photo.shape[:2]
    return (
        slice(max(0, y_min - pad), min(height, y_max + pad)),
        slice(max(0, x_min - pad), min(width, x_max + pad)),
    )


def blur(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Blur the area, with a soft edge."""
    rows, columns = _window(photo, box, 0.1)
    patch = photo[rows, columns]
    side = max(box[2] - box[0], box[3] - box[1])
    soft = cv2.GaussianBlur(patch, (0, 0), max(0.6, side * rng.uniform(0.02, 0.06)))
    inside = np.zeros(patch.shape[:2], np.float32)
    edge = max(1, min(inside.shape) // 10)
    inside[edge:-edge, edge:-edge] = 1
    mask = cv2.GaussianBlur(inside, (0, 0), edge)[..., None]
    photo[rows, columns] = patch * (1 - mask) + soft * mask


def mosaic(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Replace the area by blocks of one colour."""
    rows, columns = _window(photo, box, 0.05)
    patch = photo[rows, columns]
    side = max(box[2] - box[0], box[3] - box[1])
    block = max(2, round(side * rng.uniform(0.04, 0.09)))
    height, width = patch.shape[:2]
    small = cv2.resize(
        patch,
        (max(1, width // block), max(1, height // block)),
        interpolation=cv2.INTER_AREA,
    )
    photo[rows, columns] = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _drawn_on(photo: Floats) -> NDArray[np.uint8]:
    """Return a copy to draw on: OpenCV draws letters and smooth edges on whole numbers only."""
    return np.ascontiguousarray(np.clip(photo * 255, 0, 255), np.uint8)


def _byte(colour: Sequence[float] | NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = (int(255 * min(max(float(value), 0.0), 1.0)) for value in colour)
    return red, green, blue


def _cover_place(box: Box, share: float, rng: np.random.Generator) -> tuple[int, int, int]:
    """Return the centre and radius of something round that covers about `share` of the box."""
    x_min, y_min, x_max, y_max = box
    width, height = x_max - x_min, y_max - y_min
    radius = int(max(2, np.sqrt(share * width * height / np.pi)))
    return (
        int(x_min + width * rng.uniform(0.1, 0.9)),
        int(y_min + height * rng.uniform(0.1, 0.9)),
        radius,
    )


def sticker(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Lay an opaque paper shape over a part."""
    x, y, radius = _cover_place(box, rng.uniform(0.12, 0.4), rng)
    colour, sheet = _byte(rng.uniform(0.1, 1, 3)), _drawn_on(photo)
    kind = rng.integers(3)
    if kind == 0:
        cv2.circle(sheet, (x, y), radius, colour, -1, cv2.LINE_AA)
    elif kind == 1:
        corners = cv2.boxPoints(((x, y), (2.2 * radius, 1.4 * radius), float(rng.uniform(0, 180))))
        cv2.fillConvexPoly(sheet, np.round(corners).astype(np.int32), colour, cv2.LINE_AA)
    else:
        angles = np.linspace(0, 2 * np.pi, 11)[:-1] + rng.uniform(0, 6)
        reach = radius * np.where(np.arange(10) % 2, 0.6, 1.25)
        star = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1)
        cv2.fillPoly(sheet, [np.round(star).astype(np.int32)], colour, cv2.LINE_AA)
    photo[:] = sheet.astype(np.float32) / 255


def face(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Lay a drawn smiley over a part; a stand-in for every emoji."""
    x, y, radius = _cover_place(box, rng.uniform(0.15, 0.4), rng)
    warm = _byte((1.0, float(rng.uniform(0.75, 0.88)), float(rng.uniform(0.15, 0.35))))
    sheet = _drawn_on(photo)
    cv2.circle(sheet, (x, y), radius, warm, -1, cv2.LINE_AA)
    dark, dot = (64, 38, 13), max(1, radius // 7)
    for side in (-1, 1):
        eye = (x + side * radius // 3, y - radius // 4)
        cv2.circle(sheet, eye, dot, dark, -1, cv2.LINE_AA)
    cv2.ellipse(sheet, (x, y), (radius // 2, radius // 2), 0, 20, 160, dark, dot, cv2.LINE_AA)
    photo[:] = sheet.astype(np.float32) / 255


def emoji_from(pictures: tuple[NDArray[np.uint8], ...]) -> Trick:
    """Return a trick that lays one of these RGBA pictures over a part of the motif."""

    def emoji(photo: Floats, box: Box, rng: np.random.Generator) -> None:
        x, y, radius = _cover_place(box, rng.uniform(0.15, 0.4), rng)
        picture = pictures[rng.integers(len(pictures))]
        size = (2 * radius, 2 * radius)
        scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        height, width = photo.shape[:2]
        top, left = y - radius, x - radius
        rows = slice(max(0, top), min(height, top + size[1]))
        columns = slice(max(0, left), min(width, left + size[0]))
        cut = scaled[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        share = cut[..., 3:]
        photo[rows, columns] = photo[rows, columns] * (1 - share) + cut[..., :3] * share

    return emoji if pictures else face


def hand(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Reach into the motif with one to three fingers."""
    x_min, y_min, x_max, y_max = box
    side = max(x_max - x_min, y_max - y_min)
    skin = np.array(_SKIN[rng.integers(len(_SKIN))]) * rng.uniform(0.85, 1.1)
    thick = max(3, int(side * rng.uniform(0.14, 0.26)))
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    tip = np.array([(x_min + x_max) / 2, (y_min + y_max) / 2]) + along * side * rng.uniform(0, 0.3)
    sheet = _drawn_on(photo)
    for finger in range(int(rng.integers(1, 4))):
        start = tip + across * finger * thick * 1.05 + along * rng.uniform(-0.1, 0.1) * side
        end = start + along * side * 3
        for grow, light in ((1.0, 0.72), (0.82, 1.0)):
            colour = _byte(skin * light)
            ends = [tuple(int(v) for v in point) for point in (start, end)]
            cv2.line(sheet, ends[0], ends[1], colour, max(1, int(thick * grow)), cv2.LINE_AA)
    photo[:] = sheet.astype(np.float32) / 255


def watermark(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Write half-transparent text and lines across the motif, as image thieves do."""
    height, width = photo.shape[:2]
    layer = _drawn_on(photo)
    colour = (255, 255, 255) if rng.random() < 0.7 else (25, 25, 25)
    side = max(box[2] - box[0], box[3] - box[1])
    size, bold = side / rng.uniform(60, 140), max(1, round(side / 45))
    words = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTUVWXYZ"), int(rng.integers(4, 9))))
    step = max(14, int(size * 45))
    for row, y in enumerate(range(box[1], box[3] + step, step)):
        x = box[0] - side // 4 + (row % 2) * step
        cv2.putText(layer, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, colour, bold, cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.line(layer, (0, int(rng.uniform(0, height))), (width, box[3]), colour, bold)
    share = float(rng.uniform(0.25, 0.6))
    photo[:] = photo * (1 - share) + layer.astype(np.float32) * (share / 255)


TRICK_FUNCTIONS: Mapping[str, Trick] = MappingProxyType(
    {
        "blur": blur,
        "mosaic": mosaic,
        "sticker": sticker,
        "emoji": face,
        "hand": hand,
        "watermark": watermark,
    }
)

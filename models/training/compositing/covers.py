"""More ways to hide a motif, all of it: a cover, a retouch, a copy of what lies beside it, a glare.

They have the tricks' signature and are kept apart from them: a trick leaves something to recognise,
these do not, so that they are of no use for training a recogniser. What they are for is a detector
of hiding itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from models.training.compositing.ink import Floats
from models.training.compositing.tricks import TRICK_FUNCTIONS, Box, Trick, hand, watermark


def cover(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Lay an opaque rectangle or ellipse of one colour over all of it."""
    x_min, y_min, x_max, y_max = _grown(photo, box, float(rng.uniform(0, 0.12)))
    draw = rng.random()
    colour = rng.uniform(0, 255, 3) if draw < 0.4 else np.full(3, 255.0 if draw < 0.75 else 0.0)
    shade = tuple(int(value) for value in colour)
    sheet = np.ascontiguousarray(np.clip(photo * 255, 0, 255), np.uint8)
    if rng.random() < 0.6:
        cv2.rectangle(sheet, (x_min, y_min), (x_max - 1, y_max - 1), shade, -1)
    else:
        centre = ((x_min + x_max) // 2, (y_min + y_max) // 2)
        axes = (int((x_max - x_min) * 0.6) + 1, int((y_max - y_min) * 0.6) + 1)
        cv2.ellipse(sheet, centre, axes, 0, 0, 360, shade, -1, cv2.LINE_AA)
    photo[:] = sheet.astype(np.float32) / 255


def inpaint(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Fill it in from its border, as an eraser tool does (Telea 2004, or Navier-Stokes)."""
    x_min, y_min, x_max, y_max = _grown(photo, box, 0.04)
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[y_min:y_max, x_min:x_max] = 255
    method = cv2.INPAINT_TELEA if rng.random() < 0.5 else cv2.INPAINT_NS
    sheet = np.ascontiguousarray(np.clip(photo * 255, 0, 255), np.uint8)
    photo[:] = cv2.inpaint(sheet, mask, 3, method).astype(np.float32) / 255


def clone(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Copy a piece from beside it over it, with a soft edge; without room, do nothing."""
    x_min, y_min, x_max, y_max = _grown(photo, box, 0.06)
    wide, high = x_max - x_min, y_max - y_min
    places = [(x_min - wide, y_min), (x_max, y_min), (x_min, y_min - high), (x_min, y_max)]
    height, width = photo.shape[:2]
    room = [(x, y) for x, y in places if 0 <= x <= width - wide and 0 <= y <= height - high]
    if not room:
        return
    x, y = room[int(rng.integers(len(room)))]
    piece = photo[y : y + high, x : x + wide].copy()
    mask = np.zeros((high, wide), np.float32)
    edge = max(1, min(high, wide) // 10)
    mask[edge:-edge, edge:-edge] = 1
    share = cv2.GaussianBlur(mask, (0, 0), edge / 2)[..., None]
    target = photo[y_min:y_max, x_min:x_max]
    photo[y_min:y_max, x_min:x_max] = target * (1 - share) + piece * share


def glare(photo: Floats, box: Box, rng: np.random.Generator) -> None:
    """Blow it out with a soft white spot."""
    x_min, y_min, x_max, y_max = box
    height, width = photo.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    wide, high = max(4, x_max - x_min) * 0.62, max(4, y_max - y_min) * 0.62
    away = ((xs - (x_min + x_max) / 2) / wide) ** 2 + ((ys - (y_min + y_max) / 2) / high) ** 2
    light = np.clip(1.8 * np.exp(-away * rng.uniform(0.6, 1.1)), 0, None)[..., None]
    photo[:] = np.clip(photo + light * rng.uniform(0.8, 1.2), 0, 1)


CONCEALMENTS: Mapping[str, Trick] = MappingProxyType(
    {
        **{
            name: trick for name, trick in TRICK_FUNCTIONS.items() if trick not in (hand, watermark)
        },
        "cover": cover,
        "inpaint": inpaint,
        "clone": clone,
        "glare": glare,
        "hand": hand,
    }
)


def _grown(photo: Floats, box: Box, margin: float) -> Box:
    height, width = photo.shape[:2]
    pad = round(margin * max(box[2] - box[0], box[3] - box[1]))
    left, top = max(0, box[0] - pad), max(0, box[1] - pad)
    return left, top, min(width, box[2] + pad), min(height, box[3] + pad)

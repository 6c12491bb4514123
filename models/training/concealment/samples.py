"""What the detector of hidden patches is fitted on: tricks played on real photos, and the photos.

    photo ─▶ a box that shows something ─▶ trick ─▶ saved again ─▶ features, each with its truth
          └▶ the photo itself, saved again the same way ─▶ features of nothing

Both sides are saved again alike, or the fit would learn the saving. A window is of its kind where
most of it was changed, and of nothing where nothing was; what lies between is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.concealment.maps import CELL, Floats, cell_means, fitted
from models.concealment.shapes import FEATURES as SHAPE_FEATURES
from models.concealment.shapes import shapes_of
from models.concealment.windows import FEATURES as WINDOW_FEATURES
from models.concealment.windows import windows_of
from models.regions import Photo
from models.training.compositing.covers import CONCEALMENTS
from models.training.compositing.tricks import Box

TRICKS_OF = {"cover": ("cover", "sticker", "emoji"), "mosaic": ("mosaic",), "blur": ("blur",)}
_CHANGED = 3 / 255
_SMALLEST = 150  # changed pixels below which nothing was hidden
_ROOM = 1.5  # around a box, as a share of its longer side
_SHOWS = 18.0  # deviation of pixels from which a box shows something worth hiding

Rows = tuple[Floats, NDArray[np.bool_]]  # (n, features) and whether each is of the kind


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A photo to play tricks on, and the boxes of its marks where they are known."""

    photo: Photo
    boxes: Sequence[Box] = ()

    def box(self, rng: np.random.Generator) -> Box:
        """Return the box of a mark, or one that shows something."""
        if self.boxes:
            return self.boxes[int(rng.integers(len(self.boxes)))]
        return box_in(self.photo, rng)


def box_in(photo: Photo, rng: np.random.Generator) -> Box:
    """Return a box of a tenth to nearly half of the short side, where there is structure."""
    height, width = photo.shape[:2]
    tries = []
    for _ in range(8):
        long = min(height, width) * np.exp(rng.uniform(np.log(0.1), np.log(0.45)))
        aspect = np.exp(rng.uniform(-0.7, 0.7))
        wide, high = max(16, int(long * min(1, aspect))), max(16, int(long * min(1, 1 / aspect)))
        x = int(rng.beta(1.6, 1.6) * max(0, width - wide))
        y = int(rng.beta(1.6, 1.6) * max(0, height - high))
        box = (x, y, min(width, x + wide), min(height, y + high))
        spread = float(photo[y : box[3], x : box[2]].std(axis=(0, 1)).mean())
        tries.append((spread, box))
        if spread > _SHOWS:
            break
    return max(tries)[1]


def concealed(
    photo: Photo, box: Box, trick: str, rng: np.random.Generator
) -> tuple[Photo, NDArray[np.bool_]] | None:
    """Return the photo after a trick and where it changed, `None` where next to nothing did."""
    height, width = photo.shape[:2]
    room = int(_ROOM * max(box[2] - box[0], box[3] - box[1]))  # a trick reaches no farther
    left, top = max(0, box[0] - room), max(0, box[1] - room)
    near = (slice(top, min(height, box[3] + room)), slice(left, min(width, box[2] + room)))
    before = np.asarray(photo[near], np.float32) / np.float32(255)
    after = before.copy()
    inner = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    CONCEALMENTS[trick](after, inner, rng)
    changed = np.zeros((height, width), bool)
    changed[near] = np.abs(after - before).max(axis=2) > _CHANGED
    if np.count_nonzero(changed) < _SMALLEST:
        return None
    made = photo.copy()
    made[near] = np.clip(after * 255, 0, 255).astype(np.uint8)
    return made, changed


def saved_again(photo: Photo, rng: np.random.Generator) -> Photo:
    """Return the photo as a marketplace gives it out: a JPEG of a JPEG, mostly."""
    if rng.random() < 0.15:
        return photo
    quality = int(rng.integers(72, 96))
    done, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        return photo
    return np.ascontiguousarray(
        np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    )


def shape_rows(ground: Ground, rng: np.random.Generator) -> Rows:
    """Return the flat shapes of a photo, as it is and under each trick that covers."""
    rows = [shapes_of(fitted(saved_again(ground.photo, rng))[0]).features]
    truths = [np.zeros(len(rows[0]), bool)]
    for trick in TRICKS_OF["cover"]:
        made = concealed(ground.photo, ground.box(rng), trick, rng)
        if made is None:
            continue
        small, scale = fitted(saved_again(made[0], rng))
        shapes = shapes_of(small)
        ys, xs = np.nonzero(made[1])
        hidden = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]) * scale
        overlap = _overlaps(shapes.boxes, hidden)
        right = overlap > 0.5
        rows.append(shapes.features[right])
        truths.append(np.ones(int(right.sum()), bool))
    return np.concatenate(rows).reshape(-1, len(SHAPE_FEATURES)), np.concatenate(truths)


def window_rows(ground: Ground, kind: str, most: int, rng: np.random.Generator) -> Rows:
    """Return windows of a patch of the kind and windows beside it, at most so many of each."""
    rows = [np.empty((0, len(WINDOW_FEATURES)), np.float32)]
    truths = [np.zeros(0, bool)]
    made = concealed(ground.photo, ground.box(rng), TRICKS_OF[kind][0], rng)
    if made is not None:
        small, scale = fitted(saved_again(made[0], rng))
        windows = windows_of(cell_means(small))
        inside, share = _shares(windows.boxes, made[1], scale)
        for places, truth in (
            (np.flatnonzero((inside > 0.7) & (share > 0.12)), True),
            (np.flatnonzero(inside < 0.005), False),
        ):
            kept = rng.permutation(places)[:most]
            rows.append(windows.features[kept])
            truths.append(np.full(len(kept), truth))
    return np.concatenate(rows), np.concatenate(truths)


def nothing_rows(ground: Ground, rng: np.random.Generator) -> Floats:
    """Return every window of a photo that hides nothing."""
    return windows_of(cell_means(fitted(saved_again(ground.photo, rng))[0])).features


def _overlaps(boxes: NDArray[np.int32], other: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.maximum(boxes[:, :2], other[:2]), np.minimum(boxes[:, 2:], other[2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(other[2:] - other[:2])
    return np.asarray(shared / (areas - shared), np.float64)


def _shares(
    boxes: NDArray[np.int32], changed: NDArray[np.bool_], scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how much of each window was changed, and how much of the change it holds."""
    mask = np.asarray(changed, np.float32)
    if scale != 1:
        small = cv2.resize(mask, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        mask = np.asarray(small, np.float32)
    rows, columns = mask.shape[0] // CELL, mask.shape[1] // CELL
    cut = np.ascontiguousarray(mask[: rows * CELL, : columns * CELL])
    cells = cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA)
    table = np.zeros((rows + 1, columns + 1))
    table[1:, 1:] = cells.cumsum(0).cumsum(1)
    left, top, right, bottom = np.minimum(boxes.T, [[columns], [rows], [columns], [rows]])
    held = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    size = np.maximum((right - left) * (bottom - top), 1)
    return held / size, held / max(float(cells.sum()), 1e-6)

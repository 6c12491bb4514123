"""Views: crops as the embedder will meet them, several of one identity at a time.

Row 0 of a block is what someone would enrol: the mark by itself on a plain ground, or a tidy
photo of it. The other rows are the mark on goods, cut out by a box that is a little wrong, since
the boxes of a proposer are. Two further kinds of identity keep the embedding honest beyond marks:
patches of ordinary photos seen twice (trade dress, packs; no mark at all), and labelled boxes of
real photos of a brand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.cropping import crop_regions
from models.regions import Regions
from models.training.compositing.chances import draw_tricks, technique_for
from models.training.compositing.ink import Floats, Ink
from models.training.compositing.scene import Compositor
from models.training.compositing.surfaces import Pose, lay
from models.training.compositing.techniques import printed
from models.training.compositing.tricks import Box
from models.training.compositing.wear import worn
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore

Crop = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class RealBox:
    """A labelled mark in a real photo."""

    photo: NDArray[np.uint8]
    box: Box


class ViewMaker:
    """Makes blocks of views `(views, side, side, 3)` uint8."""

    def __init__(
        self, store: MarkStore, photos: Sequence[NDArray[np.uint8]], side: int = 128
    ) -> None:
        self._store = store
        self._photos = photos
        self._compositor = Compositor(store, photos)
        self.side = side

    def of_mark(self, mark: Mark, views: int, rng: np.random.Generator) -> Crop:
        """Return a block: one enrolment picture of the mark, then composites."""
        composites = [self._composite(mark, rng) for _ in range(views - 1)]
        return np.stack([self.reference(mark, rng), *composites])

    def of_patch(self, views: int, rng: np.random.Generator) -> Crop:
        """Return a block of one patch of an ordinary photo, seen anew each time."""
        photo = self._photos[int(rng.integers(len(self._photos)))]
        height, width = photo.shape[:2]
        long = rng.uniform(0.25, 0.9) * min(height, width)
        aspect = np.exp(rng.uniform(-0.5, 0.5))
        size = np.minimum((long * aspect**0.5, long / aspect**0.5), (width, height))
        corner = rng.uniform(0, np.maximum((width, height) - size, 1))
        return np.stack([self._seen_again(photo, corner, size, rng) for _ in range(views)])

    def of_real(self, boxes: Sequence[RealBox], views: int, rng: np.random.Generator) -> Crop:
        """Return a block of labelled boxes of one brand, different ones where there are enough."""
        chosen = rng.choice(len(boxes), views, replace=len(boxes) < views)
        return np.stack([self._real(boxes[index], rng) for index in chosen])

    def reference(self, mark: Mark, rng: np.random.Generator) -> Crop:
        """Return the mark as a brand would hand it in: upright, plain ground, little wear."""
        ink = Ink.of(self._store.rgba(mark), tinted=mark.tinted)
        ground, colour = _plain(ink, rng)
        if mark.tinted:
            ink = ink.tint(colour)
        longest = int(self.side * rng.uniform(0.72, 1.0))
        tidy = rng.random() < 0.7
        pose = Pose(0, 0) if tidy else Pose(float(rng.normal(0, 4)), float(rng.uniform(0, 0.08)))
        laid = lay(ink.sized(longest), pose, self.side, rng)
        canvas = np.broadcast_to(ground, (self.side, self.side, 3)).astype(np.float32)
        if tidy:
            share = laid.coverage[..., None]
            picture = canvas * (1 - share) + laid.colours * share
            return np.asarray(np.clip(picture * 255, 0, 255), np.uint8)
        return worn(printed(np.ascontiguousarray(canvas), laid, rng), rng, 0.5)

    def _composite(self, mark: Mark, rng: np.random.Generator) -> Crop:
        height, width = self._store.rgba(mark).shape[:2]
        # A word is as legible as it is high: long ones are drawn longer.
        breadth = min(2.0, (max(height, width) / min(height, width)) ** 0.5)
        for _ in range(4):
            longest = int(np.exp(rng.uniform(np.log(24), np.log(160))) * breadth)
            canvas = self._ground_window(int(longest * 1.7) + 12, rng)
            technique = technique_for(None, rng)
            tricks = draw_tricks(rng)
            box, _ = self._compositor.put(canvas, mark, longest, technique, tricks, (), rng)
            if box is None:
                continue
            self._compositor.disturb(canvas, box, tricks, rng)
            return self._cut(worn(canvas, rng), box, rng)
        return self.reference(mark, rng)

    def _ground_window(self, side: int, rng: np.random.Generator) -> Floats:
        if rng.random() < 0.12:  # goods against nothing: a flat or graded ground
            ground = np.broadcast_to(rng.uniform(0, 1, 3), (side, side, 3)).astype(np.float32)
            ramp = np.linspace(-1, 1, side, dtype=np.float32)[:, None, None]
            return np.clip(ground * (1 + rng.uniform(-0.3, 0.3) * ramp), 0, 1).astype(np.float32)
        photo = self._photos[int(rng.integers(len(self._photos)))]
        short = min(photo.shape[:2])
        window = int(np.clip(side * rng.uniform(0.4, 1.6), 24, short))
        top = int(rng.integers(0, photo.shape[0] - window + 1))
        left = int(rng.integers(0, photo.shape[1] - window + 1))
        cut = photo[top : top + window, left : left + window]
        if rng.random() < 0.5:
            cut = np.ascontiguousarray(cut[:, ::-1])
        method = cv2.INTER_AREA if side < window else cv2.INTER_LINEAR
        resized = cv2.resize(cut, (side, side), interpolation=method)
        return np.asarray(resized, np.float32) / np.float32(255)

    def _cut(self, photo: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Crop:
        region = Regions.of(photo, [_jittered(box, photo.shape, rng)])
        return _only(region, self.side)

    def _real(self, real: RealBox, rng: np.random.Generator) -> Crop:
        box = _jittered(real.box, real.photo.shape, rng)
        cut = real.photo[box[1] : box[3], box[0] : box[2]].astype(np.float32) / 255
        limit = min(1.0, 200 / max(cut.shape[:2]))
        small = cv2.resize(cut, None, fx=limit, fy=limit, interpolation=cv2.INTER_AREA)
        photo = worn(np.asarray(small, np.float32), rng, 0.7)
        whole = Regions.of(photo, [(0, 0, photo.shape[1], photo.shape[0])])
        return _only(whole, self.side)

    def _seen_again(
        self,
        photo: NDArray[np.uint8],
        corner: NDArray[np.float64],
        size: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> Crop:
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
        quad = corner + (unit + rng.uniform(-0.1, 0.1, (4, 2))) * size
        angle = np.deg2rad(rng.normal(0, 6))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = quad.mean(0)
        quad = (quad - middle) @ turn.T + middle
        longest = int(np.exp(rng.uniform(np.log(32), np.log(150))))
        shown = np.maximum(8, (size / size.max() * longest).astype(int))
        target = unit * shown
        matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target.astype(np.float32))
        view = cv2.warpPerspective(
            photo, matrix, tuple(int(v) for v in shown), borderMode=cv2.BORDER_REPLICATE
        )
        worn_view = worn(np.asarray(view, np.float32) / np.float32(255), rng)
        whole = Regions.of(worn_view, [(0, 0, int(shown[0]), int(shown[1]))])
        return _only(whole, self.side)


def _only(region: Regions, side: int) -> Crop:
    """Return the one crop of a single region."""
    crop: Crop = crop_regions(region, side)[0]
    return crop


def _plain(ink: Ink, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return a ground and, for marks without colours, the colour of the ink."""
    draw = rng.random()
    white, black = np.full(3, 0.99, np.float32), np.full(3, 0.03, np.float32)
    strong = rng.uniform(0, 0.8, 3).astype(np.float32)
    if not ink.tinted:
        inside = ink.coverage > 0.5
        mean = float(ink.colours[inside].mean()) if inside.any() else 0.0
        return (black if mean > 0.85 or (draw < 0.12 and mean > 0.3) else white), black
    if draw < 0.5:
        return white, black
    if draw < 0.7:
        return black, white
    return (white, strong) if draw < 0.9 else (strong, white)


def _jittered(box: Box, shape: tuple[int, ...], rng: np.random.Generator) -> Box:
    """Move each edge a little; now and then leave much more around, as a grid window would."""
    x_min, y_min, x_max, y_max = box
    low, high = (0.15, 0.6) if rng.random() < 0.15 else (-0.05, 0.16)
    side = max(x_max - x_min, y_max - y_min)
    pads = rng.uniform(low, high, 4) * (
        0.5 * np.array([x_max - x_min, y_max - y_min] * 2) + 0.5 * side * (low > 0)
    )
    left, top = max(0, round(x_min - pads[0])), max(0, round(y_min - pads[1]))
    right = min(shape[1], round(x_max + pads[2]))
    bottom = min(shape[0], round(y_max + pads[3]))
    return (left, top, max(left + 4, right), max(top + 4, bottom))

"""Flat shapes with a border: what a sticker, an emoji or a painted-over area leaves in a photo.

    photo ─▶ pixels without grain ─▶ connected ones ─▶ what each shape looks like

Paint has one colour, no grain, and an edge as sharp as the pixels are. A printed area of one colour
looks much like it; the grain in it and the light across it tell that a camera saw it. Shapes that
reach the photo's border are grounds and are left out.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.concealment.maps import Floats
from models.regions import Photo

Mask = NDArray[np.uint8]

FEATURES = (
    "area", "extent", "solidity", "roundness", "wide", "corners", "straight", "holes",
    "slope", "fine", "spread", "shade", "shade over spread", "light", "red", "blue", "skin",
    "edge", "edge share", "contrast", "least contrast", "ring fine", "ring spread",
    "photo fine", "off centre",
)  # fmt: skip
_FLAT = 12  # of 255, between the lightest and darkest of 3 x 3 pixels
_LEAST, _MOST = 0.0015, 0.2  # of the photo's area
_FILLED = 0.35  # of the bounding box: below it a shape is a frame or a crack
_SHARP = 40
_MOST_SHAPES = 16  # of one photo, the largest
_KERNELS = {side: np.ones((side, side), np.uint8) for side in (3, 5, 9)}


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Shapes of one photo: `boxes` `(shapes, 4)` in its pixels, and `features`."""

    boxes: NDArray[np.int32]
    features: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Maps:
    """What shapes are measured on, each `(H, W)` or `(H, W, 3)`."""

    labels: NDArray[np.int32]
    colours: NDArray[np.uint8]
    fine: Floats
    steps: NDArray[np.uint8]
    whole_fine: float

    def cut(self, rows: slice, columns: slice) -> "_Maps":
        """Return the part around one shape."""
        place = (rows, columns)
        return _Maps(
            self.labels[place],
            np.ascontiguousarray(self.colours[place]),
            self.fine[place],
            self.steps[place],
            self.whole_fine,
        )


def shapes_of(photo: Photo) -> Shapes:
    """Describe the flat shapes that lie wholly inside a photo, `(H, W, 3)` uint8 RGB."""
    colours = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2YCrCb), np.uint8)
    steep = cv2.morphologyEx(cv2.medianBlur(colours, 3), cv2.MORPH_GRADIENT, _KERNELS[3])
    steps = _largest(np.asarray(steep, np.uint8))
    flat = cv2.morphologyEx((steps <= _FLAT).astype(np.uint8), cv2.MORPH_OPEN, _KERNELS[3])
    _, labels, counted, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    light = np.ascontiguousarray(colours[..., 0], np.float32)
    fine = np.asarray(cv2.absdiff(light, cv2.GaussianBlur(light, (5, 5), 1.0)), np.float32)
    maps = _Maps(np.asarray(labels, np.int32), colours, fine, steps, float(fine.mean()))
    stats: NDArray[np.int32] = np.asarray(counted, np.int32)
    places = _worth_a_look(stats, flat.shape)
    rows = [_described(int(place), stats[place], maps) for place in places]
    boxes = stats[places, :4].astype(np.int32)
    boxes[:, 2:] += boxes[:, :2]
    return Shapes(boxes, np.asarray(rows, np.float32).reshape(len(rows), len(FEATURES)))


def _largest(channels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    first, second, third = cv2.split(channels)
    return np.asarray(cv2.max(cv2.max(first, second), third), np.uint8)


def _worth_a_look(stats: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.intp]:
    height, width = shape[:2]
    left, top, wide, high, area = stats[:, :5].T
    inside = (left > 1) & (top > 1) & (left + wide < width - 1) & (top + high < height - 1)
    share = area / (height * width)
    good = inside & (share > _LEAST) & (share < _MOST) & (area > _FILLED * wide * high)
    good[0] = False  # what is not flat
    places = np.flatnonzero(good)
    return places[np.argsort(-area[places], kind="stable")][:_MOST_SHAPES]


def _described(place: int, stat: NDArray[np.int32], maps: _Maps) -> tuple[float, ...]:
    height, width = maps.labels.shape
    x, y, wide, high, area = (int(value) for value in stat)
    pad = max(4, min(wide, high) // 3)
    rows = slice(max(0, y - pad), min(height, y + high + pad))
    columns = slice(max(0, x - pad), min(width, x + wide + pad))
    mask = (maps.labels[rows, columns] == place).astype(np.uint8)
    outline, filled, holes = _outline(mask, area)
    centre = ((x + wide / 2) / width - 0.5, (y + high / 2) / height - 0.5)
    return (
        *_form(outline, filled, (wide, high), area / (height * width)),
        holes,
        *_inside(mask, maps.cut(rows, columns)),
        *_around(mask, filled, maps.cut(rows, columns)),
        maps.whole_fine,
        float(np.hypot(*centre)),
    )


def _outline(mask: Mask, area: int) -> tuple[NDArray[np.int32], Mask, float]:
    """Return a shape's outer contour, the shape without its holes, and how many it has."""
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outside = [c for c, (*_, parent) in zip(contours, tree[0], strict=True) if parent < 0]
    inside = [c for c, (*_, parent) in zip(contours, tree[0], strict=True) if parent >= 0]
    outline = max(outside, key=cv2.contourArea)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [outline], -1, 1, -1)
    holes = sum(cv2.contourArea(contour) > 0.004 * area for contour in inside)
    return np.asarray(outline, np.int32), filled, float(holes)


def _form(
    outline: NDArray[np.int32], filled: Mask, size: tuple[int, int], share: float
) -> tuple[float, ...]:
    full = max(cv2.countNonZero(filled), 1)
    length = cv2.arcLength(outline, True) + 1
    turned = cv2.minAreaRect(outline)[1]
    return (
        float(np.log(share)),
        full / (size[0] * size[1]),
        full / (cv2.contourArea(cv2.convexHull(outline)) + 1),
        4 * float(np.pi) * full / length**2,
        float(np.log(size[0] / size[1])),
        float(len(cv2.approxPolyDP(outline, 0.03 * length, True))),
        full / max(turned[0] * turned[1], 1.0),
    )


def _inside(mask: Mask, maps: _Maps) -> tuple[float, ...]:
    core = cv2.erode(mask, _KERNELS[5])
    if cv2.countNonZero(core) < 20:
        core = mask
    mean, spread = (np.ravel(values) for values in cv2.meanStdDev(maps.colours, mask=core))
    ys, xs = np.nonzero(core)
    light = maps.colours[ys, xs, 0].astype(np.float32)
    shade = float(np.hypot(_across(xs, light), _across(ys, light)))
    skin = 5 < mean[1] - 128 < 45 and -51 < mean[2] - 128 < -1
    return (
        cv2.mean(maps.steps, core)[0],
        cv2.mean(maps.fine, core)[0],
        float(spread.mean()),
        shade,
        shade / float(spread[0] + 0.5),
        *(float(value) for value in mean),
        float(skin),
    )


def _across(places: NDArray[np.intp], values: Floats) -> float:
    """Return by how much values change along a shape, by a straight line through them."""
    away = places - places.mean()
    return float(away @ values / max(float(away @ away), 1.0)) * float(np.ptp(places))


def _around(mask: Mask, filled: Mask, maps: _Maps) -> tuple[float, ...]:
    grown = cv2.dilate(filled, _KERNELS[9])
    edge = maps.steps[(grown - cv2.erode(filled, _KERNELS[3])) > 0]
    ring = (1 - grown).astype(np.uint8)
    if cv2.countNonZero(ring) < 10:
        ring = (1 - filled).astype(np.uint8)
    ys, xs = np.nonzero(ring)
    gap = maps.colours[ys, xs].astype(np.float32) - cv2.mean(maps.colours, mask)[:3]
    away = np.sqrt(np.einsum("nc,nc->n", gap, gap))
    down, right = (ys + 0.5) / ring.shape[0] - 0.5, (xs + 0.5) / ring.shape[1] - 0.5
    side = 2 * (down > right) + (down > -right)
    counts = np.bincount(side, minlength=4)
    gaps = np.bincount(side, away, minlength=4)[counts > 0] / counts[counts > 0]
    return (
        float(np.percentile(edge, 75)),
        float(np.count_nonzero(edge > _SHARP) / len(edge)),
        float(away.mean()),
        float(gaps.min()),
        cv2.mean(maps.fine, ring)[0],
        float(np.mean(cv2.meanStdDev(maps.colours, mask=ring)[1])),
    )

"""Simple geometric signs that stand beside a synthetic wordmark.

    kind, generator ─▶ outline or disc ─▶ (side, side) mask, 0 or 255

Each kind varies with the generator (points, thickness, turn), so few emblems are alike. Masks are
drawn large and shrunk, so edges are smooth.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Points = NDArray[np.float64]

_DRAWN: Final = 512
_CENTRE: Final = _DRAWN // 2
_RADIUS: Final = 240


def draw_emblem(rng: np.random.Generator, side: int) -> Mask:
    """Return a random emblem: (side, side), 255 where there is ink."""
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    mask = kind(rng)
    if rng.random() < 0.25:
        mask = _within_disc(mask) if rng.random() < 0.5 else _within_ring(mask)
    return np.asarray(cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def regular(corners: int, radius: float, turn: float, inner: float = 1.0) -> Points:
    """Return the corners of a regular polygon, or of a star where `inner` is below one.

    >>> regular(2, 1.0, 0.0).round(6).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    angles = turn + np.arange(2 * corners) * np.pi / corners
    lengths = radius * np.where(np.arange(2 * corners) % 2, inner, 1.0)
    return np.stack([lengths * np.cos(angles), lengths * np.sin(angles)], axis=1)


def _blank() -> Mask:
    return np.zeros((_DRAWN, _DRAWN), np.uint8)


def _fill(mask: Mask, points: Points, ink: int = 255) -> Mask:
    cv2.fillPoly(mask, [np.rint(points + _CENTRE).astype(np.int32)], ink, lineType=cv2.LINE_AA)
    return mask


def _disc(mask: Mask, x: float, y: float, radius: float, ink: int = 255) -> Mask:
    centre = (round(_CENTRE + x), round(_CENTRE + y))
    cv2.circle(mask, centre, round(radius), ink, -1, lineType=cv2.LINE_AA)
    return mask


def _polygon(rng: np.random.Generator) -> Mask:
    corners = int(rng.integers(3, 9))
    turn = float(rng.choice([0.0, np.pi / corners, -np.pi / 2]))
    outline = regular(corners, _RADIUS, turn)[::2]
    mask = _fill(_blank(), outline)
    if rng.random() < 0.6:
        _fill(mask, outline * float(rng.uniform(0.4, 0.85)), 0)
    return mask


def _star(rng: np.random.Generator) -> Mask:
    points = int(rng.integers(4, 13))
    return _fill(_blank(), regular(points, _RADIUS, -np.pi / 2, float(rng.uniform(0.25, 0.75))))


def _rings(rng: np.random.Generator) -> Mask:
    mask = _blank()
    count = int(rng.integers(1, 4))
    step = _RADIUS / (2 * count + float(rng.uniform(0.0, 2.0)))
    for ring in range(2 * count):
        _disc(mask, 0, 0, _RADIUS - ring * step, 255 if ring % 2 == 0 else 0)
    return mask


def _crescent(rng: np.random.Generator) -> Mask:
    turn, shift = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.7) * _RADIUS
    mask = _disc(_blank(), 0, 0, _RADIUS)
    radius = _RADIUS * float(rng.uniform(0.6, 0.95))
    return _disc(mask, shift * np.cos(turn), shift * np.sin(turn), radius, 0)


def _petals(rng: np.random.Generator) -> Mask:
    mask, count = _blank(), int(rng.integers(3, 9))
    reach, size = rng.uniform(0.4, 0.65) * _RADIUS, rng.uniform(0.2, 0.4)
    for turn in np.arange(count) * 2 * np.pi / count - np.pi / 2:
        x, y = reach * np.cos(turn), reach * np.sin(turn)
        centre = (round(_CENTRE + x), round(_CENTRE + y))
        axes = (round(reach * 0.62), round(size * reach))
        cv2.ellipse(mask, centre, axes, np.degrees(turn), 0, 360, 255, -1, cv2.LINE_AA)
    return mask


def _bars(rng: np.random.Generator) -> Mask:
    count = int(rng.integers(2, 6))
    slope = float(rng.choice([0.0, 0.3, -0.3, 0.6]))
    lengths = rng.uniform(0.4, 1.0, count) if rng.random() < 0.5 else np.ones(count)
    mask, pitch = _blank(), 2 * _RADIUS / count
    for number, length in enumerate(lengths):
        left = -_RADIUS + number * pitch
        top, right = _RADIUS - 2 * _RADIUS * length, left + 0.6 * pitch
        corners = [(left, top), (right, top), (right, _RADIUS), (left, _RADIUS)]
        _fill(mask, np.array([(x - slope * y * 0.5, y) for x, y in corners]) * 0.85)
    return mask


def _chevrons(rng: np.random.Generator) -> Mask:
    mask, count = _blank(), int(rng.integers(1, 4))
    thick, rise = 2 * _RADIUS / (2 * count + 1), float(rng.uniform(0.4, 1.0)) * _RADIUS
    for number in range(count):
        top = -_RADIUS + number * 1.6 * thick
        upper = [(-_RADIUS, top + rise), (0, top), (_RADIUS, top + rise)]
        lower = [(x, y + 0.9 * thick) for x, y in reversed(upper)]
        _fill(mask, np.array(upper + lower) * 0.8)
    return np.rot90(mask, int(rng.integers(4))).copy()


def _waves(rng: np.random.Generator) -> Mask:
    mask, count = _blank(), int(rng.integers(2, 5))
    x = np.linspace(-_RADIUS, _RADIUS, 60)
    swing, periods = rng.uniform(0.08, 0.2) * _RADIUS, rng.uniform(0.8, 2.2)
    pitch = 1.6 * _RADIUS / count
    for number in range(count):
        y = -0.7 * _RADIUS + number * pitch + swing * np.sin(x / _RADIUS * np.pi * periods)
        band = np.concatenate([np.stack([x, y], 1), np.stack([x, y + 0.55 * pitch], 1)[::-1]])
        _fill(mask, band)
    return mask


def _shield(rng: np.random.Generator) -> Mask:
    waist = float(rng.uniform(0.0, 0.4))
    sides = [(1, -0.9), (1, waist), (0.6, 0.6), (0, 1)]
    outline = np.array(sides + [(-x, y) for x, y in reversed(sides[:-1])]) * _RADIUS
    mask = _fill(_blank(), outline)
    if rng.random() < 0.7:
        _fill(mask, outline * 0.82, 0)
        _fill(mask, regular(int(rng.integers(3, 7)), 0.5 * _RADIUS, -np.pi / 2, 0.5))
    return mask


def _quarters(rng: np.random.Generator) -> Mask:
    mask, half = _blank(), _CENTRE - 16
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        tile = np.zeros((half, half), np.uint8)
        corner = (int(rng.integers(2)) * half, int(rng.integers(2)) * half)
        if rng.random() < 0.75:
            cv2.circle(tile, corner, half, 255, -1, cv2.LINE_AA)
        else:
            tile[:] = 255
        top, left = row * _CENTRE + 8, column * _CENTRE + 8
        mask[top : top + half, left : left + half] = tile
    return mask


def _leaf(rng: np.random.Generator) -> Mask:
    reach = float(rng.uniform(0.35, 0.75)) * _RADIUS
    wide = _disc(_blank(), -reach, 0, _RADIUS)
    leaf = cv2.min(wide, _disc(_blank(), reach, 0, _RADIUS))
    turned = cv2.getRotationMatrix2D((_CENTRE, _CENTRE), float(rng.uniform(-60, 60)), 1.0)
    cv2.line(leaf, (_CENTRE, 0), (_CENTRE, _DRAWN), 0, int(rng.integers(4, 20)))
    return np.asarray(cv2.warpAffine(leaf, turned, (_DRAWN, _DRAWN)), np.uint8)


def _within_disc(mask: Mask) -> Mask:
    """Knock a smaller copy out of a disc."""
    return np.asarray(_disc(_blank(), 0, 0, 250) - _smaller(mask), np.uint8)


def _within_ring(mask: Mask) -> Mask:
    """Put a smaller copy into a ring."""
    ring = _disc(_disc(_blank(), 0, 0, 250), 0, 0, 225, 0)
    return np.asarray(cv2.max(ring, _smaller(mask)), np.uint8)


def _smaller(mask: Mask) -> Mask:
    inner, small = 300, _blank()
    start = (_DRAWN - inner) // 2
    reduced = cv2.resize(mask, (inner, inner), interpolation=cv2.INTER_AREA)
    small[start : start + inner, start : start + inner] = reduced
    return small


_KINDS: Final[tuple[Callable[[np.random.Generator], Mask], ...]] = (
    _polygon,
    _star,
    _rings,
    _crescent,
    _petals,
    _bars,
    _chevrons,
    _waves,
    _shield,
    _quarters,
    _leaf,
)

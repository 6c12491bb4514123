"""Surfaces: bend a mark as the goods beneath it bend, and say how light falls there.

    ink ─▶ perspective and rotation ─▶ folds or a cylinder ─▶ coverage, colours and shade

Everything happens on a canvas just large enough for the mark. `shade` is `(h, w)` around 1.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.compositing.ink import Floats, Ink


@dataclass(frozen=True, slots=True)
class Pose:
    """How the mark lies: degrees of rotation, and how far perspective moves its corners."""

    angle: float = 0.0
    tilt: float = 0.0
    surface: str = "flat"
    bend: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A mark laid on a square canvas: coverage `(s, s)`, colours `(s, s, 3)`, shade `(s, s)`."""

    coverage: Floats
    colours: Floats
    shade: Floats


def lay(ink: Ink, pose: Pose, side: int, rng: np.random.Generator) -> Laid:
    """Lay the ink in the middle of a canvas of `side` pixels."""
    height, width = ink.coverage.shape
    corners = _corners(height, width, pose, side, rng)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    coverage = cv2.warpPerspective(ink.coverage, matrix, (side, side), flags=cv2.INTER_LINEAR)
    colours = cv2.warpPerspective(
        ink.colours, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if pose.surface == "flat":
        return Laid(_floats(coverage), _floats(colours), _gradient(side, 0.12, rng))
    shift_x, shift_y, shade = (_folds if pose.surface == "folded" else _cylinder)(
        side, pose.bend, rng
    )
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    map_x, map_y = xs + shift_x, ys + shift_y
    bent = cv2.remap(coverage, map_x, map_y, cv2.INTER_LINEAR)
    tinted = cv2.remap(colours, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Laid(_floats(bent), _floats(tinted), shade)


def _floats(values: object) -> Floats:
    return np.asarray(values, np.float32)


def _corners(
    height: int, width: int, pose: Pose, side: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * (width / 2, height / 2)
    reach = max(height, width) * pose.tilt
    half = half + rng.uniform(-reach, reach, (4, 2)) * (width, height) / max(height, width)
    angle = np.deg2rad(pose.angle)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = half @ turn.T
    extent = turned.max(0) - turned.min(0)
    # The longest side after turning is the mark's, so that a size asked for is the size got.
    turned = turned * (max(height, width) / max(float(extent.max()), 1.0))
    centre = (turned.max(0) + turned.min(0)) / 2
    corners: NDArray[np.float32] = (turned - centre + side / 2).astype(np.float32)
    return corners


def smooth_noise(side: int, cells: int, rng: np.random.Generator) -> Floats:
    """Return `(side, side)` smooth noise of mean about 0 and deviation 1."""
    coarse = rng.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    fine = cv2.resize(coarse, (side + 2 * side // cells,) * 2, interpolation=cv2.INTER_CUBIC)
    cut: Floats = np.ascontiguousarray(fine[side // cells :, side // cells :][:side, :side])
    return cut


def _folds(side: int, bend: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    height = smooth_noise(side, int(rng.integers(2, 5)), rng)
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0) * (side / 16)
    slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1) * (side / 16)
    reach = side * 0.035 * bend
    light = rng.uniform(-1, 1, 2)
    shade = np.clip(1 + 0.16 * bend * (slope_x * light[0] + slope_y * light[1]), 0.45, 1.5)
    return slope_x * reach, slope_y * reach, shade.astype(np.float32)


def _cylinder(side: int, bend: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    along = (xs if rng.random() < 0.7 else ys) / side - 0.5  # upright like a mug, or lying
    radius = 0.5 + (1 - bend) * 0.6
    centre = rng.uniform(-0.15, 0.15)
    u = np.clip((along - centre) / radius, -0.98, 0.98)
    shift = (radius * np.arcsin(u) - (along - centre)) * side
    sag = side * 0.12 * bend * rng.uniform(-1, 1) * u**2
    shade = np.clip(0.55 + 0.5 * np.sqrt(1 - u**2) + 0.1 * rng.uniform(-1, 1) * u, 0.4, 1.3)
    zero = sag.astype(np.float32)
    upright = bool(along[0, 0] != along[0, -1])
    pair = (shift, zero) if upright else (zero, shift)
    return pair[0].astype(np.float32), pair[1].astype(np.float32), shade.astype(np.float32)


def _gradient(side: int, strength: float, rng: np.random.Generator) -> Floats:
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    slope = rng.uniform(-strength, strength, 2).astype(np.float32)
    shade: Floats = 1 + slope[0] * ramp[None, :] + slope[1] * ramp[:, None]
    return shade

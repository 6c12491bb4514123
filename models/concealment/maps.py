"""Pixel statistics of a photo, averaged over cells: what hiding changes and a lens does not.

    photo ─▶ at most `SIDE` pixels ─▶ a map for each statistic ─▶ means over cells of 8 x 8

Every statistic is a mean over pixels, so that a window's is that of its cells. Fine, middle and
coarse detail are the bands of a Gaussian pyramid; `step` counts edges that are one pixel wide with
nothing beside them, which software draws and no lens does.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Photo

Floats = NDArray[np.float32]

SIDE = 512  # long side, in pixels; smaller photos are taken as they are
CELL = 8
MAPS = (
    "light", "light2", "red", "red2", "blue", "blue2", "fine", "middle", "coarse",
    "slope", "slope2", "slope4", "flat", "strong", "axis", "step", "skin", "white",
    "comb across", "comb down",
)  # fmt: skip
_FLAT = 1.5  # of 255, between neighbours: below it a surface has no grain left
_STRONG = 12.0


def fitted(photo: Photo) -> tuple[Photo, float]:
    """Return the photo at no more than `SIDE` pixels, and what it was scaled by."""
    height, width = photo.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    if scale == 1.0:
        return photo, 1.0
    size = (max(CELL, round(width * scale)), max(CELL, round(height * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def cell_means(photo: Photo) -> Floats:
    """Return `(rows, columns, maps)`: the mean of each statistic in each whole cell.

    Args:
        photo: `(H, W, 3)` uint8 RGB, at least a cell high and wide.
    """
    height, width = (side // CELL * CELL for side in photo.shape[:2])
    cut = np.ascontiguousarray(photo[:height, :width])
    colours = cv2.cvtColor(cut, cv2.COLOR_RGB2YCrCb)
    light = colours[..., 0].astype(np.float32)
    red, blue = (colours[..., place].astype(np.float32) - 128 for place in (1, 2))
    maps = [light, light * light, red, red * red, blue, blue * blue]
    across, down = _slopes(light)
    maps += [*_bands(light), *_edges(across, down), _skin(red, blue, light)]
    maps += [(light >= 250).astype(np.float32), _comb(across), _comb(down.T).T]
    size = (width // CELL, height // CELL)
    cells = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in maps]
    return np.stack(cells, axis=-1)


def _bands(light: Floats) -> list[Floats]:
    """Return fine, middle and coarse detail, each as a deviation from the next coarser one."""
    soft = cv2.GaussianBlur(light, (5, 5), 1.0)
    softer = cv2.GaussianBlur(soft, (13, 13), 2.6)
    softest = cv2.blur(cv2.blur(softer, (15, 15)), (15, 15))
    bands = ((light, soft), (soft, softer), (softer, softest))
    return [np.asarray(cv2.absdiff(*band), np.float32) for band in bands]


def _slopes(light: Floats) -> tuple[Floats, Floats]:
    """Return by how much each pixel differs from its left and from its upper neighbour."""
    across, down = np.zeros_like(light), np.zeros_like(light)
    across[:, 1:] = cv2.absdiff(light[:, 1:], light[:, :-1])
    down[1:] = cv2.absdiff(light[1:], light[:-1])
    return across, down


def _edges(across: Floats, down: Floats) -> list[Floats]:
    most, least = cv2.max(across, down), cv2.min(across, down)
    squares = across * across + down * down
    strong = (most > _STRONG).astype(np.float32)
    axis = strong * (least < 0.15 * most)
    flat = (most < _FLAT).astype(np.float32)
    return [most, squares, squares * squares, flat, strong, axis, _steps(across, down)]


def _steps(across: Floats, down: Floats) -> Floats:
    """Mark edges one pixel wide: a jump with next to nothing on both sides of it."""
    steps = np.zeros_like(across)
    side = across[:, 1:-1] > _STRONG
    side &= cv2.max(across[:, :-2], across[:, 2:]) < 0.15 * across[:, 1:-1]
    steps[:, 1:-1] = side
    level = down[1:-1] > _STRONG
    level &= cv2.max(down[:-2], down[2:]) < 0.15 * down[1:-1]
    steps[1:-1] = np.asarray(cv2.max(steps[1:-1], level.astype(np.float32)), np.float32)
    return steps


def _comb(across: Floats) -> Floats:
    """Mark upright lines of edges, 17 pixels long and one wide: the teeth of a mosaic."""
    lines = np.asarray(cv2.blur(np.ascontiguousarray(across), (1, 17)), np.float32)
    teeth = np.zeros_like(lines)
    beside = cv2.max(lines[:, :-2], lines[:, 2:])
    teeth[:, 1:-1] = (lines[:, 1:-1] > 2.0) & (lines[:, 1:-1] > 2.0 * beside)
    return teeth


def _skin(red: Floats, blue: Floats, light: Floats) -> Floats:
    """Mark the colours of skin (the box of Chai and Ngan, IEEE TCSVT 1999)."""
    inside = (red > 5) & (red < 45) & (blue > -51) & (blue < -1) & (light > 40)
    return inside.astype(np.float32)

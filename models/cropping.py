"""Cuts regions out of a photo and brings them to the network's square input.

A crop keeps its aspect ratio and is padded to a square with the photo's own border colour rather
than stretched: a stretched mark is another mark. Area interpolation is used for shrinking, because
the product's photos are large and its regions mostly shrink.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.regions import Regions


def crop_regions(regions: Regions, size: int) -> NDArray[np.uint8]:
    """Return `(regions, size, size, 3)` uint8 crops, in the order of the boxes."""
    crops = np.empty((len(regions), size, size, 3), np.uint8)
    for crop, (x_min, y_min, x_max, y_max) in zip(crops, regions.boxes, strict=True):
        _fit(regions.photo[y_min:y_max, x_min:x_max], crop)
    return crops


def _fit(patch: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    size = target.shape[0]
    height, width = patch.shape[:2]
    scale = size / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized: NDArray[np.uint8] = np.asarray(
        cv2.resize(patch, (new_width, new_height), interpolation=method), np.uint8
    )
    top, left = (size - new_height) // 2, (size - new_width) // 2
    if (new_height, new_width) != (size, size):
        target[:] = _border_colour(resized)
    target[top : top + new_height, left : left + new_width] = resized


def _border_colour(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    border = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])  # (pixels, 3)
    middle: NDArray[np.uint8] = np.median(border, axis=0).astype(np.uint8)
    return middle

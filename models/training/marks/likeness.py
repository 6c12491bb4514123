"""Which marks are the same picture under two names, and which therefore must not be apart.

    pictures ─▶ descriptors ─▶ correlations in blocks ─▶ pairs ─┐
                                              equal brand keys ─┴▶ groups ─▶ sides mended

Icon sets copy from each other: one drawing goes by "aws" and "amazon-web-services". Trained on as
strangers, the two would teach the network that a mark is unlike itself; on two sides of the split,
they would show it the test. Only pictures of the same drawing count here, not similar ones.

A picture is stretched to 32 x 32. Silhouettes (one colour, whichever) are compared by alpha,
painted pictures by colour over grey, a silhouette with a painted picture by alpha where that alpha
has a shape of its own: discs and tiles would make half of all coins one picture.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.marks.rendering import Pixels

_CELLS: Final = 32
_SAME: Final = 0.97  # correlation from which two descriptors are of one drawing
_SHAPES: Final = 0.08  # difference of the logarithms of two sides' ratios that one drawing allows
_TILE: Final = 0.70  # share of the box from which an alpha says no more than "a disc" or "a tile"
_BLOCK: Final = 2048

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What pictures are compared by.

    Attributes:
        alpha: (pictures, 1024), centred unit rows.
        colour: (pictures, 3072), centred unit rows: the picture over mid-grey.
        ratio: (pictures,), logarithm of width over height.
        painted: (pictures,), whether there is more than one colour.
        shaped: (pictures,), whether the alpha is more than a disc or a tile.
    """

    alpha: Vectors
    colour: Vectors
    ratio: Vectors
    painted: NDArray[np.bool_]
    shaped: NDArray[np.bool_]

    def __post_init__(self) -> None:
        lengths = {len(self.alpha), len(self.colour), len(self.ratio), len(self.painted)}
        if lengths != {len(self.shaped)}:
            raise ValueError("descriptors do not agree on the number of pictures")


def describe(pictures: Iterable[Pixels]) -> Descriptors:
    """Return the descriptors of pictures, (h, w, 4) each."""
    alphas, colours, ratios, painted, shaped = [], [], [], [], []
    for rgba in pictures:
        small = _shrink(rgba)  # (32, 32, 4), colours weighted by alpha
        alphas.append(_centred(small[..., 3].ravel()))
        colours.append(_centred((small[..., :3] + 0.5 * (1 - small[..., 3:])).ravel()))
        ratios.append(np.log(rgba.shape[1] / rgba.shape[0]))
        painted.append(_has_colours(rgba))
        shaped.append(small[..., 3].mean() < _TILE)
    return Descriptors(
        np.array(alphas, np.float32).reshape(-1, _CELLS**2),
        np.array(colours, np.float32).reshape(-1, 3 * _CELLS**2),
        np.array(ratios, np.float32),
        np.array(painted, np.bool_),
        np.array(shaped, np.bool_),
    )


def same_pictures(descriptors: Descriptors) -> Indices:
    """Return the pairs that are one drawing: (pairs, 2), each once."""
    alpha, colour = descriptors.alpha, descriptors.colour
    silhouettes = np.flatnonzero(~descriptors.painted)
    painted = np.flatnonzero(descriptors.painted)
    shaped = np.flatnonzero(descriptors.painted & descriptors.shaped)
    found = [
        *_pairs(alpha, descriptors.ratio, silhouettes, silhouettes),
        *_pairs(colour, descriptors.ratio, painted, painted),
        *_pairs(alpha, descriptors.ratio, silhouettes, shaped),
    ]
    return np.concatenate([np.empty((0, 2), np.int64), *found])


def group(brands: Sequence[str], pairs: Indices) -> list[int]:
    """Number the groups of marks that share a brand or, directly or in steps, a picture.

    >>> group(["a", "b", "a", "c"], np.array([[1, 3]]))
    [0, 1, 0, 1]
    """
    first_of: dict[str, int] = {}
    ties = [(first_of.setdefault(brand, place), place) for place, brand in enumerate(brands)]
    parent = list(range(len(brands)))
    for one, other in (*ties, *pairs.tolist()):
        roots = _root(parent, one), _root(parent, other)
        parent[max(roots)] = min(roots)
    # The lowest member is the root, so counting roots as they appear numbers the groups.
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(parent, place), len(numbers)) for place in range(len(brands))]


def mend_sides(splits: Sequence[str], groups: Sequence[int]) -> list[str]:
    """Take marks off their side where their group reaches a side that must not be seen.

    Within a group test stays before validation, and validation before training.

    >>> mend_sides(["train", "test", "train", "validation"], [0, 0, 1, 0])
    ['excluded', 'test', 'train', 'excluded']
    """
    rank = {"train": 0, "validation": 1, "test": 2}
    highest: dict[int, int] = {}
    for split, number in zip(splits, groups, strict=True):
        highest[number] = max(highest.get(number, 0), rank[split])
    return [
        split if rank[split] == highest[number] else "excluded"
        for split, number in zip(splits, groups, strict=True)
    ]


def _root(parent: list[int], place: int) -> int:
    """Return the root of a place, shortening the way to it (union-find with path halving)."""
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _shrink(rgba: Pixels) -> Vectors:
    """Return a picture as (32, 32, 4) in 0 to 1, colours weighted by alpha."""
    alpha = rgba[..., 3]
    weighted = cv2.multiply(rgba, cv2.merge([alpha, alpha, alpha, alpha]), scale=1 / 255)
    weighted[..., 3] = alpha
    small = cv2.resize(weighted, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _centred(values: Vectors) -> Vectors:
    """Return values around their mean with unit length; a flat picture becomes all zero."""
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    return centred / length if length > 1e-3 else np.zeros_like(centred)


def _has_colours(rgba: Pixels) -> bool:
    """Return whether the solid part of a picture has more than one colour."""
    solid = np.asarray(rgba[..., 3] > 200, np.uint8)
    _, deviation = cv2.meanStdDev(rgba, mask=solid)  # (4, 1); of nothing it is zero
    return float(deviation[:3].max()) > 8


def _pairs(vectors: Vectors, ratio: Vectors, left: Indices, right: Indices) -> Iterator[Indices]:
    """Yield the pairs (left, right) of equal shape and correlation; one set with itself once."""
    same_set = left is right
    for start in range(0, len(left), _BLOCK):
        rows = left[start : start + _BLOCK]
        for begin in range(start if same_set else 0, len(right), _BLOCK):
            columns = right[begin : begin + _BLOCK]
            alike = vectors[rows] @ vectors[columns].T >= _SAME  # (rows, columns)
            alike &= np.abs(ratio[rows][:, None] - ratio[columns][None, :]) < _SHAPES
            first, second = np.nonzero(alike)
            pairs = np.stack([rows[first], columns[second]], axis=1)
            yield pairs[pairs[:, 0] < pairs[:, 1]] if same_set else pairs

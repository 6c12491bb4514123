"""Non-maximum suppression: of boxes that show the same thing, the best-scored one stays.

Boxes are `(n, 4)` arrays of x_min, y_min, x_max, y_max; classes do not exist here. Greedy, as in
every detector since Dalal and Triggs (CVPR 2005), in numpy so that no compiled operator is needed.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def overlaps(boxes: Floats, others: Floats) -> Floats:
    """Return `(n, m)` intersections over unions; a box without area overlaps nothing.

    >>> overlaps(np.float32([[0, 0, 4, 2]]), np.float32([[2, 0, 6, 2], [9, 9, 10, 10]])).round(2)
    array([[0.33, 0.  ]], dtype=float32)
    """
    boxes, others = np.asarray(boxes, np.float32), np.asarray(others, np.float32)
    lows = np.maximum(boxes[:, None, :2], others[None, :, :2])
    highs = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(highs - lows, 0, None).prod(axis=2)  # (n, m)
    union = _areas(boxes)[:, None] + _areas(others)[None, :] - shared
    shares: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def suppressed(boxes: Floats, scores: Floats, *, overlap: float, count: int) -> NDArray[np.intp]:
    """Return the rows of the boxes that stay, best first, at most `count` of them.

    A box goes when it overlaps a better one that stays by more than `overlap`. Of equal scores the
    earlier row wins.
    """
    order = np.argsort(-scores, kind="stable")
    clashes = overlaps(boxes[order], boxes[order]) > overlap  # (n, n)
    alive = np.ones(len(order), bool)
    kept: list[int] = []
    for rank in range(len(order)):
        if len(kept) == count:
            break
        if alive[rank]:
            kept.append(rank)
            alive &= ~clashes[rank]
    return order[np.asarray(kept, np.intp)]


def _areas(boxes: Floats) -> Floats:
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    areas: Floats = sides.prod(axis=1)
    return areas

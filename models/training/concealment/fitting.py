"""Fits the trees of the detector of hidden patches, with the windows that fooled a first fit.

A detector is judged by the worst window of each photo, so that most of what it should learn from
lies in the few windows that look hidden and are not: after a first fit the highest rated ones of
every untouched photo are added, and the fit is made again.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from models.concealment.maps import Floats
from models.concealment.trees import Trees
from models.training.concealment.samples import (
    Ground,
    Rows,
    nothing_rows,
    shape_rows,
    window_rows,
)

WINDOW_KINDS = ("mosaic", "blur")
_TREES, _LEAVES = 80, 14
_WINDOWS, _HARD = 60, 25  # of each photo
_WORKED = Callable[[], None]


def fit_shapes(
    grounds: Sequence[Ground], rng: np.random.Generator, worked: _WORKED = lambda: None
) -> Trees:
    """Fit the trees that tell a cover from a printed or plain area."""
    blocks = []
    for ground in grounds:
        blocks.append(shape_rows(ground, rng))
        worked()
    rows, truth = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return _fitted(rows, truth)


def fit_windows(
    grounds: Sequence[Ground], rng: np.random.Generator, worked: _WORKED = lambda: None
) -> dict[str, Trees]:
    """Fit the trees that tell a patch in mosaic, and a blurred one, from ordinary windows."""
    nothing, hidden = [], {kind: list[Rows]() for kind in WINDOW_KINDS}
    for ground in grounds:
        nothing.append(nothing_rows(ground, rng))
        for kind, blocks in hidden.items():
            blocks.append(window_rows(ground, kind, _WINDOWS // 3, rng))
        worked()
    some = np.concatenate([rows[rng.permutation(len(rows))[:_WINDOWS]] for rows in nothing])
    return {kind: _mined(blocks, some, nothing) for kind, blocks in hidden.items()}


def _mined(blocks: Sequence[Rows], some: Floats, nothing: Sequence[Floats]) -> Trees:
    rows, truth = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    rows, truth = np.concatenate([rows, some]), np.append(truth, np.zeros(len(some), bool))
    first = _fitted(rows, truth)
    fooled = [block[np.argsort(-first.log_odds(block))[:_HARD]] for block in nothing]
    rows = np.concatenate([rows, *fooled])
    return _fitted(rows, np.append(truth, np.zeros(len(rows) - len(truth), bool)))


def _fitted(rows: Floats, truth: NDArray[np.bool_]) -> Trees:
    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        max_leaf_nodes=_LEAVES,
        learning_rate=0.12,
        l2_regularization=5.0,
        min_samples_leaf=30,
        early_stopping=False,
        random_state=0,
    )
    return exported(model.fit(rows, truth))


def exported(model: HistGradientBoostingClassifier) -> Trees:
    """Return what a fit found as plain arrays."""
    # The library has no public door to its trees; tests compare these with what it predicts.
    grown = [stage[0].nodes for stage in model._predictors]  # noqa: SLF001
    most = max(len(nodes) for nodes in grown)
    shape = (len(grown), most)
    feature, left, right = (np.zeros(shape, np.int32) for _ in range(3))
    threshold, value = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for tree, nodes in enumerate(grown):
        leaf, own = nodes["is_leaf"].astype(bool), np.arange(len(nodes))
        feature[tree, : len(nodes)] = np.where(leaf, 0, nodes["feature_idx"])
        threshold[tree, : len(nodes)] = np.where(leaf, 0, nodes["num_threshold"])
        left[tree, : len(nodes)] = np.where(leaf, own, nodes["left"])
        right[tree, : len(nodes)] = np.where(leaf, own, nodes["right"])
        value[tree, : len(nodes)] = np.where(leaf, nodes["value"], 0)
    depth = max(1, *(int(nodes["depth"].max()) for nodes in grown))
    base = float(np.ravel(model._baseline_prediction)[0])  # noqa: SLF001
    return Trees(feature, threshold, left, right, value, base, depth)

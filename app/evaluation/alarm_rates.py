"""Recall where the threshold lets a stated share of photos without any mark raise an alarm.

Matches are ordered as the product orders them, by false alarms per million and then by similarity,
and, beside it, by the figure alone, where all matches at its floor are ties and count against us.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.evaluation.metrics import Share, recall_at_false_positives
from app.evaluation.predictions import Candidate, Key, Prediction

_NEVER: Key = (float("inf"), 0, 0.0)


def recall_at(
    positives: Sequence[Prediction],
    negatives: Sequence[Prediction],
    rate: float,
    *,
    figure_alone: bool = False,
) -> Share:
    """Return the share of `positives` whose own brand passes.

    The threshold is on the best match of *any* brand in each negative.

    Args:
        positives: with a right brand.
        negatives: without any.
        rate: of negatives that may alarm.
        figure_alone: ignore places and similarity among matches of equal false alarms per million.
    """
    keys = [_key(p.own, figure_alone=figure_alone) for p in positives]
    keys += [_key(p.best, figure_alone=figure_alone) for p in negatives]
    order = _order(keys)
    clusters = [prediction.cluster for prediction in positives]
    own, others = order[: len(positives)], order[len(positives) :]
    return recall_at_false_positives(own, others, rate, clusters)


def _key(candidate: Candidate | None, *, figure_alone: bool) -> Key:
    if candidate is None:
        return _NEVER
    return (candidate.key[0], 0, 0.0) if figure_alone else candidate.key


def _order(keys: Sequence[Key]) -> NDArray[np.float64]:
    """Return each key's place among the different keys; equal keys share one, and none is inf."""
    places = {key: float(place) for place, key in enumerate(sorted(set(keys)))}
    return np.array([np.inf if key == _NEVER else places[key] for key in keys])

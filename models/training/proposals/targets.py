"""Targets: which locations answer for which box.

A location is positive for a box whose size suits its stride, when it lies in the box, or beside it
by less than the network's slack, and within 1.5 strides of its middle (FCOS centre sampling, Tian
et al., TPAMI 2020). Without the slack a wordmark lower than the finest stride could lie between two
rows of locations and never be learned; with it every box has a location. Of several boxes the
smallest wins. The ranges of neighbouring strides overlap: a box between two is learned by both.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.networks.proposal import SLACK, STRIDES
from models.training.proposals.augment import IGNORED, PRESENT

_RADIUS = 1.5  # strides
_SMALLEST, _LARGEST = 2.5, 7.0  # strides a box may measure at a stride
_NARROW = 5.0  # a long box is no larger than so many of its short sides, lest its stride be coarse


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What each location should say."""

    boxes: Tensor  # (N, locations, 4); meaningless where not positive
    positive: Tensor  # (N, locations) bool
    ignored: Tensor  # (N, locations) bool; never also positive


def assigned(boxes: Tensor, kinds: Tensor, locations: Tensor) -> Targets:
    """Assign `locations` `(L, 3)` to `boxes` `(N, G, 4)` of `kinds` `(N, G)`."""
    inside = _inside(boxes, locations, 0.0)  # (N, G, L)
    near = _inside(boxes, locations, SLACK)
    fits = near & _central(boxes, locations) & _suited(boxes, locations[:, 2])
    fits &= (kinds == PRESENT)[..., None]
    areas = _sides(boxes).prod(dim=2)  # (N, G)
    ranked = torch.where(fits, areas[..., None], torch.inf)
    least, owner = ranked.min(dim=1)  # (N, L)
    positive = torch.isfinite(least)
    ignored = (inside & (kinds == IGNORED)[..., None]).any(dim=1) & ~positive
    chosen = torch.gather(boxes, 1, owner[..., None].expand(-1, -1, 4))
    return Targets(chosen, positive, ignored)


def _sides(boxes: Tensor) -> Tensor:
    return boxes[..., 2:] - boxes[..., :2]


def _inside(boxes: Tensor, locations: Tensor, slack: float) -> Tensor:
    points, room = locations[None, None, :, :2], locations[None, None, :, 2:] * slack
    lows, highs = boxes[:, :, None, :2] - room, boxes[:, :, None, 2:] + room
    return ((points > lows) & (points < highs)).all(dim=3)


def _central(boxes: Tensor, locations: Tensor) -> Tensor:
    middles = (boxes[..., :2] + boxes[..., 2:]) / 2  # (N, G, 2)
    away = (locations[None, None, :, :2] - middles[:, :, None]).abs().amax(dim=3)
    return away < _RADIUS * locations[:, 2]


def _suited(boxes: Tensor, strides: Tensor) -> Tensor:
    """Tell which strides suit which boxes."""
    sides = _sides(boxes).clamp(min=0)
    narrow = sides.amin(dim=2) * _NARROW
    size = torch.minimum(sides.prod(dim=2).sqrt(), narrow)[..., None]  # (N, G, 1)
    low = torch.where(strides == STRIDES[0], 0.0, _SMALLEST * strides)
    high = torch.where(strides == STRIDES[-1], torch.inf, _LARGEST * strides)
    return (size >= low) & (size <= high)

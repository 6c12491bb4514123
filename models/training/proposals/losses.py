"""The two losses: is there a motif whose box fits, and does the box fit.

Score: quality focal loss. The target of a positive location is the overlap its box reaches now,
that of any other is 0, and easy locations weigh little (Li et al., NeurIPS 2020). Box: generalised
intersection over union, which also pulls boxes that do not meet (Rezatofighi et al., CVPR 2019).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.networks.proposal import Predictions
from models.training.proposals.targets import Targets

BOX_WEIGHT = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class ProposalLoss:
    """Scalars; `fit` is the mean overlap of the positive locations, for the log."""

    total: Tensor
    score: Tensor
    box: Tensor
    fit: Tensor


def proposal_loss(found: Predictions, targets: Targets, trust: Tensor) -> ProposalLoss:
    """Compare predictions with targets; `trust` `(N,)` weighs each photo's negatives."""
    positive = targets.positive
    overlap, generalised = overlaps_in_pairs(found.boxes[positive], targets.boxes[positive])
    quality = torch.zeros_like(found.logits)
    quality[positive] = overlap.detach()
    weight = torch.where(positive, 1.0, trust[:, None]) * ~targets.ignored
    many = positive.sum().clamp(min=1)
    plain = functional.binary_cross_entropy_with_logits(found.logits, quality, reduction="none")
    focal = plain * (found.logits.sigmoid() - quality).square() * weight
    score = focal.sum() / many
    box = (1 - generalised).sum() / many
    fit = overlap.detach().sum() / many
    return ProposalLoss(score + BOX_WEIGHT * box, score, box, fit)


def overlaps_in_pairs(boxes: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Return the plain and the generalised intersection over union of rows of `(n, 4)` boxes.

    >>> plain, generalised = overlaps_in_pairs(
    ...     torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[2.0, 0, 6, 2]])
    ... )
    >>> plain.item(), round(generalised.item(), 3)  # they touch: nothing shared, nothing between
    (0.0, 0.0)
    """
    shared = _area(torch.maximum(boxes, others)[:, :2], torch.minimum(boxes, others)[:, 2:])
    around = _area(torch.minimum(boxes, others)[:, :2], torch.maximum(boxes, others)[:, 2:])
    union = _area(boxes[:, :2], boxes[:, 2:]) + _area(others[:, :2], others[:, 2:]) - shared
    plain = shared / union.clamp(min=1e-6)
    return plain, plain - (around - union) / around.clamp(min=1e-6)


def _area(lows: Tensor, highs: Tensor) -> Tensor:
    return (highs - lows).clamp(min=0).prod(dim=1)

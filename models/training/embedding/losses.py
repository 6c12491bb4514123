"""Losses on rows: what it costs when one mark's rows lie apart and different marks' together.

All take the same three things: `(B, D)` unit rows in float32, the identity `(B,)` and the group
`(B,)` of each. Rows of one identity are positives of each other, rows of different groups
negatives. Different identities of one group (variants of a brand's mark) are neither: no loss here
pulls them together or pushes them apart. What a loss learns or remembers is in its `state_dict`,
so that a resumed run goes on exactly.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional


class EmbeddingLoss(nn.Module, ABC):
    """The one shape of every loss here: a module from rows, identities and groups to a scalar."""

    @abstractmethod
    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of `(B, D)` unit rows with their `(B,)` identities and groups."""


def pair_masks(
    identity: Tensor, group: Tensor, other_identity: Tensor, other_group: Tensor
) -> tuple[Tensor, Tensor]:
    """Return `(B, M)` masks of the positive and of the negative pairs.

    >>> identity, group = torch.tensor([1, 2, 3]), torch.tensor([7, 7, 8])
    >>> positive, negative = pair_masks(identity, group, identity, group)
    >>> negative.tolist()  # 1 and 2 are of one group: neither
    [[False, False, True], [False, False, True], [True, True, False]]
    """
    positive = identity[:, None] == other_identity[None]
    return positive, group[:, None] != other_group[None]


def contrastive(
    similarity: Tensor, positive: Tensor, negative: Tensor, temperature: float
) -> Tensor:
    """Return the supervised contrastive loss of `(B, M)` similarities.

    For every row with a positive, the mean over its positives of the cross-entropy of picking that
    one among all its positives and negatives. Khosla et al., NeurIPS 2020 (their "out" form).
    """
    logits = similarity / temperature
    known = logits.masked_fill(~(positive | negative), -torch.inf)
    # A row with nothing to compare with would have the logarithm of zero, and NaN as gradient.
    has = positive.any(1)
    if not has.any():
        return similarity.sum() * 0.0
    losses = known[has].logsumexp(1, keepdim=True) - logits[has]
    chosen = positive[has].to(losses.dtype)
    return ((losses * chosen).sum(1) / chosen.sum(1)).mean()


def crowding(rows: Tensor, group: Tensor) -> Tensor:
    """Return how crowded `(B, D)` unit rows lie: minus the mean log distance to the nearest other.

    Rows of one group do not count as neighbours. Contrastive losses alone let rows fall into few
    dimensions; this, the Kozachenko-Leonenko estimate of differential entropy, spreads them.
    Sablayrolles et al., "Spreading vectors for similarity search", ICLR 2019; SSCD, CVPR 2022.
    """
    other = group[:, None] != group[None]
    if not bool(other.any()):
        return rows.sum() * 0.0
    nearest = (rows @ rows.T).masked_fill(~other, -torch.inf).amax(1)[other.any(1)]
    return -0.5 * (2 - 2 * nearest).clamp(min=1e-4).log().mean()


class SupervisedContrastive(EmbeddingLoss):
    """Every row against the other rows of its batch."""

    def __init__(self, temperature: float = 0.07) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of the batch."""
        positive, negative = pair_masks(identity, group, identity, group)
        positive = positive & ~torch.eye(len(rows), dtype=torch.bool, device=rows.device)
        return contrastive(rows @ rows.T, positive, negative, self.temperature)


class _Remembering(EmbeddingLoss):
    """The loss of the batch, plus `weight` times that of its rows against remembered rows.

    During the first `warm_up` calls, while rows drift fast, the memory only fills. The two are
    added, each with its own softmax. One softmax over both collapses: thousands of remembered
    negatives outweigh the batch's, and the cheapest way to leave them behind is to move all rows
    together.
    """

    def __init__(self, warm_up: int, temperature: float, weight: float) -> None:
        super().__init__()
        self.batch = SupervisedContrastive(temperature)
        self.temperature = temperature
        self.warm_up = warm_up
        self.weight = weight
        self.calls: Tensor
        self.register_buffer("calls", torch.tensor(0))

    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of the batch against itself and the memory, then remember the batch."""
        loss: Tensor = self.batch(rows, identity, group)
        past, past_identity, past_group = self._remembered()
        if int(self.calls) >= self.warm_up and len(past):
            masks = pair_masks(identity, group, past_identity, past_group)
            loss = loss + self.weight * contrastive(rows @ past.T, *masks, self.temperature)
        self._remember(rows.detach(), identity, group)
        self.calls += 1
        return loss

    @abstractmethod
    def _remembered(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the `(M, D)` rows in memory, their `(M,)` identities and groups, as copies."""

    @abstractmethod
    def _remember(self, rows: Tensor, identity: Tensor, group: Tensor) -> None:
        """Take the rows of a batch, without gradient, into the memory."""


class MemoryContrastive(_Remembering):
    """The loss of the batch, plus that of its rows against the rows of many batches before it.

    Rows drift slowly, so those of some dozens of steps ago still serve as negatives and positives:
    a batch of 128 is compared with thousands. Wang et al., "Cross-batch memory for embedding
    learning", CVPR 2020.
    """

    def __init__(
        self,
        dim: int,
        size: int = 8192,
        warm_up: int = 500,
        temperature: float = 0.07,
        weight: float = 0.5,
    ) -> None:
        super().__init__(warm_up, temperature, weight)
        self.rows: Tensor
        self.identity: Tensor
        self.group: Tensor
        self.pushed: Tensor
        self.register_buffer("rows", torch.zeros(size, dim))
        self.register_buffer("identity", torch.full((size,), -1))
        self.register_buffer("group", torch.full((size,), -1))
        self.register_buffer("pushed", torch.tensor(0))

    def _remembered(self) -> tuple[Tensor, Tensor, Tensor]:
        filled = min(int(self.pushed), len(self.rows))
        # Copies: the memory is overwritten before the gradient is computed.
        memory = (self.rows, self.identity, self.group)
        rows, identity, group = (kept[:filled].clone() for kept in memory)
        return rows, identity, group

    def _remember(self, rows: Tensor, identity: Tensor, group: Tensor) -> None:
        size = len(self.rows)
        rows, identity, group = rows[-size:], identity[-size:], group[-size:]
        places = (torch.arange(len(rows), device=rows.device) + self.pushed) % size
        self.rows[places] = rows
        self.identity[places] = identity
        self.group[places] = group
        self.pushed += len(rows)


class PrototypeContrastive(_Remembering):
    """The loss of the batch, plus that of its rows against what every identity last looked like.

    A batch holds a few dozen identities, a registry thousands. Each identity's prototype is the
    running mean of its rows, never learned: a row must find its own among all that were met. Unlike
    a queue of rows, where most rows have no positive and can lower the loss by running away, the
    row's own prototype holds it in place. Identities from `capacity` on, those that never come
    again, have no prototype. After the prototypes of Snell et al., NeurIPS 2017, kept over batches
    as in Li et al., "Prototypical contrastive learning", ICLR 2021.
    """

    def __init__(
        self,
        dim: int,
        capacity: int,
        warm_up: int = 500,
        temperature: float = 0.07,
        weight: float = 0.5,
    ) -> None:
        super().__init__(warm_up, temperature, weight)
        self.prototypes: Tensor
        self.group_of: Tensor
        self.register_buffer("prototypes", torch.zeros(capacity, dim))
        self.register_buffer("group_of", torch.full((capacity,), -1))

    def _remembered(self) -> tuple[Tensor, Tensor, Tensor]:
        met = (self.group_of >= 0).nonzero()[:, 0]
        return self.prototypes[met], met, self.group_of[met]

    @torch.no_grad()
    def _remember(self, rows: Tensor, identity: Tensor, group: Tensor) -> None:
        lasting = identity < len(self.prototypes)
        rows, identity, group = rows[lasting], identity[lasting], group[lasting]
        seen, places = torch.unique(identity, return_inverse=True)
        sums = torch.zeros(len(seen), rows.shape[1], device=rows.device)
        means = functional.normalize(sums.index_add_(0, places, rows), dim=1)
        self.prototypes[seen] = functional.normalize(self.prototypes[seen] + means, dim=1)
        self.group_of[identity] = group


class MultiSimilarity(EmbeddingLoss):
    """Weighs each pair by how hard it is against its row's other pairs; easy pairs are left out.

    A positive counts where it is less similar than the most similar negative plus `slack`, a
    negative where it is more similar than the least similar positive minus it. Wang et al.,
    CVPR 2019.
    """

    def __init__(
        self, alpha: float = 2.0, beta: float = 40.0, base: float = 0.5, slack: float = 0.1
    ) -> None:
        super().__init__()
        self.alpha, self.beta, self.base, self.slack = alpha, beta, base, slack

    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of the batch."""
        positive, negative = pair_masks(identity, group, identity, group)
        positive = positive & ~torch.eye(len(rows), dtype=torch.bool, device=rows.device)
        similarity = rows @ rows.T
        hardest = similarity.detach().masked_fill(~negative, -torch.inf).amax(1, keepdim=True)
        weakest = similarity.detach().masked_fill(~positive, torch.inf).amin(1, keepdim=True)
        pull = positive & (similarity < hardest + self.slack)
        push = negative & (similarity > weakest - self.slack)
        return (
            _soft_sum(-self.alpha * (similarity - self.base), pull).mean() / self.alpha
            + _soft_sum(self.beta * (similarity - self.base), push).mean() / self.beta
        )


def _soft_sum(exponents: Tensor, chosen: Tensor) -> Tensor:
    """Return `log(1 + sum(exp(exponents)))` of the chosen ones of each row, safe from overflow."""
    one = torch.zeros_like(exponents[:, :1])
    return torch.cat([exponents.masked_fill(~chosen, -torch.inf), one], 1).logsumexp(1)


class _Proxies(EmbeddingLoss):
    """One learned row per identity, set to the mean of its rows when it is first seen.

    Identities are numbers below `capacity`: those never seen take no part, and rows of numbers from
    there on, such as patches that are seen once, are left out. Qi et al., "Low-shot learning with
    imprinted weights", CVPR 2018, for the start.
    """

    def __init__(self, dim: int, capacity: int) -> None:
        super().__init__()
        self.proxies = nn.Parameter(torch.zeros(capacity, dim))
        self.group_of: Tensor
        self.register_buffer("group_of", torch.full((capacity,), -1))

    def _lasting(
        self, rows: Tensor, identity: Tensor, group: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the rows that have a proxy."""
        kept = identity < len(self.proxies)
        return rows[kept], identity[kept], group[kept]

    def _similarity(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return `(B, capacity)` cosines to the proxies, after meeting new identities."""
        self._meet(rows.detach(), identity, group)
        return rows @ functional.normalize(self.proxies, dim=1).T

    def _masks(self, identity: Tensor, group: Tensor) -> tuple[Tensor, Tensor]:
        everyone = torch.arange(len(self.proxies), device=identity.device)
        positive, negative = pair_masks(identity, group, everyone, self.group_of)
        return positive, negative & (self.group_of >= 0)[None]

    @torch.no_grad()
    def _meet(self, rows: Tensor, identity: Tensor, group: Tensor) -> None:
        new = self.group_of[identity] < 0
        sums = torch.zeros_like(self.proxies).index_add_(0, identity[new], rows[new])
        self.proxies.add_(functional.normalize(sums, dim=1))
        self.group_of[identity] = group


class ArcFace(_Proxies):
    """Softmax over all proxies, with an angle of `margin` added to a row's own.

    With a margin of 0 it is the normalised softmax. Deng et al., CVPR 2019.
    """

    def __init__(
        self, dim: int, capacity: int, margin: float = 0.2, temperature: float = 0.07
    ) -> None:
        super().__init__(dim, capacity)
        self.margin = margin
        self.temperature = temperature

    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of the batch."""
        rows, identity, group = self._lasting(rows, identity, group)
        cosine = self._similarity(rows, identity, group)
        positive, negative = self._masks(identity, group)
        own = cosine.gather(1, identity[:, None]).clamp(-1 + 1e-6, 1 - 1e-6)
        # Beyond the half circle the cosine would rise again, and reward being wrong.
        harder = (own.acos() + self.margin).clamp(max=torch.pi - 1e-3).cos()
        margined = torch.where(positive, harder, cosine)
        return contrastive(margined, positive, negative, self.temperature)


class ProxyAnchor(_Proxies):
    """Each proxy is an anchor that pulls its rows and pushes the others. Kim et al., CVPR 2020."""

    def __init__(self, dim: int, capacity: int, alpha: float = 32.0, margin: float = 0.1) -> None:
        super().__init__(dim, capacity)
        self.alpha = alpha
        self.margin = margin

    def forward(self, rows: Tensor, identity: Tensor, group: Tensor) -> Tensor:
        """Return the loss of the batch."""
        rows, identity, group = self._lasting(rows, identity, group)
        cosine = self._similarity(rows, identity, group).T  # (capacity, B)
        positive, negative = (mask.T for mask in self._masks(identity, group))
        here, met = positive.any(1), self.group_of >= 0
        pull = _soft_sum(-self.alpha * (cosine - self.margin), positive)
        push = _soft_sum(self.alpha * (cosine + self.margin), negative)
        return pull[here].mean() + push[met].mean()

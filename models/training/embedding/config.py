"""Everything that decides what a training of the embedder does, in one value; and its loss."""

import math
from dataclasses import asdict, dataclass

from models.networks.trunk import trunk_spec
from models.training.embedding.losses import (
    ArcFace,
    EmbeddingLoss,
    MemoryContrastive,
    MultiSimilarity,
    PrototypeContrastive,
    ProxyAnchor,
    SupervisedContrastive,
)
from models.training.run import JSON

LOSSES = (
    "contrastive",
    "contrastive-memory",
    "contrastive-prototypes",
    "arcface",
    "proxy-anchor",
    "multi-similarity",
)


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """One training. Two runs with equal values on one machine give equal weights.

    Attributes:
        trunk: name of a trunk in `models.networks.trunk`.
        dim: numbers in the learned part of a row; the loss and the validation see that part alone.
        colour: weight of the colour words beside it in the weights that are saved.
        size: side in pixels that crops are resized to.
        blocks: identities drawn for a batch; a batch has `blocks * views` crops.
        window: shards held in memory at a time, a second window being loaded beside them.
        look_alikes: share of a batch filled with look-alikes of one another; 0 turns mining off.
        lr_proxies: rate of what a loss itself learns.
        frozen_blocks: how many blocks of the trunk, with its stem, keep their weights.
        spread: weight of `losses.crowding`, added to the loss.
        memory_warm_up: steps before the cross-batch memory or the prototypes are used.
        memory_weight: of their loss, added to the batch's.
        identities: bound on identity numbers, for losses with a row per identity.
    """

    trunk: str = "efficientnet-lite0"
    dim: int = 256
    colour: float = 0.0
    size: int = 128
    loss: str = "contrastive"
    steps: int = 10_000
    blocks: int = 32
    views: int = 4
    lr_trunk: float = 4e-4
    lr_head: float = 1.5e-3
    lr_proxies: float = 1e-2
    weight_decay: float = 1e-4
    warm_up: int = 100
    frozen_blocks: int = 0
    ema: float = 0.999
    clip: float = 5.0
    look_alikes: float = 0.5
    window: int = 4
    augment: bool = True
    temperature: float = 0.07
    spread: float = 0.0
    margin: float = 0.2
    memory: int = 8192
    memory_warm_up: int = 500
    memory_weight: float = 0.5
    identities: int = 32_768
    checkpoint_every: int = 200
    validate_every: int = 1000
    validation_blocks: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        trunk_spec(self.trunk)
        if self.loss not in LOSSES:
            raise ValueError(f"no loss named {self.loss!r}; there are: {', '.join(LOSSES)}")
        if min(self.blocks, self.views) < 2:
            raise ValueError("a batch needs two blocks of two views to compare anything")
        if min(self.steps, self.window, self.checkpoint_every, self.validate_every) < 1:
            raise ValueError("steps, window, checkpoint_every and validate_every start at 1")
        if not 0 <= self.look_alikes <= 1:
            raise ValueError("look_alikes is a share between 0 and 1")

    def recorded(self) -> dict[str, JSON]:
        """Return the values as a run keeps them."""
        return asdict(self)

    def rate(self, step: int) -> float:
        """Return the factor on the learning rates at a step: linear warm-up, cosine to 1 %.

        >>> config = EmbeddingConfig(steps=1100, warm_up=100)
        >>> [round(config.rate(step), 3) for step in (0, 99, 100, 600, 1100)]
        [0.01, 1.0, 1.0, 0.505, 0.01]
        """
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def build_loss(config: EmbeddingConfig) -> EmbeddingLoss:
    """Return the loss that the configuration names, new."""
    remembering = (config.memory_warm_up, config.temperature, config.memory_weight)
    match config.loss:
        case "contrastive":
            return SupervisedContrastive(config.temperature)
        case "contrastive-memory":
            return MemoryContrastive(config.dim, config.memory, *remembering)
        case "contrastive-prototypes":
            return PrototypeContrastive(config.dim, config.identities, *remembering)
        case "arcface":
            return ArcFace(config.dim, config.identities, config.margin, config.temperature)
        case "proxy-anchor":
            return ProxyAnchor(config.dim, config.identities)
        case _:
            return MultiSimilarity()

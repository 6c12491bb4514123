"""Every number of a proposer's training run, checked before anything starts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProposalConfig:
    """Two runs of one configuration on the same pools see the same batches in the same order."""

    trunk: str = "efficientnet-lite0"
    channels: int = 64  # of the feature pyramid and the towers
    initial_weights: str = ""  # a file of `save_proposal` to go on from; ImageNet's when empty
    size: int = 384  # side of a training crop
    scale: tuple[float, float] = (0.7, 1.5)  # a photo's long side in crops, from and to
    shares: tuple[float, ...] = ()  # of each pool in a batch; by its number of scenes when empty
    batch: int = 16
    steps: int = 4000
    warmup: int = 200
    trunk_rate: float = 4e-4
    rate: float = 2e-3
    decay: float = 0.02
    ema: float = 0.999
    frozen_blocks: int = 3  # of the trunk, with its stem: they cost the most and change the least
    log_every: int = 20
    checkpoint_every: int = 250
    validate_every: int = 500
    validation_side: int = 512
    threads: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size < 64 or self.size % 32 or self.validation_side % 32:
            raise ValueError("sizes are multiples of 32, the training crop's at least 64")
        if min(self.batch, self.steps, self.log_every, self.checkpoint_every) < 1:
            raise ValueError("batch, steps and the intervals start at 1")
        if not 0 < self.scale[0] <= self.scale[1]:
            raise ValueError(f"scale runs from small to large, not {self.scale}")
        if any(share < 0 for share in self.shares) or (self.shares and not sum(self.shares)):
            raise ValueError("shares are at least 0 and not all 0")

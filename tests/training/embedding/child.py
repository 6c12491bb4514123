"""A training that a test starts beside itself, to be killed or stopped."""

import sys
from pathlib import Path

from models.training.embedding.config import EmbeddingConfig
from models.training.embedding.trainer import TrainingStoppedError, train_embedding

STOPPED = 3
TINY = EmbeddingConfig(
    dim=16,
    size=32,
    steps=14,
    blocks=3,
    views=2,
    warm_up=2,
    memory=40,
    memory_warm_up=3,
    window=1,
    checkpoint_every=3,
    seed=5,
)


def main(pool: str, run: str) -> int:
    try:
        train_embedding(Path(pool), Path(run), TINY, threads=1, progress=False)
    except TrainingStoppedError:
        return STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))

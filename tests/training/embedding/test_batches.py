"""The same seed draws the same batches, resumed or not, while the pool grows."""

from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from models.training.embedding.batches import Batch, BatchSource, resized
from models.training.embedding.config import EmbeddingConfig
from models.training.prefetch import prefetched
from tests.training.embedding.pools import VIEWS, make_shards, shape_crop

CONFIG = EmbeddingConfig(dim=4, size=64, blocks=3, views=3, window=2, seed=3)


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    return make_shards(tmp_path / "pool", [[n * 10 + i for i in range(7)] for n in range(3)])


def rows_of(batch: Batch) -> torch.Tensor:
    """Stand in for a network: rows that depend on the identity alone."""
    return torch.nn.functional.normalize(
        torch.stack(
            [batch.identity, batch.identity % 7, batch.identity % 3, batch.group + 1], 1
        ).float(),
        dim=1,
    )


def drawn(source: BatchSource, step: int, count: int) -> list[Batch]:
    taken = []
    with closing(source.batches(step)) as batches:
        for batch in islice(batches, count):
            source.observe(batch, rows_of(batch))
            taken.append(batch)
    return taken


def same(one: Batch, other: Batch) -> bool:
    return torch.equal(one.crops, other.crops) and torch.equal(one.identity, other.identity)


def test_blocks_stay_together_and_open_with_the_clean_row(pool: Path) -> None:
    for batch in drawn(BatchSource(pool, replace(CONFIG, augment=False)), 0, 5):
        blocks = batch.identity.reshape(CONFIG.blocks, CONFIG.views)
        assert (blocks == blocks[:, :1]).all()
        assert len(torch.unique(blocks[:, 0])) == CONFIG.blocks
        for first in range(0, len(batch.crops), CONFIG.views):
            clean = shape_crop(int(batch.identity[first]), 64, np.random.default_rng(), clean=True)
            assert (batch.crops[first].numpy() == clean).all()
            assert (batch.crops[first + 1].numpy() != clean).any()


def test_an_epoch_sees_each_block_once(pool: Path) -> None:
    # Windows of 14 and 7 blocks give 4 and 2 batches of 3.
    batches = drawn(BatchSource(pool, CONFIG), 0, 6)
    seen = [int(n) for batch in batches for n in batch.identity[:: CONFIG.views]]
    assert len(set(seen)) == len(seen) == 18


@pytest.mark.parametrize("done", [1, 4, 5, 9])
def test_a_resumed_source_goes_on_exactly(pool: Path, done: int) -> None:
    undisturbed = drawn(BatchSource(pool, CONFIG), 0, 14)
    source = BatchSource(pool, CONFIG)
    drawn(source, 0, done)
    state = {name: tensor.clone() for name, tensor in source.tensors().items()}
    again = BatchSource(pool, CONFIG)
    again.restore(state)
    resumed = drawn(again, done, 14 - done)
    assert all(same(a, b) for a, b in zip(undisturbed[done:], resumed, strict=True))


def test_a_pool_that_grows_is_seen_at_the_next_epoch(pool: Path) -> None:
    source = BatchSource(pool, CONFIG)
    drawn(source, 0, 2)
    state = source.tensors()
    make_shards(pool, [[100, 101, 102, 103, 104, 105, 106]])
    again = BatchSource(pool, CONFIG)
    again.restore(state)
    batches = drawn(again, 2, 4 + 8)
    this_epoch, next_epoch = batches[:4], batches[4:]
    assert max(int(batch.identity.max()) for batch in this_epoch) < 100
    assert max(int(batch.identity.max()) for batch in next_epoch) >= 100


def test_other_seeds_draw_other_batches(pool: Path) -> None:
    one, other = (drawn(BatchSource(pool, replace(CONFIG, seed=n)), 0, 1)[0] for n in (1, 2))
    assert not same(one, other)


def test_a_block_in_a_later_epoch_is_augmented_anew(pool: Path) -> None:
    batches = drawn(BatchSource(pool, replace(CONFIG, views=2)), 0, 12)
    clean = [b.crops[n] for b in batches for n in range(0, 6, 2) if int(b.identity[n]) == 3]
    assert len(clean) == 2
    assert not torch.equal(clean[0], clean[1])


def test_crops_are_brought_to_size(pool: Path) -> None:
    assert drawn(BatchSource(pool, replace(CONFIG, size=48)), 0, 1)[0].crops.shape[1:3] == (48, 48)
    assert resized(np.full((2, 64, 64, 3), 9, np.uint8), 96).shape == (2, 96, 96, 3)


def test_a_pool_that_cannot_serve_is_refused(tmp_path: Path) -> None:
    small = make_shards(tmp_path / "small", [[1, 2]])
    with pytest.raises(ValueError, match="fewer blocks than a batch"):
        drawn(BatchSource(small, CONFIG), 0, 1)
    with pytest.raises(ValueError, match="fewer than 5 views"):
        BatchSource(small, replace(CONFIG, views=VIEWS + 1))


def test_a_failure_in_the_thread_reaches_the_caller() -> None:
    def fail(number: int) -> Batch:
        raise OSError(f"shard {number} is gone")

    with pytest.raises(OSError, match="shard 4 is gone"):
        next(prefetched(fail, range(4, 9)))


def test_a_batch_that_does_not_add_up_is_refused() -> None:
    crops = torch.zeros(4, 2, 2, 3, dtype=torch.uint8)
    with pytest.raises(ValueError, match="4 crops, 3 identities"):
        Batch(crops, torch.zeros(3), torch.zeros(4), 2)

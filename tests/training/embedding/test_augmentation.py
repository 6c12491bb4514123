"""Augmented crops are still crops, changed, and the same from the same generator."""

import numpy as np

from models.training.embedding.augmentation import augment, tone_table
from tests.training.embedding.pools import shape_crop


def crops(count: int = 24) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    rng = np.random.default_rng(0)
    return np.stack([shape_crop(n, 64, rng, clean=False) for n in range(count)])


def test_shape_and_kind_stay() -> None:
    before = crops()
    kept = before.copy()
    after = augment(before, np.random.default_rng(1))
    assert after.shape == before.shape
    assert after.dtype == np.uint8
    assert (before == kept).all()
    assert all((a != b).mean() > 0.2 for a, b in zip(after, before, strict=True))


def test_one_seed_one_result() -> None:
    first, same, other = (augment(crops(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == same).all()
    assert (first != other).any()


def test_most_of_the_picture_survives() -> None:
    """A crop and its augmentation correlate, negative or not; chance would give about zero."""
    rng = np.random.default_rng(3)
    before = np.stack([shape_crop(n, 64, rng, clean=True) for n in range(200)])
    alike = [
        abs(np.corrcoef(a.mean(2).ravel(), b.mean(2).ravel())[0, 1])
        for a, b in zip(before, augment(before, rng), strict=True)
    ]
    assert np.median(alike) > 0.4


def test_tones_are_a_curve() -> None:
    rng = np.random.default_rng(0)
    tables = np.stack([tone_table(rng)[:, 0].astype(int) for _ in range(300)])
    steps = np.diff(tables, axis=1)
    rising, falling = (steps >= 0).all((1, 2)), (steps <= 0).all((1, 2))
    assert (rising | falling).all()
    assert 0.01 < (falling & ~rising).mean() < 0.12  # negatives are rare

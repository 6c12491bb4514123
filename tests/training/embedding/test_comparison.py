"""Variants train on one budget, finished ones are read, and the table says what the logs say."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.training.embedding.comparison import VARIANTS, Outcome, compare, table
from models.training.embedding.config import LOSSES
from tests.training.embedding.pools import make_shards

SMALL = {
    name: replace(VARIANTS[name], dim=8, size=32, blocks=2, window=1, warm_up=1, frozen_blocks=14)
    for name in ("base", "spread 3")
}


def test_every_loss_and_three_more_trunks_are_compared() -> None:
    losses = {variant.loss for variant in VARIANTS.values()}
    trunks = {variant.trunk for variant in VARIANTS.values()}
    sizes = {variant.size for variant in VARIANTS.values()}
    assert losses == set(LOSSES)
    assert (len(trunks), sizes) == (4, {112, 128, 160, 192})


def test_outcomes_are_read_again_without_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make_shards(tmp_path / "pool", [[0, 1, 2, 3], [4, 5, 6, 7]], side=32)
    first = list(compare(pool, pool, tmp_path / "runs", 2, SMALL))
    assert [outcome.variant for outcome in first] == ["base", "spread 3"]
    assert all(0 <= o.recall_at_1 <= o.recall_at_5 <= 1 for o in first)

    def never(*_: object, **__: object) -> Path:
        raise AssertionError("a finished variant was trained again")

    monkeypatch.setattr("models.training.embedding.comparison.train_embedding", never)
    assert list(compare(pool, pool, tmp_path / "runs", 2, SMALL)) == first


def test_the_table_has_a_line_for_each() -> None:
    shown = table([Outcome("base", 0.25, 0.5, 181.6)])
    assert shown.splitlines()[-1] == "| base | 0.250 | 0.500 | 182 |"

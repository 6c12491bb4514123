"""Recall counts ties against the network and leaves variants of a mark out."""

from pathlib import Path

import pytest
import torch

from models.training.embedding.validation import Recall, read_validation, recall, recall_on
from tests.training.embedding.pools import make_shards

CLEAN = torch.tensor([True, False, True, False])


def test_own_mark_first() -> None:
    rows = torch.eye(4)[[0, 0, 1, 1]]
    label = torch.tensor([1, 1, 2, 2])
    assert recall(rows, label, label, CLEAN) == Recall(1.0, 1.0, 2)


def test_a_tie_is_a_miss() -> None:
    label = torch.tensor([1, 1, 2, 2])
    assert recall(torch.ones(4, 1), label, label, CLEAN) == Recall(0.0, 1.0, 2)


def test_rows_that_are_no_numbers_find_nothing() -> None:
    label = torch.arange(12) // 2
    clean = torch.arange(12) % 2 == 0
    assert recall(torch.full((12, 3), torch.nan), label, label, clean).at_5 == 0


def test_a_variant_is_no_rival() -> None:
    rows = torch.eye(4)[[0, 1, 1, 1]]
    identity = torch.tensor([1, 1, 2, 2])
    assert recall(rows, identity, identity, CLEAN).at_1 == 0.5
    assert recall(rows, identity, torch.zeros(4), CLEAN).at_1 == 1.0


def test_a_second_clean_row_is_no_rival_and_no_help() -> None:
    rows = torch.eye(4)[[0, 0, 1, 1, 1]]
    identity = torch.tensor([1, 1, 2, 2, 1])
    clean = torch.tensor([True, False, True, False, True])
    assert recall(rows, identity, identity, clean).at_1 == 1.0


def test_a_pool_is_read_up_to_a_bound(tmp_path: Path) -> None:
    pool = make_shards(tmp_path / "pool", [[1, 2, 3], [4, 5, 6]])
    held_out = read_validation(pool, blocks=4, size=32)
    assert held_out.crops.shape == (16, 32, 32, 3)
    assert held_out.identity[held_out.clean].tolist() == [1, 2, 3, 4]
    grey = recall_on(held_out, lambda crops: crops.float().mean((1, 2)))
    assert grey.queries == 12
    assert grey.at_1 < 1


def test_a_recall_checks_itself() -> None:
    with pytest.raises(ValueError, match="not a recall"):
        Recall(0.5, 0.4, 10)

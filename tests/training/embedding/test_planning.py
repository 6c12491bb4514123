"""Plans use every block once, keep groups apart and put look-alikes together."""

import numpy as np
import torch

from models.training.embedding.planning import Looks, plan_batches

NOBODY = np.full((60, 1), -1)


def test_each_block_at_most_once_and_each_group_once_a_batch() -> None:
    group = np.arange(60) % 20
    plan = plan_batches(group, NOBODY, 8, 0.5, np.random.default_rng(0))
    assert plan.shape == (7, 8)
    assert len(np.unique(plan)) == plan.size
    assert all(len(set(group[batch])) == 8 for batch in plan[:5])


def test_a_group_twice_where_nothing_else_is_left() -> None:
    plan = plan_batches(np.zeros(60, np.int64), NOBODY, 6, 0.0, np.random.default_rng(0))
    assert sorted(plan.ravel()) == list(range(60))


def test_one_seed_one_plan() -> None:
    group = np.arange(60)
    plans = [plan_batches(group, NOBODY, 8, 0.5, np.random.default_rng(n)) for n in (1, 1, 2)]
    assert (plans[0] == plans[1]).all()
    assert (plans[0] != plans[2]).any()


def pairs_met(share: float) -> float:
    """Share of blocks whose one look-alike is in the same batch."""
    twin = np.arange(60) ^ 1
    plan = plan_batches(np.arange(60), twin[:, None], 10, share, np.random.default_rng(0))
    return float(np.mean([twin[n] in batch for batch in plan for n in batch]))


def test_look_alikes_meet_to_the_share_asked_for() -> None:
    assert pairs_met(0.0) < 0.3
    assert 0.35 < pairs_met(0.5) < 0.7
    assert pairs_met(1.0) > 0.9


def test_neighbours_are_the_most_alike_of_other_groups() -> None:
    looks = Looks(4)
    rows = torch.tensor([[1.0, 0, 0, 0], [0.9, 0.1, 0, 0], [0.8, 0.3, 0, 0], [0, 0, 1.0, 0]])
    looks.observe(torch.tensor([3, 4, 5, 6]), rows)
    identity, group = np.array([3, 4, 5, 6, 99]), np.array([0, 0, 1, 2, 3])
    found = looks.neighbours(identity, group)
    assert found[0].tolist() == [2, 3, -1, -1, -1]  # not 4, which is of its own group
    assert found[4].tolist() == [-1] * 5  # never seen
    assert 4 not in found


def test_a_look_is_renewed() -> None:
    looks = Looks(2)
    looks.observe(torch.tensor([1, 1]), torch.tensor([[1.0, 0], [1.0, 0]]))
    assert looks.rows.tolist() == [[0, 0], [1, 0]]
    looks.observe(torch.tensor([1]), torch.tensor([[0.0, 1.0]]))
    torch.testing.assert_close(looks.rows[1], torch.tensor([0.5, 0.5]).sqrt())

"""Every loss pulls one identity together, pushes groups apart and leaves variants alone."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from models.training.embedding.config import LOSSES, EmbeddingConfig, build_loss
from models.training.embedding.losses import (
    ArcFace,
    EmbeddingLoss,
    MemoryContrastive,
    PrototypeContrastive,
    SupervisedContrastive,
    contrastive,
    crowding,
    pair_masks,
)

CONFIG = EmbeddingConfig(dim=8, memory=64, memory_warm_up=1, identities=20)
PROXIED = ("arcface", "proxy-anchor")  # rows meet proxies there, not each other
IDENTITY = torch.tensor([1, 1, 2, 2, 3, 3])
GROUP = torch.tensor([5, 5, 5, 5, 6, 6])  # 1 and 2 are variants of one mark


def unit_rows(seed: int = 0, count: int = 6) -> Tensor:
    return normalize(torch.randn(count, 8, generator=torch.Generator().manual_seed(seed)), dim=1)


@torch.no_grad()
def cost(loss: EmbeddingLoss, rows: Tensor, identity: Tensor, group: Tensor) -> float:
    return float(loss(rows, identity, group))


def warmed(name: str) -> EmbeddingLoss:
    """Return a loss that has met the batch, so that memory and proxies are in use."""
    loss = build_loss(replace(CONFIG, loss=name))
    loss(unit_rows(), IDENTITY, GROUP)
    return loss


@pytest.mark.parametrize("name", LOSSES)
def test_every_row_gets_a_gradient(name: str) -> None:
    rows = unit_rows(1).requires_grad_()
    loss = warmed(name)
    value = loss(rows, IDENTITY, GROUP)
    value.backward()
    assert torch.isfinite(value)
    assert rows.grad is not None
    assert (rows.grad.norm(dim=1) > 0).all()
    assert all(p.grad is not None and p.grad.norm() > 0 for p in loss.parameters())


@pytest.mark.parametrize("name", LOSSES)
def test_descending_parts_the_marks(name: str) -> None:
    loss = warmed(name)
    rows = unit_rows(2).requires_grad_()
    before = cost(loss, normalize(rows, dim=1), IDENTITY, GROUP)
    step = torch.optim.SGD([rows], lr=0.1)
    for _ in range(60):
        step.zero_grad()
        loss(normalize(rows, dim=1), IDENTITY, GROUP).backward()
        step.step()
    unit = normalize(rows.detach(), dim=1)
    assert cost(loss, unit, IDENTITY, GROUP) < before
    similarity = unit @ unit.T
    assert similarity[4, 5] > similarity[4, :4].max()


@pytest.mark.parametrize("name", LOSSES)
def test_variants_of_one_mark_are_neither(name: str) -> None:
    """Among nothing but variants, moving the rows of one changes nothing for the other."""
    identity, group = torch.tensor([1, 1, 1, 2, 2, 2]), torch.full((6,), 5)

    def gradient_of_first(seed: int) -> Tensor:
        loss = build_loss(replace(CONFIG, loss=name))
        loss(unit_rows(), identity, group)
        rows = unit_rows(3)
        rows[3:] = unit_rows(seed, 3)
        rows.requires_grad_()
        loss(rows, identity, group).backward()
        assert rows.grad is not None
        return rows.grad[:3]

    torch.testing.assert_close(gradient_of_first(10), gradient_of_first(11))


def test_only_known_pairs_have_a_gradient() -> None:
    similarity = (unit_rows() @ unit_rows().T).requires_grad_()
    positive, negative = pair_masks(IDENTITY, GROUP, IDENTITY, GROUP)
    positive = positive & ~torch.eye(6, dtype=torch.bool)
    loss = contrastive(similarity, positive, negative, 0.07)
    (gradient,) = torch.autograd.grad(loss, similarity)
    assert (gradient[negative] > 0).all()
    assert (gradient[positive] < 0).all()
    assert not gradient[~(positive | negative)].any()


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in PROXIED])
def test_strangers_do_push(name: str) -> None:
    def gradient_of_first(seed: int) -> Tensor:
        loss = warmed(name)
        rows = unit_rows(3)
        # Near enough to be a hard negative wherever a loss leaves out easy ones.
        rows[4:] = normalize(rows[:2] + 0.3 * unit_rows(seed, 2), dim=1)
        rows.requires_grad_()
        loss(rows, IDENTITY, GROUP).backward()
        assert rows.grad is not None
        return rows.grad[:2]

    assert (gradient_of_first(10) - gradient_of_first(11)).abs().max() > 1e-4


@pytest.mark.parametrize("name", PROXIED)
def test_strangers_push_proxies(name: str) -> None:
    loss = warmed(name)
    proxies = dict(loss.named_parameters())["proxies"]
    rows = unit_rows(3)[:2]
    loss(rows, IDENTITY[:2], GROUP[:2]).backward()
    assert proxies.grad is not None
    touched = proxies.grad.norm(dim=1) > 0
    assert touched.nonzero()[:, 0].tolist() == [1, 3]  # 2 is a variant of 1, the rest unseen


def test_contrastive_is_the_published_sum() -> None:
    rows = torch.eye(8)[[0, 0, 1, 1]]
    loss = SupervisedContrastive(temperature=0.5)
    label = torch.tensor([0, 0, 1, 1])
    expected = -2.0 + math.log(math.exp(2.0) + 2)
    assert cost(loss, rows, label, label) == pytest.approx(expected, rel=1e-5)


def test_a_batch_without_pairs_costs_nothing() -> None:
    rows = unit_rows().requires_grad_()
    value = SupervisedContrastive()(rows, torch.arange(6), torch.arange(6))
    value.backward()
    assert value.item() == 0
    assert rows.grad is not None
    assert not rows.grad.any()


def test_memory_wraps() -> None:
    loss = MemoryContrastive(dim=8, size=10, warm_up=0)
    for seed in range(3):
        loss(unit_rows(seed), IDENTITY + 10 * seed, GROUP)
    # 18 rows went through 10 places: the oldest that is left, number 8, lies at place 8.
    kept = torch.cat([unit_rows(1)[2:], unit_rows(2)])  # the last ten
    places = [(8 + n) % 10 for n in range(10)]
    torch.testing.assert_close(loss.rows[places], kept)
    assert loss.identity[places].tolist() == [12, 12, 13, 13, 21, 21, 22, 22, 23, 23]


def test_memory_is_used_after_its_warm_up() -> None:
    loss = MemoryContrastive(dim=8, size=32, warm_up=2, weight=0.5)
    plain = SupervisedContrastive()
    values = [cost(loss, unit_rows(n), IDENTITY, GROUP) for n in range(3)]
    alone = [cost(plain, unit_rows(n), IDENTITY, GROUP) for n in range(3)]
    assert values[:2] == alone[:2]
    past = torch.cat([unit_rows(0), unit_rows(1)])
    masks = pair_masks(IDENTITY, GROUP, IDENTITY.repeat(2), GROUP.repeat(2))
    remembered = contrastive(unit_rows(2) @ past.T, *masks, 0.07)
    assert values[2] == pytest.approx(alone[2] + 0.5 * float(remembered), rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_state_is_all_there_is(name: str) -> None:
    loss, again = warmed(name), build_loss(replace(CONFIG, loss=name))
    again.load_state_dict(loss.state_dict())
    for seed in (4, 5):
        rows = unit_rows(seed)
        assert cost(loss, rows, IDENTITY, GROUP) == cost(again, rows, IDENTITY, GROUP)


def test_a_margin_makes_it_harder() -> None:
    rows = unit_rows()
    soft, hard = (ArcFace(8, 20, margin=margin) for margin in (0.0, 0.5))
    assert cost(hard, rows, IDENTITY, GROUP) > cost(soft, rows, IDENTITY, GROUP)


@pytest.mark.parametrize("name", PROXIED)
def test_identities_beyond_the_proxies_are_left_out(name: str) -> None:
    loss = build_loss(replace(CONFIG, loss=name, identities=3))
    rows = unit_rows(1).requires_grad_()
    loss(rows, IDENTITY, torch.tensor([5, 5, 6, 6, 7, 7])).backward()
    assert rows.grad is not None
    assert (rows.grad.norm(dim=1) > 0).tolist() == [True] * 4 + [False] * 2


def test_prototypes_are_found_in_a_later_batch() -> None:
    loss = PrototypeContrastive(8, 10, warm_up=0, weight=1.0)
    first, second = unit_rows(1, 2), unit_rows(2, 2)
    identity, group = torch.tensor([1, 2]), torch.tensor([1, 2])
    loss(first, identity, group)
    # One row per identity: the batch itself has no positives, the prototypes are all there is.
    at_home = cost(loss, first, identity, group)
    loss = PrototypeContrastive(8, 10, warm_up=0, weight=1.0)
    loss(first, identity, group)
    assert at_home < cost(loss, second, identity, group)


def test_a_prototype_is_the_running_mean_of_its_rows() -> None:
    loss = PrototypeContrastive(8, 10)
    rows = unit_rows(4, 4)
    identity, group = torch.tensor([3, 3, 50, 50]), torch.tensor([1, 1, 9, 9])
    loss(rows, identity, group)  # 50 lies beyond the capacity and is not kept
    expected = normalize(rows[:2].sum(0), dim=0)
    assert loss.prototypes[3].tolist() == pytest.approx(expected.tolist(), abs=1e-6)
    assert int((loss.group_of >= 0).sum()) == 1


def test_crowding_falls_as_rows_spread() -> None:
    group = torch.tensor([0, 1, 2, 3])
    apart = torch.eye(8)[:4]
    close = normalize(torch.eye(8)[:1] + 0.05 * apart, dim=1)
    assert float(crowding(apart, group)) == pytest.approx(-math.log(2**0.5), abs=1e-6)
    assert float(crowding(close, group)) > 1


def test_crowding_does_not_part_rows_of_one_group() -> None:
    rows = torch.ones(4, 8).div(8**0.5).requires_grad_()
    value = crowding(rows, torch.zeros(4))
    value.backward()  # type: ignore[no-untyped-call]
    assert float(value.detach()) == 0
    assert rows.grad is not None
    assert float(rows.grad.abs().max()) == 0
    near = normalize(torch.tensor([[1.0, 0.0], [1.0, 1e-3], [0.0, 1.0]]), dim=1)
    assert float(crowding(near, torch.tensor([1, 1, 2]))) < 0  # the twin is no neighbour


def test_crowding_of_equal_rows_is_finite() -> None:
    rows = torch.ones(3, 8).div(8**0.5).requires_grad_()
    value = crowding(rows, torch.arange(3))
    value.backward()  # type: ignore[no-untyped-call]
    assert rows.grad is not None
    assert torch.isfinite(rows.grad).all()
    assert torch.isfinite(value)

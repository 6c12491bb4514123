"""Targets and losses: every box has its locations, ignored ones ask for nothing."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.networks.proposal import SLACK, STRIDES, Predictions
from models.training.proposals.augment import IGNORED, PRESENT
from models.training.proposals.losses import overlaps_in_pairs, proposal_loss
from models.training.proposals.targets import Targets, assigned


def _locations(side: int = 256) -> torch.Tensor:
    rows = [
        (x * s + s / 2, y * s + s / 2, s)
        for s in STRIDES
        for y in range(side // s)
        for x in range(side // s)
    ]
    return torch.tensor(rows, dtype=torch.float32)


def _assign(boxes: list[list[float]], kinds: list[int]) -> Targets:
    return assigned(torch.tensor([boxes]), torch.tensor([kinds], dtype=torch.int8), _locations())


@given(
    st.floats(0.5, 250), st.floats(0.5, 250), st.floats(0, 1, width=32), st.floats(0, 1, width=32)
)
@settings(max_examples=200)
def test_every_box_has_a_location_in_it_or_beside_it(
    w: float, h: float, at_x: float, at_y: float
) -> None:
    x, y = at_x * (256 - w), at_y * (256 - h)
    targets = _assign([[x, y, x + w, y + h]], [PRESENT])
    chosen = _locations()[targets.positive[0]]
    assert len(chosen)
    room = SLACK * chosen[:, 2] + 0.01
    assert (chosen[:, 0] > x - room).all()
    assert (chosen[:, 0] < x + w + room).all()


@pytest.mark.parametrize(
    ("side", "strides"), [(20, {8}), (48, {8, 16}), (100, {16, 32}), (200, {32})]
)
def test_size_decides_the_stride(side: float, strides: set[int]) -> None:
    targets = _assign([[10, 10, 10 + side, 10 + side]], [PRESENT])
    assert set(_locations()[targets.positive[0], 2].int().tolist()) == strides


def test_the_smaller_of_two_boxes_wins() -> None:
    targets = _assign([[0, 0, 52, 52], [16, 16, 36, 36]], [PRESENT, PRESENT])
    middle = (_locations()[:, :2] == 28).all(dim=1) & (_locations()[:, 2] == 8)
    assert targets.boxes[0, middle].tolist() == [[16, 16, 36, 36]]


def test_an_ignored_box_is_no_target_and_no_negative() -> None:
    targets = _assign([[0, 0, 40, 40], [100, 100, 140, 140]], [PRESENT, IGNORED])
    places = _locations()
    inside = ((places[:, :2] > 100) & (places[:, :2] < 140)).all(dim=1)
    assert targets.ignored[0, inside].all()
    assert not targets.positive[0, inside].any()
    assert not targets.ignored[0, ~inside].any()


def test_nothing_present_gives_no_positives_and_a_finite_loss() -> None:
    targets = _assign([[0, 0, 0, 0]], [0])
    assert not targets.positive.any()
    found = _predictions(_locations(), torch.zeros(1, 4))
    loss = proposal_loss(found, targets, torch.ones(1))
    assert loss.box == 0
    assert torch.isfinite(loss.total)
    assert proposal_loss(found, targets, torch.zeros(1)).total == 0


def test_the_right_boxes_and_scores_cost_least() -> None:
    box = torch.tensor([40.0, 40, 80, 80])
    targets = _assign([box.tolist()], [PRESENT])
    right = _predictions(_locations(), box[None])
    right.logits[0] = torch.where(targets.positive[0], 9.0, -9.0)
    shifted = Predictions(right.logits, right.boxes + 10, right.locations)
    quiet = Predictions(torch.full_like(right.logits, -9.0), right.boxes, right.locations)
    best = proposal_loss(right, targets, torch.ones(1))
    assert best.fit == 1
    assert best.total < 0.01
    assert proposal_loss(shifted, targets, torch.ones(1)).box > best.box + 0.3
    assert proposal_loss(quiet, targets, torch.ones(1)).score > best.score + 3


def test_generalised_overlap_tells_near_from_far() -> None:
    box = torch.tensor([[0.0, 0, 10, 10]])
    near, far = box + 12, box + 50
    assert overlaps_in_pairs(box, near)[0] == overlaps_in_pairs(box, far)[0] == 0
    assert overlaps_in_pairs(box, near)[1] > overlaps_in_pairs(box, far)[1] > -1
    assert overlaps_in_pairs(box, box)[1] == 1


def _predictions(locations: torch.Tensor, box: torch.Tensor) -> Predictions:
    many = len(locations)
    return Predictions(torch.zeros(1, many), box.expand(1, many, 4).clone(), locations)

"""Blocks of views: a clean reference first, then composites, patches or real boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.compositing.views import RealBox, ViewMaker, _jittered
from models.training.compositing.wear import worn
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from tests.training.compositing.drawn import Pixels, grounds

SIDE = 64


@pytest.fixture(scope="module")
def maker(store: MarkStore) -> ViewMaker:
    return ViewMaker(store, grounds(), SIDE)


def _spread(crop: Pixels) -> float:
    return float(crop.reshape(-1, 3).astype(np.float32).std(axis=0).max())


def test_a_block_has_its_views_and_is_its_seeds(maker: ViewMaker, marks: dict[str, Mark]) -> None:
    for mark in marks.values():
        block = maker.of_mark(mark, 4, np.random.default_rng(1))
        assert block.shape == (4, SIDE, SIDE, 3)
        assert block.dtype == np.uint8
        assert np.array_equal(block, maker.of_mark(mark, 4, np.random.default_rng(1)))
        assert not np.array_equal(block, maker.of_mark(mark, 4, np.random.default_rng(2)))


def test_a_reference_shows_the_mark_on_a_plain_ground(
    maker: ViewMaker, marks: dict[str, Mark]
) -> None:
    for seed in range(30):
        crop = maker.reference(marks["ring"], np.random.default_rng(seed))
        assert _spread(crop) > 15  # the ring is there
        corners = crop[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
        assert np.ptp(corners, axis=0).max() < 60


def test_composites_show_different_things(maker: ViewMaker, marks: dict[str, Mark]) -> None:
    block = maker.of_mark(marks["bars"], 5, np.random.default_rng(4)).astype(int)
    for one in range(5):
        for other in range(one):
            assert np.abs(block[one] - block[other]).mean() > 5


def test_a_patch_is_seen_again(store: MarkStore) -> None:
    rng = np.random.default_rng(0)
    photos = [rng.integers(0, 256, (6, 6, 3), dtype=np.uint8).repeat(40, 0).repeat(40, 1)]
    maker = ViewMaker(store, photos, SIDE)
    near, far = [], []
    for seed in range(12):
        block = maker.of_patch(2, np.random.default_rng(seed)).astype(np.float32)
        other = maker.of_patch(2, np.random.default_rng(seed + 100)).astype(np.float32)
        near.append(np.abs(block[0] - block[1]).mean())
        far.append(np.abs(block[0] - other[1]).mean())
    assert np.mean(near) < 0.75 * np.mean(far)


def test_real_boxes_are_all_used_before_one_is_used_twice(maker: ViewMaker) -> None:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    photos = [np.full((50, 80, 3), colour, np.uint8) for colour in colours]
    boxes = [RealBox(photo, (10, 10, 60, 40)) for photo in photos]
    block = maker.of_real(boxes, 3, np.random.default_rng(3))
    seen = block.reshape(3, -1, 3).mean(axis=1)
    if np.ptp(seen, axis=1).min() > 30:  # wear may have made one of them grey
        assert sorted(seen.argmax(axis=1).tolist()) == [0, 1, 2]
    assert maker.of_real(boxes[:1], 4, np.random.default_rng(3)).shape == (4, SIDE, SIDE, 3)


@given(st.integers(0, 3000), st.integers(0, 140), st.integers(0, 90), st.integers(4, 60))
def test_a_wrong_box_still_lies_in_the_photo(seed: int, left: int, top: int, side: int) -> None:
    box = (left, top, min(150, left + side), min(100, top + side))
    x_min, y_min, x_max, y_max = _jittered(box, (100, 150, 3), np.random.default_rng(seed))
    assert 0 <= x_min < x_max <= 150
    assert 0 <= y_min < y_max <= 100
    overlap_x = min(x_max, box[2]) - max(x_min, box[0])
    overlap_y = min(y_max, box[3]) - max(y_min, box[1])
    assert overlap_x * overlap_y >= 0.7 * (box[2] - box[0]) * (box[3] - box[1])


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_wear_keeps_the_picture(strength: float) -> None:
    photo = grounds(1)[0].astype(np.float32) / np.float32(255)
    photo[60:120, 40:100] = 0.95
    for seed in range(20):
        pixels = worn(photo, np.random.default_rng(seed), strength)
        assert pixels.shape == photo.shape
        assert pixels.dtype == np.uint8
        assert np.array_equal(pixels, worn(photo, np.random.default_rng(seed), strength))
        flat = pixels.mean(axis=2).ravel()
        assert np.corrcoef(flat, photo.mean(axis=2).ravel())[0, 1] > 0.9

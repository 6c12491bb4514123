"""Marks lie apart, inside the photo or cut by its edge; patches come back where they were."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.training.compositing.placement import (
    LEGIBLE,
    cut_patch,
    prominence,
    seen_box,
    spot,
    write_patch,
)

SHAPE = (100, 140, 3)


@given(st.integers(0, 2000), st.integers(6, 90))
def test_a_mark_lies_inside(seed: int, longest: int) -> None:
    side = int(longest * 1.3) + 8
    left, top = spot(SHAPE, side, longest, [], np.random.default_rng(seed), edge=False)
    spare = (side - longest) // 2
    assert left + spare >= 0
    assert top + spare >= 0
    assert left + side - spare <= SHAPE[1] + 1
    assert top + side - spare <= SHAPE[0] + 1


@given(st.integers(0, 2000), st.integers(10, 60))
def test_the_edge_cuts_an_eighth_to_two_fifths(seed: int, longest: int) -> None:
    side = int(longest * 1.3) + 8
    left, top = spot(SHAPE, side, longest, [], np.random.default_rng(seed), edge=True)
    first = (side - longest) // 2
    last = side - first
    outside = (-left - first, -top - first, left + last - SHAPE[1], top + last - SHAPE[0])
    assert 0.12 * longest - 1 <= max(outside) <= 0.4 * longest + 1


def test_marks_keep_apart_where_there_is_room() -> None:
    taken = (0, 0, 70, 100)
    apart = 0
    for seed in range(60):
        left, top = spot(SHAPE, 34, 20, [taken], np.random.default_rng(seed), edge=False)
        apart += left + 7 >= 70 or top + 7 >= 100
    assert apart >= 50  # of six tries each, every one blind


@given(st.integers(-30, 130), st.integers(-30, 90), st.integers(8, 60))
def test_a_patch_goes_back_where_it_came_from(left: int, top: int, side: int) -> None:
    canvas = np.random.default_rng(0).random(SHAPE, np.float32)
    overlaps = -side < left < SHAPE[1] and -side < top < SHAPE[0]
    if not overlaps:
        return
    patch, inner = cut_patch(canvas, left, top, side)
    assert patch.shape == (side, side, 3)
    before = canvas.copy()
    write_patch(canvas, patch, left, top, inner)
    assert np.array_equal(canvas, before)
    write_patch(canvas, np.zeros_like(patch), left, top, inner)
    changed = (canvas != before).any(axis=2)
    assert changed[inner[1] : inner[3], inner[0] : inner[2]].all()
    assert changed.sum() == (inner[2] - inner[0]) * (inner[3] - inner[1])


def test_a_box_holds_what_is_seen_and_ends_at_the_edge() -> None:
    coverage = np.zeros((30, 30), np.float32)
    coverage[5:15, 10:25] = 1
    coverage[20, 20] = 0.2  # too faint to be seen
    assert seen_box(coverage, 50, 40, SHAPE) == (60, 45, 75, 55)
    assert seen_box(coverage, -15, -8, SHAPE) == (0, 0, 10, 7)
    assert seen_box(coverage, -23, 0, SHAPE) is None  # two columns are left
    assert seen_box(np.zeros((30, 30), np.float32), 0, 0, SHAPE) is None


def test_a_mark_is_prominent_by_what_it_adds_to_the_grounds_own_structure() -> None:
    coverage = np.zeros((40, 40), np.float32)
    coverage[10:30, 10:20] = 1
    coverage[29, 29] = 1  # the box reaches over ten more columns of plain ground
    plain = np.full((40, 40, 3), 0.5, np.float32)
    busy = plain + np.random.default_rng(0).normal(0, 0.2, plain.shape).astype(np.float32)
    ink = 0.3 * coverage[..., None]
    assert prominence(plain, plain + ink, coverage) > 4
    assert prominence(busy, busy + ink, coverage) < LEGIBLE
    assert prominence(busy, busy + 2 * ink, coverage) > LEGIBLE
    assert prominence(plain, plain, coverage) == 0
    assert prominence(plain, plain + 1, np.zeros((40, 40), np.float32)) == 0

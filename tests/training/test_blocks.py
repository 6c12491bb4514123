"""Blocks come in the shares asked for, and say whose they are."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from models.training.blocks import MARKS_ONLY, SHARES, MixedBlocks, kind_of
from models.training.compositing.views import RealBox
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from tests.training.compositing.drawn import drawn_store, grounds

DRAWS = 300


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> MarkStore:
    return drawn_store(tmp_path_factory.mktemp("marks"))


def _real() -> dict[str, list[RealBox]]:
    photo = grounds(1)[0]
    # "Arrow" is a brand of the store as well, "Zebra" of no mark.
    return {"Zebra": [RealBox(photo, (9, 9, 60, 50))], "Arrow": [RealBox(photo, (20, 20, 90, 90))]}


def _kind(store: MarkStore, identity: int) -> str:
    if identity >= 2_000_000:
        return "patch"
    return "real" if identity >= 1_000_000 else kind_of(store.marks[identity])


@pytest.mark.parametrize(
    ("source", "tinted", "kind"),
    [
        ("wordmarks", True, "wordmark"),
        ("game-icons", True, "pictogram"),
        ("noto", False, "pictogram"),
        ("simple-icons", True, "tinted"),
        ("logos", False, "coloured"),
    ],
)
def test_a_marks_kind(source: str, tinted: bool, kind: str) -> None:
    assert kind_of(Mark(f"{source}:a", "a", source, "train", tinted)) == kind


def test_kinds_come_as_the_shares_say(store: MarkStore) -> None:
    blocks = MixedBlocks(store, store.select("train"), grounds(), _real(), side=12, views=2)
    rng = np.random.default_rng(0)
    counts = Counter(_kind(store, blocks(rng)[1]) for _ in range(DRAWS))
    assert set(counts) == set(SHARES)
    for kind, share in SHARES.items():
        # Four standard deviations of a count: one false alarm in thousands of seeds.
        assert abs(counts[kind] / DRAWS - share) < 4 * (share * (1 - share) / DRAWS) ** 0.5


def test_identities_and_groups_are_the_stores(store: MarkStore) -> None:
    blocks = MixedBlocks(
        store, store.select("train"), grounds(), {}, side=12, views=2, shares=MARKS_ONLY
    )
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        crops, identity, group = blocks(rng)
        assert crops.shape == (2, 12, 12, 3)
        mark = store.marks[identity]
        assert mark.split == "train"
        assert group == store.group(mark)
        seen.add(mark.identity)
    assert seen == {mark.identity for mark in store.select("train")}


def test_a_patch_is_nobodys_and_a_real_brand_joins_its_marks(store: MarkStore) -> None:
    blocks = MixedBlocks(
        store,
        store.select("train"),
        grounds(),
        _real(),
        side=12,
        views=2,
        shares={"patch": 0.5, "real": 0.5},
    )
    rng = np.random.default_rng(2)
    drawn = [blocks(rng)[1:] for _ in range(60)]
    patches = [(number, group) for number, group in drawn if number >= 2_000_000]
    real = {(number, group) for number, group in drawn if number < 2_000_000}
    assert len(set(patches)) == len(patches) > 10
    assert all(number == group for number, group in patches)
    arrow = next(mark for mark in store.marks if mark.brand == "arrow")
    assert sorted(real) == [(1_000_000, store.group(arrow)), (1_000_001, 1_000_001)]


def test_shares_without_anything_to_draw_are_dealt_to_the_others(store: MarkStore) -> None:
    words = [mark for mark in store.select("train") if mark.source == "wordmarks"]
    blocks = MixedBlocks(store, words, grounds(), {}, side=12, views=2)
    rng = np.random.default_rng(3)
    assert {_kind(store, blocks(rng)[1]) for _ in range(40)} == {"wordmark", "patch"}


def test_the_same_generator_draws_the_same_block(store: MarkStore, tmp_path: Path) -> None:
    one = MixedBlocks(store, store.select("train"), grounds(), _real(), side=12, views=3)
    copy = drawn_store(tmp_path)
    other = MixedBlocks(copy, copy.select("train"), grounds(), _real(), side=12, views=3)
    for seed in range(8):
        left, right = (source(np.random.default_rng(seed)) for source in (one, other))
        assert np.array_equal(left[0], right[0])
        assert left[1:] == right[1:]

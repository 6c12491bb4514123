"""Scenes: sources repeat themselves, pools keep them, crops move their boxes with the pixels."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.training.proposals.augment import IGNORED, PRESENT, training_crop
from models.training.proposals.pool import PoolRefusedError, ScenePool, make_scene_pool
from models.training.proposals.scene import LabelledScene
from models.training.proposals.sources import CompositeScenes, PhotoScenes
from tests.training.proposals.shapes import COLOURS, RingMaker, RingScenes


def _plain(boxes: list[list[float]], size: tuple[int, int] = (100, 60)) -> LabelledScene:
    photo = np.zeros((size[1], size[0], 3), np.uint8)
    return LabelledScene(photo, np.array(boxes, np.float32).reshape(-1, 4))


def test_composites_repeat_by_seed_and_number() -> None:
    source = CompositeScenes(RingMaker(), COLOURS, long_side=96)
    once, again, other = source.scene(1, 5), source.scene(1, 5), source.scene(1, 6)
    assert np.array_equal(once.photo, again.photo)
    assert np.array_equal(once.boxes, again.boxes)
    assert not np.array_equal(once.photo, other.photo)
    assert {len(source.scene(1, i).boxes) for i in range(40)} == {1, 2, 3}


def test_a_labelled_photo_shrinks_with_its_boxes(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.new("RGB", (400, 200)).save(path)
    source = PhotoScenes([(path, [(40, 20, 80, 60), (390, 0, 500, 50)])], trust=0.25, long_side=100)
    scene = source.scene(0, 3)
    assert scene.photo.shape == (50, 100, 3)
    assert scene.boxes.tolist() == [[10, 5, 20, 15], [97.5, 0, 100, 12.5]]
    assert scene.trust == 0.25


@pytest.mark.parametrize("box", [[0, 0, 0, 5], [-1, 0, 5, 5], [0, 0, 5, 61], [0, 0, np.nan, 5]])
def test_a_scene_refuses_a_bad_box(box: list[float]) -> None:
    with pytest.raises(ValueError, match="outside"):
        _plain([box])


def test_a_pool_keeps_what_its_source_gave(tmp_path: Path) -> None:
    source = CompositeScenes(RingMaker(), COLOURS, long_side=96, odds=(0.5, 0.25, 0.25))
    pool = make_scene_pool(tmp_path, source, 7, 3, shard=3, progress=False)
    assert len(pool) == 7
    for number, kept in enumerate(pool):
        given_ = source.scene(3, number)
        assert np.array_equal(kept.boxes, given_.boxes)
        assert np.abs(kept.photo.astype(int) - given_.photo).mean() < 12  # JPEG on noise


def test_a_pool_half_made_goes_on_and_no_other_takes_its_place(tmp_path: Path) -> None:
    make_scene_pool(tmp_path, RingScenes(), 6, 3, shard=2, progress=False)
    whole = [path.read_bytes() for path in sorted(tmp_path.glob("*.npz"))]
    (tmp_path / "shard-00001.npz").unlink()
    with pytest.raises(PoolRefusedError):
        ScenePool(tmp_path)
    make_scene_pool(tmp_path, RingScenes(), 6, 3, shard=2, progress=False)
    assert [path.read_bytes() for path in sorted(tmp_path.glob("*.npz"))] == whole
    with pytest.raises(PoolRefusedError):
        make_scene_pool(tmp_path, RingScenes(), 6, 4, shard=2, progress=False)


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_a_box_moves_with_its_pixels(seed: int) -> None:
    photo = np.zeros((90, 140, 3), np.uint8)
    photo[30:60, 50:100] = 255
    scene = LabelledScene(photo, np.array([[50, 30, 100, 60]], np.float32))
    crop = training_crop(scene, np.random.default_rng(seed), 128, (0.7, 1.5))
    bright = crop.pixels.min(axis=2) > 150
    padding = (crop.pixels == crop.pixels[0, 0]).all(axis=2)
    for box, kind in zip(crop.boxes, crop.kinds, strict=True):
        x0, y0, x1, y1 = (round(float(v)) for v in box)
        inner = bright[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2]
        if kind == PRESENT and not padding[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2].any():
            assert inner.mean() > 0.95


def test_a_shred_is_ignored_and_what_left_the_crop_is_gone() -> None:
    scene = _plain([[0, 0, 3, 3], [30, 20, 70, 50]], (100, 100))
    crop = training_crop(scene, np.random.default_rng(0), 64, (0.99, 1.01))
    assert sorted(crop.kinds.tolist()) == [PRESENT, IGNORED]
    far = training_crop(_plain([[0, 0, 9, 9]], (100, 100)), np.random.default_rng(3), 64, (9, 9.1))
    assert len(far.boxes) == 0

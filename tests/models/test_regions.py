"""Regions, the grid that proposes them, and the crops cut from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.cropping import crop_regions
from models.embedders.pixels import PixelEmbedder
from models.projection import fit_projection
from models.proposers.grid import GridProposer
from models.regions import Regions
from tests.images import RED, photo_array, solid_array


@pytest.mark.parametrize(
    "boxes",
    [[(0, 0, 0, 10)], [(-1, 0, 5, 5)], [(0, 0, 321, 10)], [(0, 0, 10, 241)], [(9, 9, 5, 20)]],
)
def test_a_box_outside_the_photo_is_refused(boxes: list[tuple[int, int, int, int]]) -> None:
    with pytest.raises(ValueError, match="outside the photo of 320 x 240"):
        Regions.of(photo_array(), boxes)


def test_a_photo_that_is_none_is_refused() -> None:
    grey = np.zeros((10, 10), np.uint8)
    with pytest.raises(ValueError, match=r"\(H, W, 3\)"):
        Regions.of(grey, [(0, 0, 5, 5)])
    with pytest.raises(ValueError, match="int32"):
        Regions(photo_array(), np.array([[0.0, 0.0, 5.0, 5.0]]))


def test_boxes_cannot_be_changed_afterwards() -> None:
    regions = Regions.of(photo_array(), [(0, 0, 5, 5)])
    with pytest.raises(ValueError, match="read-only"):
        regions.boxes[0, 0] = 1


@given(st.integers(1, 900), st.integers(1, 900))
def test_the_grid_covers_every_photo_and_starts_with_the_whole(width: int, height: int) -> None:
    grid = GridProposer()
    boxes = grid.propose(np.zeros((height, width, 3), np.uint8)).boxes
    assert boxes[0].tolist() == [0, 0, width, height]
    assert len(np.unique(boxes, axis=0)) == len(boxes)
    for scale in grid.scales:
        side = round(min(width, height) * scale)
        windows = boxes[(boxes[:, 2] - boxes[:, 0] == side) & (boxes[:, 3] - boxes[:, 1] == side)]
        if side < grid.min_side:
            continue
        for low, length in ((0, width), (1, height)):
            starts = np.unique(windows[:, low])
            assert starts[0] == 0
            assert starts[-1] + side == length
            assert (np.diff(starts) <= np.ceil(side * (1 - grid.overlap)) + 1).all()


def test_the_number_of_windows_does_not_depend_on_resolution() -> None:
    grid = GridProposer()
    small = grid.propose(np.zeros((300, 400, 3), np.uint8))
    large = grid.propose(np.zeros((1500, 2000, 3), np.uint8))
    assert len(small) == len(large) > 40


def test_a_strip_does_not_become_a_hundred_thousand_regions() -> None:
    strip = GridProposer().propose(np.zeros((48, 400_000, 3), np.uint8))
    assert 100 < len(strip) < 2_000


def test_the_grids_name_tells_its_settings_apart() -> None:
    assert GridProposer().name != GridProposer(scales=(1.0, 0.5)).name
    assert GridProposer().name != GridProposer(overlap=0.4).name
    with pytest.raises(ValueError, match="scales"):
        GridProposer(scales=(1.5,))
    with pytest.raises(ValueError, match="overlap"):
        GridProposer(overlap=0.95)


def test_a_crop_keeps_its_aspect_ratio_and_is_padded_with_its_border() -> None:
    photo = solid_array(RED, (200, 100))
    photo[40:60, 80:120] = (0, 0, 250)  # twice as wide as high
    (crop,) = crop_regions(Regions.of(photo, [(0, 0, 200, 100)]), 64)
    assert crop.shape == (64, 64, 3)
    blue = (crop[..., 2] > 200) & (crop[..., 0] < 50)
    high, wide = np.any(blue, axis=1).sum(), np.any(blue, axis=0).sum()
    assert 1.5 < wide / high < 2.5
    assert np.abs(crop[0, 0].astype(int) - RED).max() < 5


@pytest.mark.parametrize("box", [(0, 0, 801, 603), (401, 301, 801, 603), (13, 7, 411, 420)])
def test_a_large_region_is_what_the_photo_itself_gives(box: tuple[int, int, int, int]) -> None:
    photo = photo_array(2, (801, 603))
    (crop,) = crop_regions(Regions.of(photo, [box]), 64)
    x_min, y_min, x_max, y_max = box
    wide, high = x_max - x_min, y_max - y_min
    size = (round(64 * wide / max(wide, high)), round(64 * high / max(wide, high)))
    cut = Image.fromarray(photo[y_min:y_max, x_min:x_max])
    inside = np.asarray(cut.resize(size, Image.Resampling.BOX))
    top, left = (64 - size[1]) // 2, (64 - size[0]) // 2
    shown = crop[top : top + size[1], left : left + size[0]].astype(int)
    assert np.abs(shown - inside).mean() < 4


@pytest.mark.parametrize("box", [(0, 0, 801, 1), (800, 0, 801, 603), (797, 599, 801, 603)])
def test_slivers_at_a_photo_s_edge_have_crops(box: tuple[int, int, int, int]) -> None:
    photo = solid_array(RED, (801, 603))
    (crop,) = crop_regions(Regions.of(photo, [box]), 8)
    assert np.abs(crop.astype(int) - RED).max() < 5


def test_the_weight_free_embedder_finds_the_same_crop_again() -> None:
    embedder = PixelEmbedder()
    photo = photo_array(seed=1)
    rows = embedder.embed(Regions.of(photo, [(10, 10, 90, 90), (150, 60, 230, 140)]))
    shifted = embedder.embed(Regions.of(photo, [(12, 11, 92, 91)]))
    assert shifted[0] @ rows[0] > 0.9 > rows[0] @ rows[1]
    plain = embedder.embed(Regions.of(solid_array(), [(0, 0, 20, 20)]))
    assert np.allclose(np.linalg.norm(plain, axis=1), 1)


def test_the_projection_keeps_cosines_of_low_rank_features() -> None:
    draw = np.random.default_rng(0)
    features = (draw.normal(size=(400, 6)) @ draw.normal(size=(6, 40))).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    projected = features @ fit_projection(features, 6).astype(np.float32)
    assert np.allclose(projected @ projected.T, features @ features.T, atol=5e-3)
    again = fit_projection(features[::-1].copy(), 6)
    assert np.allclose(again.astype(np.float32), fit_projection(features, 6), atol=5e-3)

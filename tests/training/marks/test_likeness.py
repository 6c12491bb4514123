"""The same drawing is found under another name, colour and size; a similar one is not."""

import cv2
import numpy as np

from models.training.marks.likeness import describe, group, mend_sides, same_pictures
from models.training.marks.rendering import Pixels
from tests.training.marks.samples import blob


def _pairs(*pictures: Pixels) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in same_pictures(describe(pictures))}


def _tile(seed: int, ground: tuple[int, int, int]) -> Pixels:
    """Return white blocks on a coloured tile."""
    tile = np.full((192, 192, 4), 255, np.uint8)
    tile[blob(seed)[..., 3] == 0, :3] = ground
    return tile


def test_a_recoloured_copy_is_the_same() -> None:
    assert _pairs(blob(1), blob(2), blob(1, (220, 30, 10))) == {(0, 2)}


def test_a_smaller_and_blurred_copy_is_the_same() -> None:
    small = cv2.resize(blob(1), (120, 120), interpolation=cv2.INTER_AREA)
    assert _pairs(blob(1), np.asarray(small, np.uint8)) == {(0, 1)}


def test_a_stretched_copy_is_another() -> None:
    wide = cv2.resize(blob(1), (192, 120), interpolation=cv2.INTER_AREA)
    assert not _pairs(blob(1), np.asarray(wide, np.uint8))


def test_a_changed_corner_makes_another() -> None:
    changed = blob(1)
    changed[:48, :48, 3] = 255 - changed[:48, :48, 3]
    assert not _pairs(blob(1), changed)


def test_tiles_are_compared_by_what_is_on_them() -> None:
    blue = (20, 40, 200)
    assert _pairs(_tile(1, blue), _tile(2, blue), _tile(1, blue)) == {(0, 2)}


def test_a_silhouette_finds_its_painted_copy() -> None:
    painted = blob(1, (220, 30, 10))
    painted[96:, :, :3] = (10, 60, 200)
    assert _pairs(blob(1), painted) == {(0, 1)}


def test_nothing_has_no_pairs() -> None:
    assert same_pictures(describe([])).shape == (0, 2)


def test_groups_join_brands_and_pictures_in_steps() -> None:
    # 0 and 2 share a brand, 2 and 3 a picture, 3 and 4 a brand.
    assert group(["a", "b", "a", "c", "c"], np.array([[2, 3]])) == [0, 1, 0, 0, 0]
    assert group(["a", "b"], np.empty((0, 2), np.int64)) == [0, 1]


def test_sides_give_way_to_those_that_must_not_be_seen() -> None:
    splits = ["train", "validation", "test", "train", "validation"]
    assert mend_sides(splits, [0, 0, 0, 1, 1]) == [
        "excluded",
        "excluded",
        "test",
        "excluded",
        "validation",
    ]

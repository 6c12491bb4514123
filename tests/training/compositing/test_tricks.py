"""Every trick disturbs the motif's box, none hides it in full, few reach far beyond it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.compositing.names import TRICKS
from models.training.compositing.tricks import TRICK_FUNCTIONS, Trick, emoji_from
from tests.training.compositing.drawn import drawing

BOX = (60, 40, 120, 80)
COVERS = ("sticker", "emoji", "hand")
QUANTUM = 1.01 / 255  # drawing goes through whole numbers


def _photo() -> NDArray[np.float32]:
    return np.random.default_rng(4).random((120, 180, 3), np.float32)


def _change(trick: Trick, seed: int) -> NDArray[np.float32]:
    photo = _photo()
    trick(photo, BOX, np.random.default_rng(seed))
    assert photo.dtype == np.float32
    assert 0 <= photo.min() <= photo.max() <= 1
    change: NDArray[np.float32] = np.abs(photo - _photo()).max(axis=2)
    return change


def _inside(change: NDArray[np.float32]) -> NDArray[np.float32]:
    return change[BOX[1] : BOX[3], BOX[0] : BOX[2]]


ALL = {**TRICK_FUNCTIONS, "an emoji's picture": emoji_from((drawing("face"),))}


@pytest.mark.parametrize("name", ALL)
def test_a_trick_changes_the_box(name: str) -> None:
    shares = [float((_inside(_change(ALL[name], seed)) > 0.05).mean()) for seed in range(12)]
    assert min(shares) > 0.03
    assert np.mean(shares) > 0.12


@pytest.mark.parametrize("name", [*COVERS, "an emoji's picture"])
def test_no_trick_covers_all_of_it(name: str) -> None:
    covered = [float((_inside(_change(ALL[name], seed)) > QUANTUM).mean()) for seed in range(40)]
    assert max(covered) < 0.8


@pytest.mark.parametrize("name", [name for name in ALL if name not in ("hand", "watermark")])
def test_far_from_the_box_nothing_changes(name: str) -> None:
    for seed in range(12):
        change = _change(ALL[name], seed)
        change[BOX[1] - 30 : BOX[3] + 30, BOX[0] - 30 : BOX[2] + 30] = 0
        assert change.max() < QUANTUM


def test_the_same_seed_plays_the_same_trick() -> None:
    for trick in ALL.values():
        assert np.array_equal(_change(trick, 7), _change(trick, 7))


def test_a_box_at_the_corner_is_no_trouble() -> None:
    for trick in ALL.values():
        for box in ((0, 0, 5, 4), (175, 115, 180, 120), (0, 100, 180, 120)):
            photo = _photo()
            trick(photo, box, np.random.default_rng(3))
            assert np.isfinite(photo).all()


def test_a_mosaic_has_blocks_of_one_colour() -> None:
    photo = _photo()
    TRICK_FUNCTIONS["mosaic"](photo, BOX, np.random.default_rng(0))
    window = photo[BOX[1] : BOX[3], BOX[0] : BOX[2]]
    same = (np.diff(window, axis=1) == 0).all(axis=2)
    assert 0.4 < same.mean() < 1


def test_without_pictures_an_emoji_is_drawn() -> None:
    assert emoji_from(()) is TRICK_FUNCTIONS["emoji"]


def test_every_name_has_its_trick() -> None:
    # These four are no disturbance of a finished picture: the compositor plays them otherwise.
    assert {*TRICK_FUNCTIONS, "collage", "edge", "mirror", "recolour"} == set(TRICKS)

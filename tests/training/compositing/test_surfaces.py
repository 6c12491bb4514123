"""A mark laid on goods stays the mark: in the middle, of its size, bent and lit a little."""

import numpy as np
import pytest

from models.training.compositing.ink import Ink
from models.training.compositing.names import SURFACES
from models.training.compositing.surfaces import Laid, Pose, lay, smooth_noise
from tests.training.compositing.drawn import drawing

SIDE = 120


def _laid(name: str, pose: Pose, seed: int = 0, longest: int = 80) -> Laid:
    ink = Ink.of(drawing(name), tinted=True).sized(longest)
    return lay(ink, pose, SIDE, np.random.default_rng(seed))


def _extent(laid: Laid) -> tuple[int, int]:
    seen = laid.coverage > 0.25
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def test_a_flat_upright_mark_is_only_moved() -> None:
    laid = _laid("bars", Pose())
    width, height = _extent(laid)
    assert (width, height) == pytest.approx((80, 80 * 150 / 192), abs=2)
    weights = laid.coverage.sum()
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    assert (laid.coverage * rows).sum() / weights == pytest.approx(SIDE / 2, abs=1)
    assert (laid.coverage * columns).sum() / weights == pytest.approx(SIDE / 2, abs=1)


@pytest.mark.parametrize("angle", [30.0, -50.0, 90.0, 180.0])
def test_a_turned_mark_fills_the_same_square(angle: float) -> None:
    assert max(_extent(_laid("plate", Pose(angle)))) == pytest.approx(80, abs=2)


def test_a_half_turn_is_a_half_turn() -> None:
    upright, turned = _laid("arrow", Pose()), _laid("arrow", Pose(180.0))
    assert np.abs(upright.coverage - turned.coverage[::-1, ::-1]).mean() < 0.02


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_keeps_most_of_the_mark(surface: str) -> None:
    flat = _laid("bars", Pose())
    for seed in range(8):
        bent = _laid("bars", Pose(0, 0, surface, 1.0), seed)
        assert bent.coverage.shape == bent.shade.shape == (SIDE, SIDE)
        assert bent.colours.shape == (SIDE, SIDE, 3)
        assert 0.5 < bent.coverage.sum() / flat.coverage.sum() < 1.4
        assert 0.35 < bent.shade.min() <= bent.shade.max() < 1.6
        if surface != "flat":
            assert np.abs(bent.coverage - flat.coverage).mean() > 0.003


def test_noise_is_of_its_size_and_not_flat() -> None:
    for side, cells in ((15, 18), (64, 5), (100, 3)):
        noise = smooth_noise(side, cells, np.random.default_rng(1))
        assert noise.shape == (side, side)
        assert 0.2 < noise.std() < 2

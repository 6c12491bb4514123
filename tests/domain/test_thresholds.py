"""Budgets become similarities, and those that the background cannot carry are refused."""

import numpy as np
import pytest

from app.domain.calibration import fit_nulls
from app.domain.errors import CalibrationError
from app.domain.thresholds import thresholds

NULLS = fit_nulls(np.random.default_rng(0).beta(4, 12, (6, 400)).astype(np.float32))


@pytest.mark.parametrize("budget", [500.0, 20_000.0, 200_000.0])
def test_each_motif_has_the_chance_at_its_threshold(budget: float) -> None:
    found = thresholds(NULLS, budget)
    rows = np.arange(6)
    at = NULLS.chances(rows, found.similarities.astype(np.float32) + 1e-4)
    below = NULLS.chances(rows, found.similarities.astype(np.float32) - 1e-3)
    assert (at <= found.chance).all()
    assert (below > found.chance).all()
    assert NULLS.registry_chance(found.chance) == pytest.approx(budget / 1e6)


def test_a_tighter_budget_asks_for_more() -> None:
    tight, wide = thresholds(NULLS, 1_000), thresholds(NULLS, 50_000)
    assert (tight.similarities > wide.similarities).all()
    assert tight.interval is None, "less than one photo of 400 is expected there"
    assert wide.interval is not None
    low, high = wide.interval
    assert low < 1e6 * wide.chance < high


def test_a_budget_beyond_the_background_is_refused_with_what_it_needs() -> None:
    with pytest.raises(CalibrationError, match=r"400 background photos can show; [\d,]+ are"):
        thresholds(NULLS, 0.5)

"""Several photos of one listing: weak matches of a motif add up, copies do not, shares are told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import ImageFinding, Verdict
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.match import Match
from app.domain.pooling import ALIKE_BITS, ListingPhotos, pooled_chance
from app.domain.verdict import Policy, rule

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(1, 1000))).astype(np.float32))


def photo(number: int, *chances: float, look: int | None = None) -> ImageFinding:
    """Photo `number`, which matches motif 1, 2, … with the chances given."""
    matches = tuple(
        Match("Cartier", f"mark {motif}", motif, motif, Box(0, 0, 9, 9), 0.8, 1e6 * p, p)
        for motif, p in sorted(enumerate(chances, start=1), key=lambda one: one[1])
        if p < 1
    )
    return ImageFinding(f"{number}.jpg", f"{number:064}", 100, 100, matches=matches, look=look)


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=24))
def test_the_pooled_chance_lies_between_the_rarest_and_its_price(chances: list[float]) -> None:
    pooled = pooled_chance(chances)
    assert min(chances) * (1 - 1e-9) <= pooled <= min(1.0, len(chances) * min(chances)) * (1 + 1e-9)


def test_one_photo_is_what_it_was() -> None:
    assert ListingPhotos([photo(1, 0.003)]).chance(1) == pytest.approx(0.003)


def test_matches_in_several_photos_add_up_and_blank_photos_are_paid_for() -> None:
    one = ListingPhotos([photo(1, 0.001), photo(2), photo(3)]).chance(1)
    three = ListingPhotos([photo(n, 0.001) for n in range(3)]).chance(1)
    assert one == pytest.approx(0.003, rel=0.01)
    assert three == pytest.approx(0.001)


def test_copies_of_a_photo_count_once_and_cost_nothing() -> None:
    look = 0x0F0F_3C3C_5A5A_1234
    close, far = look ^ 0b1011, look ^ ((1 << 2 * ALIKE_BITS) - 1)
    copies = [photo(n, 0.001, look=one) for n, one in enumerate([look, close, look])]
    assert ListingPhotos([*copies, photo(9, look=far)]).chance(1) == pytest.approx(0.002, rel=0.01)
    same = [photo(1, 0.001), replace(photo(1, 0.001), image="again.jpg")]
    assert ListingPhotos(same).chance(1) == pytest.approx(0.001)
    unknown = [photo(1, 0.001), photo(2)]  # no look: nobody can say that they are copies
    assert ListingPhotos(unknown).chance(1) == pytest.approx(0.002, rel=0.01)


def test_shares_tell_which_image_brings_the_evidence() -> None:
    images = [photo(1, 0.001), photo(2, 0.003), photo(3, 1.0, 0.5), photo(4)]
    shares = ListingPhotos(images).shares(1, images)
    assert shares == pytest.approx((0.75, 0.25, 0.0, 0.0))
    assert ListingPhotos(images[3:]).shares(1, images[3:]) == (0.0,)


def test_copies_share_what_they_bring() -> None:
    images = [photo(1, 0.001, look=7), photo(2, 0.001, look=6), photo(3, 0.001, look=2**64 - 1)]
    assert ListingPhotos(images).shares(1, images) == pytest.approx((0.25, 0.25, 0.5))


def test_the_rule_adds_up_only_where_the_policy_says_so(nulls: NullDistributions) -> None:
    chance = 0.6 * Policy().review_per_million / 1e6
    images = tuple(photo(number, chance) for number in range(3))
    pooled = rule(images, UNBRANDED, nulls, Policy(pooled=True))
    alone = rule(images, UNBRANDED, nulls, Policy(pooled=False))
    assert pooled.verdict is Verdict.REVIEW
    assert alone.verdict is Verdict.CLEAR
    assert pooled.shares == pytest.approx((1 / 3,) * 3)
    assert alone.shares == ()
    assert Policy(pooled=True).version != Policy(pooled=False).version


def test_copies_do_not_make_a_verdict(nulls: NullDistributions) -> None:
    chance = 0.6 * Policy().review_per_million / 1e6
    policy = Policy(pooled=True)
    once = rule((photo(1, chance),), UNBRANDED, nulls, policy)
    copies = rule(tuple(photo(n, chance, look=3) for n in range(5)), UNBRANDED, nulls, policy)
    assert copies.factors == once.factors

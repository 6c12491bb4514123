"""Prices far below a brand's: told beside a match, and never more than told."""

import math

import numpy as np
import pytest

from app.domain.assessment import ImageFinding, ReasonCode, Ruling, Verdict
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.prices import PriceBook, PriceRange
from app.domain.sellers import Grant, Seller, SellerKind, Standing
from app.domain.trade import Trade
from app.domain.verdict import Policy, rule

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
OWN = Claim(ClaimKind.NAMES, "Cartier", ClaimSource.BRAND_FIELD, ("Cartier",))
BOOK = PriceBook(
    [
        ("Cartier", (PriceRange("EUR", 1000, 4000), PriceRange("EUR", 100, None, "Key rings"))),
        ("Rolex", (PriceRange("USD", 5000, None, "Watches"),)),
    ]
)


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(1, 1000))).astype(np.float32))


def judge(
    nulls: NullDistributions,
    listing: Listing,
    *,
    chance: float = 1e-6,
    brand: str = "Cartier",
    claim: Claim = UNBRANDED,
    standing: Standing | None = None,
    policy: Policy | None = None,
) -> Ruling:
    match = Match(brand, "mark", 1, 1, Box(0, 0, 9, 9), 0.8, 1e6 * chance, chance)
    finding = ImageFinding("a.jpg", "0" * 64, 100, 100, matches=(match,))
    trade = Trade(standing or Standing(), BOOK.offer(listing))
    return rule((finding,), claim, nulls, policy or Policy(), trade=trade)


def listing(price: float | None, currency: str = "EUR", category: str = "") -> Listing:
    return Listing("L", price=price, currency=currency, category=category)


def told(ruling: Ruling) -> bool:
    return ReasonCode.PRICE_BELOW_RANGE in {reason.code for reason in ruling.reasons}


@pytest.mark.parametrize(
    ("asked", "below"),
    [
        (listing(12.9), True),
        (listing(12.9, " eur "), True),
        (listing(499.99), True),
        (listing(500), False),
        (listing(None), False),
        (listing(0), False),
        (listing(-1), False),
        (listing(math.nan), False),
        (listing(math.inf), False),
        (listing(12.9, "USD"), False),
        (listing(12.9, ""), False),
        (listing(12.9, "€"), False),
        (listing(60, category="Key rings"), False),
        (listing(40, category="Gifts > key  RINGS"), True),
        (listing(60, category="Key rings and more"), True),
    ],
)
def test_a_price_far_below_is_told(nulls: NullDistributions, asked: Listing, below: bool) -> None:
    assert told(judge(nulls, asked)) is below


def test_the_reason_has_both_prices(nulls: NullDistributions) -> None:
    reason = judge(nulls, listing(12.9)).reasons[-1]
    assert reason.detail == (
        "asks 12.9 EUR, where goods of Cartier are known from 1,000 EUR, typically 4,000 EUR"
    )


def test_a_range_of_another_category_says_nothing(nulls: NullDistributions) -> None:
    assert not told(judge(nulls, listing(9, "USD", "Rings"), brand="Rolex"))
    assert told(judge(nulls, listing(9, "USD", "Watches"), brand="Rolex"))


@pytest.mark.parametrize("chance", [1e-6, 0.015, 0.5])
@pytest.mark.parametrize("claim", [UNBRANDED, OWN])
def test_a_price_never_raises_a_verdict(
    nulls: NullDistributions, chance: float, claim: Claim
) -> None:
    dear = judge(nulls, listing(5000), chance=chance, claim=claim)
    cheap = judge(nulls, listing(1), chance=chance, claim=claim)
    assert (cheap.verdict, cheap.factors) == (dear.verdict, dear.factors)
    assert told(cheap) is (chance < 0.1), "beside a match alone"


def test_an_authorised_sellers_price_is_the_brands_business(nulls: NullDistributions) -> None:
    house = Standing((Grant("Cartier", Seller(1, 1, "s", SellerKind.LICENSED)),))
    ruling = judge(nulls, listing(1), standing=house)
    assert (ruling.verdict, told(ruling)) == (Verdict.CLEAR, False)


def test_a_share_of_zero_says_nothing_of_prices(nulls: NullDistributions) -> None:
    assert not told(judge(nulls, listing(0.01), policy=Policy(price_share=0)))
    with pytest.raises(InvalidInputError):
        Policy(price_share=1.1)


@pytest.mark.parametrize(
    "values",
    [("EURO", 1.0), ("€", 1.0), ("EUR", 0.0), ("EUR", math.inf), ("EUR", 2.0, 1.0)],
)
def test_a_range_that_makes_no_sense(values: tuple[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        PriceRange(*values)

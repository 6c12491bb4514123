"""Who may sell what: ids, territories, days, and what follows for a verdict."""

from datetime import date

import numpy as np
import pytest

from app.domain.assessment import ImageFinding, Reason, ReasonCode, Ruling, Verdict
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.sellers import NewSeller, Seller, SellerBook, SellerKind
from app.domain.territory import covers, territory_code
from app.domain.trade import Trade
from app.domain.verdict import NamedBrand, Policy, rule

TODAY = date(2026, 6, 15)
UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
OWN = Claim(ClaimKind.NAMES, "Cartier", ClaimSource.BRAND_FIELD, ("Cartier",))


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(2, 1000))).astype(np.float32))


def seen(brand: str, *, left: int = 0, chance: float = 1e-6) -> Match:
    number = 1 if brand == "Cartier" else 2
    box = Box(left, 0, left + 9, 9)
    return Match(brand, "mark", number, number, box, 0.8, 1e6 * chance, chance)


def judge(
    nulls: NullDistributions,
    trade: Trade,
    *matches: Match,
    claim: Claim = UNBRANDED,
    policy: Policy | None = None,
) -> Ruling:
    finding = ImageFinding("a.jpg", "0" * 64, 100, 100, matches=matches)
    return rule((finding,), claim, nulls, policy or Policy(), trade=trade)


def trade_of(listing: Listing, *sellers: Seller, brand: str = "Cartier") -> Trade:
    return Trade(SellerBook((brand, each) for each in sellers).standing(listing, TODAY))


def listing(seller: str = "Gold Shop", territory: str = "") -> Listing:
    return Listing("L", seller_id=seller, territory=territory)


def allowed(
    territory: str = "", start: date | None = None, end: date | None = None, name: str = "Gold Shop"
) -> Seller:
    return Seller(1, 1, name, SellerKind.AUTHORISED, territory, start, end)


def codes(ruling: Ruling) -> list[ReasonCode]:
    return [reason.code for reason in ruling.reasons]


def test_an_authorised_seller_is_clear_with_the_match_shown(nulls: NullDistributions) -> None:
    ruling = judge(nulls, trade_of(listing(), allowed()), seen("Cartier"))
    assert (ruling.verdict, ruling.factors.not_authorised) == (Verdict.CLEAR, 0.0)
    assert codes(ruling)[0] is ReasonCode.MOTIF_SEEN
    told = "seller 'Gold Shop' is an authorised seller of Cartier"
    assert ruling.reasons[-1] == Reason(ReasonCode.AUTHORISED_SELLER, told)


def test_a_stranger_is_none(nulls: NullDistributions) -> None:
    for name in ("Gold Shop 2", "GoldShop", ""):
        trade = trade_of(listing(name), allowed())
        assert judge(nulls, trade, seen("Cartier")).verdict is Verdict.SUSPECT


@pytest.mark.parametrize("name", ["gold shop", " GOLD  SHOP ", "Gold\tShop"])
def test_ids_are_one_but_for_white_space_and_case(nulls: NullDistributions, name: str) -> None:
    trade = trade_of(listing(name), allowed())
    assert judge(nulls, trade, seen("Cartier")).verdict is Verdict.CLEAR


def test_a_seller_is_authorised_for_one_brand_and_not_for_another(nulls: NullDistributions) -> None:
    trade = trade_of(listing(), allowed())
    both = judge(nulls, trade, seen("Cartier"), seen("Rolex", left=50, chance=2e-6))
    assert (both.verdict, both.factors.not_authorised) == (Verdict.SUSPECT, 1.0)
    assert "Rolex" in both.reasons[0].detail
    assert ReasonCode.AUTHORISED_SELLER not in codes(both)
    echo = judge(nulls, trade, seen("Cartier"), seen("Rolex", chance=2e-6))
    assert echo.verdict is Verdict.CLEAR, "what merely resembles the seller's own brand in place"


@pytest.mark.parametrize(
    ("territory", "place", "verdict"),
    [
        ("", "", Verdict.CLEAR),
        ("", "US", Verdict.CLEAR),
        ("DE", "de", Verdict.CLEAR),
        ("GB", "UK", Verdict.CLEAR),
        ("EU", "FR", Verdict.CLEAR),
        ("EEA", "NO", Verdict.CLEAR),
        ("EU", "NO", Verdict.SUSPECT),
        ("DE", "FR", Verdict.SUSPECT),
        ("DE", "EU", Verdict.SUSPECT),
        ("DE", "", Verdict.SUSPECT),
        ("DE", "germany", Verdict.SUSPECT),
    ],
)
def test_where_a_seller_is_authorised(
    nulls: NullDistributions, territory: str, place: str, verdict: Verdict
) -> None:
    ruling = judge(
        nulls, trade_of(listing("Gold Shop", place), allowed(territory)), seen("Cartier")
    )
    assert ruling.verdict is verdict
    told = ReasonCode.AUTHORISED_SELLER
    if verdict is Verdict.SUSPECT:
        told = ReasonCode.AUTHORISATION_NOT_VALID
    assert codes(ruling)[-1] is told


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        (TODAY, TODAY, Verdict.CLEAR),
        (None, TODAY, Verdict.CLEAR),
        (date(2026, 6, 16), None, Verdict.SUSPECT),
        (None, date(2026, 6, 14), Verdict.SUSPECT),
    ],
)
def test_when_a_seller_is_authorised(
    nulls: NullDistributions, start: date | None, end: date | None, verdict: Verdict
) -> None:
    ruling = judge(nulls, trade_of(listing(), allowed("", start, end)), seen("Cartier"))
    assert ruling.verdict is verdict
    if verdict is Verdict.SUSPECT:
        assert "assessed on 2026-06-15" in ruling.reasons[-1].detail


def test_one_authorisation_of_several_is_enough(nulls: NullDistributions) -> None:
    old, new = allowed("", None, date(2020, 1, 1)), allowed("FR")
    ruling = judge(nulls, trade_of(listing(territory="FR"), old, new), seen("Cartier"))
    assert (ruling.verdict, codes(ruling)[-1]) == (Verdict.CLEAR, ReasonCode.AUTHORISED_SELLER)


def test_an_authorised_seller_gives_no_reason_where_nothing_is_seen(
    nulls: NullDistributions,
) -> None:
    trade = trade_of(listing(), allowed())
    assert judge(nulls, trade, seen("Cartier", chance=0.5)).reasons == ()


def test_what_becomes_of_a_listing_that_names_the_brand_it_shows(nulls: NullDistributions) -> None:
    look = Policy(named_brand=NamedBrand.REVIEW)
    stranger, house = Trade(), trade_of(listing(), allowed())
    assert judge(nulls, stranger, seen("Cartier"), claim=OWN).verdict is Verdict.CLEAR
    ruling = judge(nulls, stranger, seen("Cartier"), claim=OWN, policy=look)
    assert ruling.verdict is Verdict.REVIEW
    assert codes(ruling) == [ReasonCode.MOTIF_SEEN, ReasonCode.CLAIMS_MATCHED_BRAND]
    assert judge(nulls, house, seen("Cartier"), claim=OWN, policy=look).verdict is Verdict.CLEAR
    unseen = seen("Cartier", chance=0.5)
    assert judge(nulls, stranger, unseen, claim=OWN, policy=look).verdict is Verdict.CLEAR
    silent = judge(nulls, stranger, seen("Cartier"), claim=SILENT, policy=look)
    assert silent.verdict is Verdict.SUSPECT


@pytest.mark.parametrize("text", ["Germany", "D", "DEU", "D1", "日本", "de-DE"])
def test_a_territory_that_is_no_code(text: str) -> None:
    with pytest.raises(InvalidInputError, match="country code"):
        territory_code(text)
    assert not covers("DE", text)


def test_an_authorisation_that_makes_no_sense() -> None:
    with pytest.raises(InvalidInputError, match="an id"):
        NewSeller("  ")
    with pytest.raises(InvalidInputError, match="before it begins"):
        NewSeller("s", valid_from=date(2026, 2, 2), valid_until=date(2026, 2, 1))
    assert NewSeller("s", territory="uk").territory == "GB"

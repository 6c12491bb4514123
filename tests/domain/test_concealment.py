"""Hidden patches: how rare they are, what is told of them, and what they never do."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.assessment import ImageFinding, ReasonCode, Verdict
from app.domain.box import Box
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.concealment import Concealment, ConcealmentBackground, ConcealmentKind
from app.domain.errors import CalibrationError, InvalidInputError
from app.domain.expected_place import ExpectedPlace
from app.domain.hiding import HidingPolicy, hiding_reasons, place_chance
from app.domain.match import Match
from app.domain.verdict import Policy, rule

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
OWN = Claim(ClaimKind.NAMES, "Cartier", ClaimSource.BRAND_FIELD, ("Cartier",))
PATCH = Box(40, 40, 60, 60)
REVIEWING = HidingPolicy(review_per_million=2_000)


def image(chance: float, *matches: Match) -> ImageFinding:
    patch = Concealment(ConcealmentKind.MOSAIC, PATCH, chance)
    return ImageFinding("a.jpg", "0" * 64, 100, 100, matches=matches, concealed=(patch,))


def background(photos: int = 200) -> ConcealmentBackground:
    scores = -np.sort(-np.random.default_rng(0).normal(size=photos))
    return ConcealmentBackground("made up", photos, {"blur": scores, "mosaic": scores - 5})


def test_a_higher_figure_is_rarer_down_to_the_floor() -> None:
    known = background()
    chances = [known.chance("blur", odds) for odds in np.linspace(-3, 9, 60)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1.0
    assert chances[-1] == known.floor == 1 / 2_000
    assert known.rarity("blur", 9) < known.floor
    assert known.chance("mosaic", 0) < known.chance("blur", 0)


def test_inside_the_data_photos_are_counted_and_every_kind_is_paid_for() -> None:
    known = background()
    median = float(np.median(known.scores["blur"]))
    assert known.chance("blur", median) == 1.0  # half of the photos, for each of two kinds
    upper = float(known.scores["blur"][40])
    assert known.chance("blur", upper) == pytest.approx(2 * 42 / 201)


def test_a_background_is_large_enough_and_whole() -> None:
    with pytest.raises(CalibrationError, match="99 photos"):
        background(99)
    with pytest.raises(ValueError, match="one figure for each photo"):
        ConcealmentBackground("made up", 200, {"blur": np.zeros(3)})
    document = {"detector": "d", "photos": 100, "scores": {"blur": [0.5] * 100}}
    assert ConcealmentBackground.from_document(document).photos == 100


def test_a_rare_patch_is_told_with_its_place_kind_and_figure() -> None:
    reasons, asks = hiding_reasons([image(0.004)], UNBRANDED, (), HidingPolicy())
    assert [reason.code for reason in reasons] == [ReasonCode.MOTIF_AREA_CONCEALED]
    assert reasons[0].detail == (
        "mosaic in image 1 (a.jpg) at [40, 40, 60, 60], "
        "as striking as in about 4,000 of a million ordinary photos"
    )
    assert not asks
    assert hiding_reasons([image(0.02)], UNBRANDED, (), HidingPolicy()) == ([], False)


@pytest.mark.parametrize(
    ("claim", "chance", "verdict"),
    [
        (UNBRANDED, 0.0019, Verdict.REVIEW),
        (SILENT, 0.0019, Verdict.REVIEW),
        (UNBRANDED, 0.0021, Verdict.CLEAR),
        (OWN, 0.0005, Verdict.CLEAR),
    ],
)
def test_a_patch_asks_for_a_review_within_its_budget_where_no_brand_is_named(
    claim: Claim, chance: float, verdict: Verdict
) -> None:
    ruling = rule((image(chance),), claim, None, Policy(hiding=REVIEWING))
    assert ruling.verdict is verdict
    assert ruling.factors.score == 0


def test_it_never_makes_a_listing_suspect_and_by_default_asks_for_nothing() -> None:
    rarest = (image(1e-9),)
    everything = HidingPolicy(told_per_million=1e6, review_per_million=1e6)
    assert rule(rarest, UNBRANDED, None, Policy(hiding=everything)).verdict is Verdict.REVIEW
    assert rule(rarest, UNBRANDED, None, Policy()).verdict is Verdict.CLEAR


def test_many_photos_make_a_patch_less_rare() -> None:
    blank = ImageFinding("b.jpg", "1" * 64, 100, 100)
    for others, told in ((0, True), (1, True), (4, False)):
        images = [image(0.002), *[blank] * others]
        assert bool(hiding_reasons(images, UNBRANDED, (), HidingPolicy())[0]) is told


def test_a_patch_where_a_motif_is_expected_counts_for_more() -> None:
    middle = ExpectedPlace(0.35, 0.35, 0.65, 0.65)
    reasons, asks = hiding_reasons([image(0.0045)], UNBRANDED, [middle], REVIEWING)
    assert "where a registered motif is to be expected" in reasons[0].detail
    assert "810 of a million" in reasons[0].detail
    assert asks
    corner = ExpectedPlace(0.0, 0.0, 0.2, 0.2)
    reasons, asks = hiding_reasons([image(0.0045)], UNBRANDED, [corner], REVIEWING)
    assert "4,500 of a million" in reasons[0].detail
    assert not asks


def test_places_all_over_the_photo_change_nothing() -> None:
    everywhere = [ExpectedPlace(0, 0, 1, 1), ExpectedPlace(0, 0, 1, 0.5)]
    assert place_chance(0.01, everywhere) == 0.01


def test_what_was_recognised_is_not_hidden() -> None:
    seen = Match("Cartier", "LOVE", 1, 1, Box(38, 38, 62, 62), 0.9, 3.0, 3e-6)
    assert hiding_reasons([image(0.001, seen)], UNBRANDED, (), REVIEWING) == ([], False)
    beside = replace(seen, box=Box(0, 0, 20, 20))
    assert hiding_reasons([image(0.001, beside)], UNBRANDED, (), REVIEWING)[1]


def test_budgets_are_checked() -> None:
    with pytest.raises(InvalidInputError, match="hidden patches"):
        HidingPolicy(told_per_million=100, review_per_million=200)
    with pytest.raises(ValueError, match="is not a chance"):
        Concealment(ConcealmentKind.BLUR, PATCH, 0.0)

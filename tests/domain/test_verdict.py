"""The verdict rule: factors, budgets, reasons."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import ImageError, ImageFinding, ReasonCode, Ruling, Verdict
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.match import Match
from app.domain.verdict import Policy, motif_probability, rule

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
OWN = Claim(ClaimKind.NAMES, "CARTIER", ClaimSource.BRAND_FIELD, ("CARTIER",))
OTHER = Claim(ClaimKind.NAMES, "Acme", ClaimSource.TITLE, ("Acme",))
POLICY = Policy()


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(1, 1000))).astype(np.float32))


def match(chance: float, *, calibrated: bool = True) -> Match:
    alarms = 1e6 * chance if calibrated else None
    return Match("Cartier", "LOVE screw", 1, 1, Box(0, 0, 9, 9), 0.8, alarms, chance)


def finding(*matches: Match, error: str = "") -> ImageFinding:
    if error:
        return ImageFinding("a.jpg", error=ImageError(error, "no good"))
    return ImageFinding("a.jpg", "0" * 64, 100, 100, matches=matches)


def codes(ruling: Ruling) -> set[ReasonCode]:
    return {reason.code for reason in ruling.reasons}


def test_a_rare_match_on_unbranded_goods_is_suspect(nulls: NullDistributions) -> None:
    ruling = rule((finding(match(1e-6)),), UNBRANDED, nulls, POLICY)
    assert ruling.verdict is Verdict.SUSPECT
    assert codes(ruling) == {ReasonCode.MOTIF_SEEN, ReasonCode.CLAIMS_UNBRANDED}
    assert "Cartier / LOVE screw in image 1" in ruling.reasons[0].detail
    assert "'Unbranded'" in ruling.reasons[1].detail
    assert ruling.factors.score > 0.98


@pytest.mark.parametrize(
    ("claim", "verdict", "code"),
    [
        (UNBRANDED, Verdict.SUSPECT, ReasonCode.CLAIMS_UNBRANDED),
        (SILENT, Verdict.SUSPECT, ReasonCode.NO_BRAND_CLAIM),
        (OTHER, Verdict.SUSPECT, ReasonCode.CLAIMS_OTHER_BRAND),
        (OWN, Verdict.CLEAR, ReasonCode.CLAIMS_MATCHED_BRAND),
    ],
)
def test_what_the_listing_says_decides_with(
    nulls: NullDistributions, claim: Claim, verdict: Verdict, code: ReasonCode
) -> None:
    ruling = rule((finding(match(1e-6)),), claim, nulls, POLICY)
    assert ruling.verdict is verdict
    assert code in codes(ruling)
    assert ReasonCode.MOTIF_SEEN in codes(ruling)


def test_naming_one_brand_does_not_hide_another(nulls: NullDistributions) -> None:
    named, echo = match(1e-6), replace(match(2e-6), brand="Rolex", motif="crown", motif_id=2)
    hidden = replace(echo, box=Box(20, 20, 29, 29))
    assert rule((finding(named, echo),), OWN, nulls, POLICY).verdict is Verdict.CLEAR
    ruling = rule((finding(named, hidden),), OWN, nulls, POLICY)
    assert ruling.verdict is Verdict.SUSPECT
    assert "Rolex / crown" in ruling.reasons[0].detail
    assert ReasonCode.CLAIMS_OTHER_BRAND in codes(ruling)


def test_a_common_match_is_clear_and_gives_no_reason(nulls: NullDistributions) -> None:
    ruling = rule((finding(match(0.5)),), UNBRANDED, nulls, POLICY)
    assert (ruling.verdict, ruling.reasons) == (Verdict.CLEAR, ())


def test_budgets_are_the_thresholds_for_a_listing_that_denies(nulls: NullDistributions) -> None:
    one_motif = nulls.effective_motifs
    for budget, verdict, milder in (
        (POLICY.suspect_per_million, Verdict.SUSPECT, Verdict.REVIEW),
        (POLICY.review_per_million, Verdict.REVIEW, Verdict.CLEAR),
    ):
        chance = budget / 1e6 / one_motif
        within = rule((finding(match(chance * 0.98)),), UNBRANDED, nulls, POLICY)
        beyond = rule((finding(match(chance * 1.05)),), UNBRANDED, nulls, POLICY)
        assert (within.verdict, beyond.verdict) == (verdict, milder)


def test_more_photos_need_a_rarer_match(nulls: NullDistributions) -> None:
    chance = 0.9 * POLICY.suspect_per_million / 1e6
    alone = rule((finding(match(chance)),), UNBRANDED, nulls, POLICY)
    others = [replace(finding(), sha256=f"{number:064}") for number in range(1, 10)]
    among = rule((finding(match(chance)), *others), UNBRANDED, nulls, POLICY)
    assert (alone.verdict, among.verdict) == (Verdict.SUSPECT, Verdict.REVIEW)


@pytest.mark.parametrize("images", [(), (finding(error="image_truncated"),)])
def test_no_readable_image_is_never_clear(
    nulls: NullDistributions, images: tuple[ImageFinding, ...]
) -> None:
    ruling = rule(images, OWN, nulls, POLICY)
    assert ruling.verdict is Verdict.REVIEW
    assert ReasonCode.NO_READABLE_IMAGE in codes(ruling)


def test_a_broken_image_is_reported_beside_a_good_one(nulls: NullDistributions) -> None:
    images = (finding(error="image_corrupt"), finding(match(1e-6)), finding(error=TOO_SMALL))
    ruling = rule(images, UNBRANDED, nulls, POLICY)
    assert ruling.verdict is Verdict.SUSPECT
    assert {ReasonCode.IMAGE_UNREADABLE, ReasonCode.TOO_SMALL_TO_JUDGE} <= codes(ruling)
    assert "in image 2" in next(r.detail for r in ruling.reasons if r.code == "motif_seen")


TOO_SMALL = ReasonCode.TOO_SMALL_TO_JUDGE


def test_without_calibration_nothing_that_matched_is_clear() -> None:
    ruling = rule((finding(match(1.0, calibrated=False)),), UNBRANDED, None, POLICY)
    assert ruling.verdict is Verdict.REVIEW
    assert ReasonCode.NOT_CALIBRATED in codes(ruling)
    assert rule((finding(),), UNBRANDED, None, POLICY).verdict is Verdict.CLEAR


@given(st.floats(1e-9, 1), st.floats(1e-9, 1), st.floats(0.001, 0.5))
def test_a_rarer_match_is_never_less_probable(one: float, two: float, prior: float) -> None:
    rare, common = sorted((one, two))
    assert motif_probability(rare, prior) >= motif_probability(common, prior) - 1e-12
    assert 0 <= motif_probability(rare, prior) < 1


def test_no_evidence_is_no_probability() -> None:
    assert motif_probability(1 / math.e, 0.5) == 0
    assert motif_probability(1.0, 0.5) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"suspect_per_million": 0.0},
        {"suspect_per_million": 50_000.0},
        {"review_per_million": 400_000.0},
        {"prior": 0.0},
        {"silent_denies": 1.5},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        Policy(**change)  # type: ignore[arg-type]


def test_the_policys_version_changes_with_every_number() -> None:
    versions = {
        Policy().version,
        Policy(prior=0.03).version,
        Policy(silent_denies=0.5).version,
        Policy(min_side=10).version,
    }
    assert len(versions) == 4
    assert Policy().version == Policy().version

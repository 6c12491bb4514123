"""What words are worth to a verdict: shares of denial, support, and never a suspicion alone."""

import numpy as np
import pytest

from app.domain.assessment import ImageFinding, ReasonCode, Ruling, Verdict
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.listing_words import ListingWords, WordPolicy
from app.domain.match import Match
from app.domain.remark import Remark, RemarkKind
from app.domain.residue import Residue
from app.domain.sellers import Grant, Seller, SellerKind, Standing
from app.domain.trade import Trade
from app.domain.verdict import Policy, rule

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
OWN = Claim(ClaimKind.NAMES, "Cartier", ClaimSource.BRAND_FIELD, ("Cartier",))
OTHER = Claim(ClaimKind.NAMES, "Acme", ClaimSource.TITLE, ("Acme",))
POLICY = Policy()
RARE, COMMON = 1e-6, 0.5
HOUSE = Trade(Standing((Grant("Cartier", Seller(1, 1, "s", SellerKind.AUTHORISED)),)))


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(1, 1000))).astype(np.float32))


def finding(chance: float) -> tuple[ImageFinding, ...]:
    match = Match("Cartier", "LOVE screw", 1, 1, Box(0, 0, 9, 9), 0.8, 1e6 * chance, chance)
    return (ImageFinding("a.jpg", "0" * 64, 100, 100, matches=(match,)),)


HOUSE = Trade(Standing((Grant("Cartier", Seller(1, 1, "s", SellerKind.AUTHORISED)),)))


def remark(kind: RemarkKind, *brands: str, source: ClaimSource = ClaimSource.TITLE) -> ListingWords:
    return ListingWords((Remark(kind, "wording", source, brands, "note"),))


def residue(per_million: float, *, counted: bool = True, family: float = 0.0) -> ListingWords:
    sizes = (per_million, max(per_million, family))
    return ListingWords(
        residue=(Residue("Cartier", "LOVE screw", 1, ("screw", "love"), *sizes, counted),)
    )


def codes(ruling: Ruling) -> set[ReasonCode]:
    return {reason.code for reason in ruling.reasons}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (RemarkKind.ADMISSION, ReasonCode.INSPIRED_BY_WORDING),
        (RemarkKind.IMITATION, ReasonCode.INSPIRED_BY_WORDING),
        (RemarkKind.DISGUISE, ReasonCode.OBFUSCATED_BRAND_NAME),
        (RemarkKind.NOT_MAKER, ReasonCode.DENIES_BRAND),
    ],
)
@pytest.mark.parametrize("claim", [OWN, OTHER, SILENT, UNBRANDED])
def test_denying_words_make_a_seen_motif_suspect_whatever_the_claim(
    nulls: NullDistributions, claim: Claim, kind: RemarkKind, code: ReasonCode
) -> None:
    ruling = rule(finding(RARE), claim, nulls, POLICY, words=remark(kind, "CARTIER"))
    assert ruling.verdict is Verdict.SUSPECT
    assert ruling.factors.brand_denied == 1.0
    assert {code, ReasonCode.MOTIF_SEEN} <= codes(ruling)


def test_words_about_another_brand_change_nothing(nulls: NullDistributions) -> None:
    words = remark(RemarkKind.IMITATION, "Acme")
    assert rule(finding(RARE), OWN, nulls, POLICY, words=words).verdict is Verdict.CLEAR


def test_an_admission_without_a_brand_speaks_of_what_is_seen(nulls: NullDistributions) -> None:
    ruling = rule(finding(RARE), OWN, nulls, POLICY, words=remark(RemarkKind.ADMISSION))
    assert ruling.verdict is Verdict.SUSPECT


@pytest.mark.parametrize(
    ("claim", "verdict", "denied"),
    [
        (SILENT, Verdict.REVIEW, 0.5),
        (OTHER, Verdict.REVIEW, 0.5),
        (UNBRANDED, Verdict.SUSPECT, 1.0),
        (OWN, Verdict.CLEAR, 0.0),
    ],
)
def test_compatibility_takes_from_a_denial_that_was_not_spoken(
    nulls: NullDistributions, claim: Claim, verdict: Verdict, denied: float
) -> None:
    words = remark(RemarkKind.COMPATIBILITY, "Cartier")
    ruling = rule(finding(RARE), claim, nulls, POLICY, words=words)
    assert (ruling.verdict, ruling.factors.brand_denied) == (verdict, denied)
    assert ReasonCode.CLAIMS_COMPATIBILITY in codes(ruling)


def test_small_print_of_a_reseller_does_not_count(nulls: NullDistributions) -> None:
    small = remark(RemarkKind.NOT_MAKER, "Cartier", source=ClaimSource.DESCRIPTION)
    assert rule(finding(RARE), OWN, nulls, POLICY, words=small).verdict is Verdict.CLEAR
    assert rule(finding(RARE), SILENT, nulls, POLICY, words=small).factors.brand_denied == 1.0


@pytest.mark.parametrize("claim", [UNBRANDED, SILENT, OTHER, OWN])
@pytest.mark.parametrize("kind", RemarkKind)
def test_words_alone_are_never_suspect(
    nulls: NullDistributions, claim: Claim, kind: RemarkKind
) -> None:
    for images in (finding(COMMON), (ImageFinding("a.jpg", "0" * 64, 100, 100),)):
        both = ListingWords(remark(kind, "Cartier").remarks, residue(0.001).residue)
        assert rule(images, claim, nulls, POLICY, words=both).verdict is not Verdict.SUSPECT


@pytest.mark.parametrize(
    ("kind", "verdict", "told"),
    [
        (RemarkKind.ADMISSION, Verdict.REVIEW, True),
        (RemarkKind.DISGUISE, Verdict.REVIEW, True),
        (RemarkKind.IMITATION, Verdict.CLEAR, True),
        (RemarkKind.NOT_MAKER, Verdict.CLEAR, False),
        (RemarkKind.COMPATIBILITY, Verdict.CLEAR, False),
    ],
)
def test_what_words_do_without_a_match(
    nulls: NullDistributions, kind: RemarkKind, verdict: Verdict, told: bool
) -> None:
    words = remark(kind, "Cartier")
    ruling = rule(finding(COMMON), SILENT, nulls, POLICY, words=words)
    assert (ruling.verdict, bool(ruling.reasons)) == (verdict, told)
    off = Policy(words=WordPolicy(wording_reviews=False))
    assert rule(finding(COMMON), SILENT, nulls, off, words=words).verdict is Verdict.CLEAR
    mine = rule(finding(COMMON), SILENT, nulls, POLICY, words=words, trade=HOUSE)
    assert (mine.verdict, mine.reasons) == (Verdict.CLEAR, ())


def test_an_admission_of_no_registered_brand_is_nobodys_business(nulls: NullDistributions) -> None:
    ruling = rule(finding(COMMON), SILENT, nulls, POLICY, words=remark(RemarkKind.ADMISSION))
    assert (ruling.verdict, ruling.reasons) == (Verdict.CLEAR, ())


def test_residue_words_support_a_match_modestly(nulls: NullDistributions) -> None:
    plain = rule(finding(0.002), SILENT, nulls, POLICY).factors.motif_present
    helped = rule(finding(0.002), SILENT, nulls, POLICY, words=residue(10)).factors.motif_present
    odds = [share / (1 - share) for share in (plain, helped)]
    assert odds[1] / odds[0] == pytest.approx(POLICY.words.residue_support)
    common = rule(finding(0.002), SILENT, nulls, POLICY, words=residue(200_000))
    assert common.factors.motif_present == pytest.approx(plain), "a lift below one takes nothing"
    assert ReasonCode.RESIDUE_WORDS in codes(common)


def test_support_makes_no_suspect_of_what_a_photo_would_have_left_alone(
    nulls: NullDistributions,
) -> None:
    generous = Policy(
        suspect_per_million=19_000, words=WordPolicy(residue_support=10, residue_per_million=0)
    )
    assert rule(finding(0.03), UNBRANDED, nulls, generous).verdict is Verdict.CLEAR
    ruling = rule(finding(0.03), UNBRANDED, nulls, generous, words=residue(0.1))
    assert ruling.verdict is Verdict.REVIEW
    assert ReasonCode.RESIDUE_WORDS in codes(ruling)


@pytest.mark.parametrize(
    ("words", "claim", "verdict"),
    [
        (residue(10), SILENT, Verdict.REVIEW),
        (residue(10), UNBRANDED, Verdict.REVIEW),
        (residue(10), OWN, Verdict.CLEAR),
        (residue(10, counted=False), SILENT, Verdict.CLEAR),
        (residue(10, family=5_000), SILENT, Verdict.CLEAR),
        (residue(5_000), SILENT, Verdict.CLEAR),
    ],
)
def test_residue_words_review_alone_within_their_budget(
    nulls: NullDistributions, words: ListingWords, claim: Claim, verdict: Verdict
) -> None:
    ruling = rule(finding(COMMON), claim, nulls, POLICY, words=words)
    assert ruling.verdict is verdict
    assert (ReasonCode.RESIDUE_WORDS in codes(ruling)) == (verdict is Verdict.REVIEW)


@pytest.mark.parametrize(
    "change",
    [
        {"imitation_denies": 1.1},
        {"compatible_denies": -0.1},
        {"residue_support": 0.5},
        {"residue_support": 11},
        {"residue_per_million": -1},
    ],
)
def test_a_policy_of_words_that_makes_no_sense_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        WordPolicy(**change)  # type: ignore[arg-type]


def test_the_policys_version_changes_with_what_words_are_worth() -> None:
    assert Policy().version != Policy(words=WordPolicy(compatible_denies=0.4)).version

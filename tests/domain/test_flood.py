"""When a motif floods, and that a match in quarantine counts for nothing."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.assessment import Assessment, ImageFinding, ReasonCode, Verdict, Versions
from app.domain.box import Box
from app.domain.calibration import NullDistributions, fit_nulls
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.flood import FloodCode, FloodPolicy, MotifFlow
from app.domain.match import Match
from app.domain.verdict import Policy, rule

POLICY = FloodPolicy(queue_share=0.5, min_open=10, dismissals=0.9, min_decided=5)
UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
HELD = Match("Cartier", "mark", 1, 1, Box(0, 0, 9, 9), 0.8, 1.0, 1e-6, quarantined=True)


@pytest.fixture(scope="module")
def nulls() -> NullDistributions:
    draw = np.random.default_rng(0)
    return fit_nulls((0.3 + 0.03 * draw.gumbel(size=(2, 1000))).astype(np.float32))


@pytest.mark.parametrize(
    ("flow", "code"),
    [
        (MotifFlow(10, 19, 0, 0, 10), FloodCode.FLOODS_QUEUE),
        (MotifFlow(9, 9, 0, 0, 10), None),  # too few
        (MotifFlow(10, 20, 0, 0, 10), None),  # half, and not more
        (MotifFlow(10, 10, 0, 0, 2), None),  # of two motifs one may have it all
        (MotifFlow(10, 10, 0, 0, 1), None),
        (MotifFlow(10, 10, 0, 0, 0), None),
        (MotifFlow(67, 100, 0, 0, 3), FloodCode.FLOODS_QUEUE),
        (MotifFlow(66, 100, 0, 0, 3), None),  # twice an even share
        (MotifFlow(99, 100, 4, 1, 9), None),  # there is much to find
        (MotifFlow(99, 100, 3, 1, 9), FloodCode.FLOODS_QUEUE),  # too few decisions to say so
        (MotifFlow(99, 100, 2, 3, 9), FloodCode.FLOODS_QUEUE),
        (MotifFlow(0, 0, 0, 5, 1), FloodCode.OFTEN_DISMISSED),
        (MotifFlow(0, 0, 0, 4, 1), None),  # too few
        (MotifFlow(0, 0, 1, 9, 1), None),  # nine of ten, and not more
        (MotifFlow(0, 0, 1, 10, 1), FloodCode.OFTEN_DISMISSED),
        (MotifFlow(99, 100, 0, 5, 9), FloodCode.OFTEN_DISMISSED),
    ],
)
def test_when_a_motif_floods(flow: MotifFlow, code: FloodCode | None) -> None:
    found = POLICY.flooding(flow)
    assert (found and found[0]) == code
    assert replace(POLICY, on=False).flooding(flow) is None


def test_a_limit_of_one_is_never_passed() -> None:
    policy = FloodPolicy(queue_share=1, min_open=1, dismissals=1, min_decided=1)
    assert policy.flooding(MotifFlow(100, 100, 0, 100, 50)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"queue_share": 0},
        {"queue_share": 1.1},
        {"dismissals": 0},
        {"min_open": 0},
        {"min_decided": 0},
    ],
)
def test_limits_that_make_no_sense(change: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        FloodPolicy(**change)  # type: ignore[arg-type]


def test_a_match_in_quarantine_is_told_and_counts_for_nothing(nulls: NullDistributions) -> None:
    finding = ImageFinding("a.jpg", "0" * 64, 100, 100, matches=(HELD,))
    ruling = rule((finding,), UNBRANDED, nulls, Policy())
    assert (ruling.verdict, ruling.factors.score) == (Verdict.CLEAR, 0.0)
    (reason,) = ruling.reasons
    assert reason.code is ReasonCode.MOTIF_QUARANTINED
    assert "Cartier / mark in image 1" in reason.detail
    judged = Assessment(
        "L", ruling.verdict, ruling.factors, UNBRANDED, ruling.reasons, (finding,),
        Versions("m", "i", 1, "p", None),
    )  # fmt: skip
    assert (judged.lead, judged.seen(finding)) == (None, ())
    assert rule((finding,), UNBRANDED, None, Policy()).verdict is Verdict.CLEAR


def test_one_in_quarantine_hides_no_other(nulls: NullDistributions) -> None:
    other = replace(HELD, brand="Rolex", motif_id=2, tail=2e-6, quarantined=False)
    finding = ImageFinding("a.jpg", "0" * 64, 100, 100, matches=(HELD, other))
    ruling = rule((finding,), UNBRANDED, nulls, Policy())
    assert ruling.verdict is Verdict.SUSPECT
    assert [reason.code for reason in ruling.reasons][:2] == [
        ReasonCode.MOTIF_QUARANTINED,
        ReasonCode.MOTIF_SEEN,
    ]
    judged = Assessment(
        "L", ruling.verdict, ruling.factors, UNBRANDED, ruling.reasons, (finding,),
        Versions("m", "i", 1, "p", None),
    )  # fmt: skip
    assert (judged.lead, judged.seen(finding)) == (other, (other,))


def test_a_common_match_in_quarantine_is_not_worth_a_word(nulls: NullDistributions) -> None:
    finding = ImageFinding("a.jpg", "0" * 64, 100, 100, matches=(replace(HELD, tail=0.5),))
    assert rule((finding,), UNBRANDED, nulls, Policy()).reasons == ()

"""Photos are read where it can change the verdict, and nowhere else."""

from collections.abc import Callable

import pytest

from app.domain.assessment import Verdict
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.rationing import ReadingMode, Unread, why_unread

UNBRANDED = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
NAMES_OURS = Claim(ClaimKind.NAMES, "Nike", ClaimSource.TITLE, ("Nike",))
NAMES_ANOTHER = Claim(ClaimKind.NAMES, "Noname", ClaimSource.BRAND_FIELD, ("Noname",))


def ask(
    mode: ReadingMode = ReadingMode.AUTO,
    *,
    wordings: int = 3,
    claim: Claim = UNBRANDED,
    verdict: Verdict = Verdict.CLEAR,
    has_text: bool = True,
) -> Unread | None:
    return why_unread(
        mode,
        wordings=wordings,
        claim=claim,
        registered=lambda name: name == "Nike",
        verdict=lambda: verdict,
        has_text=lambda: has_text,
    )


@pytest.mark.parametrize("claim", [UNBRANDED, SILENT, NAMES_ANOTHER])
@pytest.mark.parametrize("verdict", [Verdict.CLEAR, Verdict.REVIEW])
def test_it_is_read_where_it_can_change_the_verdict(claim: Claim, verdict: Verdict) -> None:
    assert ask(claim=claim, verdict=verdict) is None


def test_it_is_not_read_where_it_cannot() -> None:
    assert ask(wordings=0) is Unread.NO_WORDINGS
    assert ask(claim=NAMES_OURS) is Unread.BRAND_NAMED
    assert ask(verdict=Verdict.SUSPECT) is Unread.DECIDED
    assert ask(has_text=False) is Unread.NO_TEXT


def test_the_operator_has_the_last_word() -> None:
    assert ask(ReadingMode.NEVER) is Unread.SWITCHED_OFF
    always = ReadingMode.ALWAYS
    assert ask(always, claim=NAMES_OURS, verdict=Verdict.SUSPECT, has_text=False) is None
    assert ask(always, wordings=0) is Unread.NO_WORDINGS


def test_dear_questions_are_not_asked_when_cheap_ones_decide() -> None:
    def forbidden(_: object = None) -> bool:
        raise AssertionError

    never: Callable[[], bool] = forbidden
    rule: Callable[[], Verdict] = lambda: Verdict.SUSPECT  # noqa: E731
    decided = why_unread(
        ReadingMode.AUTO,
        wordings=1,
        claim=UNBRANDED,
        registered=forbidden,
        verdict=rule,
        has_text=never,
    )
    assert decided is Unread.DECIDED

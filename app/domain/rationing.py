"""When reading a photo is worth its price: only where it can change the verdict.

Reading costs far more than looking. `auto` leaves it out where

* no wording is registered, so nothing could be recognised;
* the listing names a brand of the registry: it hides nothing, and what a photo reads beside the
  named brand is mostly who made a part, who sells it, or what it fits;
* what was seen already makes the listing suspect;
* a glance finds nothing in the photo that looks like text.
"""

from collections.abc import Callable
from enum import StrEnum

from app.domain.assessment import Verdict
from app.domain.claim import Claim, ClaimKind


class ReadingMode(StrEnum):
    """When photos are read."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Unread(StrEnum):
    """Why a photo was not read."""

    SWITCHED_OFF = "switched off"
    NO_WORDINGS = "no wording is registered"
    BRAND_NAMED = "the listing names a registered brand"
    DECIDED = "what was seen is enough"
    NO_TEXT = "nothing looks like text"


def why_unread(
    mode: ReadingMode,
    *,
    wordings: int,
    claim: Claim,
    registered: Callable[[str], bool],
    verdict: Callable[[], Verdict],
    has_text: Callable[[], bool],
) -> Unread | None:
    """Return why a photo is not read, `None` when it is; the dear questions are asked last.

    Args:
        mode: the operator's choice.
        wordings: how many are registered.
        claim: what the listing says of its brand.
        registered: whether the registry has a brand of that name.
        verdict: what the listing is by what was seen so far.
        has_text: whether a glance at the photo finds text.
    """
    if mode is ReadingMode.NEVER:
        return Unread.SWITCHED_OFF
    if not wordings:
        return Unread.NO_WORDINGS
    if mode is ReadingMode.ALWAYS:
        return None
    if claim.kind is ClaimKind.NAMES and any(registered(brand) for brand in claim.brands):
        return Unread.BRAND_NAMED
    if verdict() is Verdict.SUSPECT:
        return Unread.DECIDED
    return None if has_text() else Unread.NO_TEXT

"""Whether an assessment still holds: it is computed anew, and the two are laid side by side.

What they depended on (model, registry, policy, …) is compared apart from what they say, since a
verdict that differs under other versions is no surprise, and one that differs under the same is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.assessment import Assessment
from app.domain.contract import Document, assessment_document


class Outcome(StrEnum):
    """What came of a recheck."""

    SAME = "same"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that was another then; `None` where there was, or is, none."""

    path: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class LostPhoto:
    """A photo that is not kept any more; `removed_at` where retention removed it."""

    image: str
    sha256: str
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recheck:
    """What an assessment said then, and what it would say now.

    `holds` tells whether verdict and reasons are the same; `None` where photos are missing, since
    nobody can say then. `unread` are images that could not be judged: their bytes were not kept,
    and what was said of them is taken over.
    """

    assessment_id: int
    assessed_at: datetime
    checked_at: datetime
    then: Document
    now: Document
    differences: tuple[Difference, ...]
    missing: tuple[LostPhoto, ...]
    unread: tuple[str, ...]

    @property
    def outcome(self) -> Outcome:
        """Whether anything differs, as far as that can be said."""
        if self.missing:
            return Outcome.INCOMPLETE
        return Outcome.DIFFERS if self.differences else Outcome.SAME

    @property
    def holds(self) -> bool | None:
        """Whether verdict and reasons are the same."""
        if self.missing:
            return None
        return _standing(self.then) == _standing(self.now)

    @property
    def changed(self) -> tuple[str, ...]:
        """Which versions are others now."""
        then, now = self.then["versions"], self.now["versions"]
        return tuple(name for name in now if then.get(name) != now[name])


def _standing(document: Document) -> tuple[str, list[str]]:
    return document["verdict"], sorted(reason["code"] for reason in document["reasons"])


def differences(
    then: Assessment, now: Assessment, *, photos: frozenset[str] | None = None
) -> tuple[Difference, ...]:
    """Return what differs between two assessments of a listing, besides their versions.

    Args:
        then: as it was kept.
        now: as it was computed anew.
        photos: the SHA-256 of the photos that were looked at anew, where some were not: only they
            and the claim are compared then, because the verdict rests on all of them.
    """
    before, after = assessment_document(then), assessment_document(now)
    whole = ("verdict", "score", "factors", "reasons") if photos is None else ()
    found = [
        each for name in ("claim", *whole) for each in _compared(name, before[name], after[name])
    ]
    for number, (old, new) in enumerate(zip(before["images"], after["images"], strict=True), 1):
        if photos is None or old["sha256"] in photos:
            found += _compared(f"images/{number}", _by_motif(old), _by_motif(new))
    return tuple(found)


def _by_motif(image: Document) -> Document:
    """Name matches by their motif: one that was pushed down a place is still the same match."""
    return {**image, "matches": {match["motif_id"]: match for match in image["matches"]}}


def _compared(path: str, then: Any, now: Any) -> list[Difference]:
    """Return the differences, as far down as both sides have the same shape.

    >>> _compared("claim", {"kind": "silent", "text": ""}, {"kind": "names", "text": ""})
    [Difference(path='claim/kind', then='silent', now='names')]
    """
    if then == now:
        return []
    if not isinstance(then, Mapping) or not isinstance(now, Mapping):
        return [Difference(path, then, now)]
    return [
        difference
        for name in dict.fromkeys([*then, *now])
        for difference in _compared(f"{path}/{name}", then.get(name), now.get(name))
    ]

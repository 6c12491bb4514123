"""Reads how a text relates its goods to the brands it mentions: maker, model, fit, or none of them.

    mentions of brands + phrases around them ─▶ remarks, and the mentions that are left to name

A phrase takes hold of a brand beside it: "inspired by the iconic X" from up to four words away,
"type X" and "for X" only next to it, articles aside, "X dupe" and "X compatible" from two words
behind, "X style" right behind and not before a number ("X style 501"). Nothing reaches over a full
stop or a comma, except that a list goes on: "for X, Y and Z" fits all three. What admits an
imitation by itself ("super clone") needs no brand; what is a grade of honest goods as well ("AAA
quality") needs one in the same text. A negation before an admission turns it round ("no replica").
"""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.claim import ClaimSource
from app.domain.relation_terms import RelationTerms, Role
from app.domain.remark import Remark, RemarkKind
from app.domain.text import BREAK, Found, Passage

Phrase = Found[frozenset[Role]]

_BEFORE: Final = (
    (Role.IMITATES_BEFORE, RemarkKind.IMITATION),
    (Role.STYLE_BEFORE, RemarkKind.IMITATION),
    (Role.DENIES_BEFORE, RemarkKind.NOT_MAKER),
    (Role.FITS_BEFORE, RemarkKind.COMPATIBILITY),
)
_AFTER: Final = (
    (Role.IMITATES_AFTER, RemarkKind.IMITATION),
    (Role.STYLE_AFTER, RemarkKind.IMITATION),
    (Role.DENIES_AFTER, RemarkKind.NOT_MAKER),
    (Role.FITS_AFTER, RemarkKind.COMPATIBILITY),
)
_REACH_BEFORE, _REACH_AFTER, _REACH_OF_NOT, _FILLERS, _MODELS = 4, 2, 2, 3, 3
_FARTHEST: Final = 16  # tokens from a phrase to what it takes hold of, fillers and itself included
_ADMITTING: Final = frozenset({Role.ADMITS, Role.GRADE})
_NEGATING: Final = frozenset({Role.NEGATES, Role.DENIES_BEFORE})


@dataclass(frozen=True, slots=True)
class Mention:
    """A brand's name in a passage: tokens `first` to `end`, and the brands it may mean."""

    first: int
    end: int
    brands: tuple[str, ...]

    @classmethod
    def at(cls, passage: Passage, start: int, end: int, brands: tuple[str, ...]) -> "Mention":
        """Return the mention that stands at `text[start:end]`."""
        first = bisect.bisect_right(passage.ends, start)
        return cls(first, max(first, bisect.bisect_left(passage.starts, end)), brands)


@dataclass(frozen=True, slots=True)
class _Tie:
    kind: RemarkKind
    first: int
    end: int


class RelationReader:
    """Reads relations with one set of phrases; holds no state between texts."""

    def __init__(self, terms: RelationTerms) -> None:
        self._book = terms.phrase_book()
        self._fillers = terms.fillers
        self._joiners = terms.joiners | {BREAK, "&"}

    def read(
        self, passage: Passage, mentions: Sequence[Mention], source: ClaimSource
    ) -> tuple[tuple[Mention, ...], tuple[Remark, ...]]:
        """Return the mentions that stand free, and what is remarked of the others and of the goods.

        Args:
            passage: the text.
            mentions: the brands in it, leftmost first.
            source: where in the listing it stands.
        """
        names = {at for mention in mentions for at in range(mention.first, mention.end)}
        phrases = _Phrases(
            found
            for found in self._book.find(passage)
            if names.isdisjoint(range(found.first, found.first + found.length))
        )
        free: list[Mention] = []
        remarks = [*self._admissions(passage, phrases, mentions, source)]
        for mention, tie in self._ties(passage, phrases, mentions):
            if tie is None:
                free.append(mention)
            else:
                first, end = min(tie.first, mention.first), max(tie.end, mention.end)
                text = passage.wording(first, end - first)
                remarks.append(Remark(tie.kind, text, source, mention.brands))
        return tuple(free), tuple(remarks)

    @staticmethod
    def _admissions(
        passage: Passage, phrases: "_Phrases", mentions: Sequence[Mention], source: ClaimSource
    ) -> Iterator[Remark]:
        brands = tuple(dict.fromkeys(brand for each in mentions for brand in each.brands))
        for found in phrases.all:
            if not _ADMITTING & found.value or phrases.negate(passage, found):
                continue
            text = passage.wording(found.first, found.length)
            if Role.ADMITS in found.value:
                yield Remark(RemarkKind.ADMISSION, text, source, brands)
            elif brands:
                yield Remark(RemarkKind.IMITATION, text, source, brands)

    def _ties(
        self, passage: Passage, phrases: "_Phrases", mentions: Sequence[Mention]
    ) -> Iterator[tuple[Mention, _Tie | None]]:
        tie: _Tie | None = None
        end = 0  # of the mention before
        for place, mention in enumerate(mentions):
            ceiling = (
                mentions[place + 1].first if place + 1 < len(mentions) else len(passage.tokens)
            )
            own = self._tie(passage, phrases, mention, range(end, ceiling))
            goes_on = tie is not None and self._goes_on(passage.tokens[end : mention.first], tie)
            tie = own or (_Tie(tie.kind, mention.first, mention.end) if tie and goes_on else None)
            end = mention.end
            yield mention, tie

    def _tie(
        self, passage: Passage, phrases: "_Phrases", mention: Mention, room: range
    ) -> _Tie | None:
        ties = [
            _Tie(kind, found.first, found.first + found.length)
            for found in phrases.around(mention.first, mention.end)
            if found.first in room
            for kind in self._kinds(passage, found, mention)
            if kind is not RemarkKind.IMITATION or not phrases.negate(passage, found)
        ]
        order = list(RemarkKind)
        return min(ties, key=lambda tie: order.index(tie.kind), default=None)

    def _kinds(self, passage: Passage, found: Phrase, mention: Mention) -> Iterator[RemarkKind]:
        end = found.first + found.length
        if end <= mention.first:
            gap = passage.tokens[end : mention.first]
            for role, kind in _BEFORE:
                if role in found.value and self._reaches(role, gap):
                    yield kind
        else:
            gap, after = passage.tokens[mention.end : found.first], passage.tokens[end : end + 1]
            for role, kind in _AFTER:
                if role in found.value and _follows(role, gap, after):
                    yield kind

    def _reaches(self, role: Role, gap: Sequence[str]) -> bool:
        if role is Role.IMITATES_BEFORE:
            others = [token for token in gap if token not in self._fillers]
            return BREAK not in gap and len(others) <= _REACH_BEFORE
        return len(gap) <= _FILLERS and self._fillers.issuperset(gap)

    def _goes_on(self, gap: Sequence[str], tie: _Tie) -> bool:
        """Tell whether a list of brands goes on; between what it fits, models may stand."""
        others = [token for token in gap if token not in self._joiners]
        models = _MODELS if tie.kind is RemarkKind.COMPATIBILITY else 0
        return len(gap) > len(others) and len(others) <= models


class _Phrases:
    """The phrases of a passage by place: a text of thousands costs no more than its length."""

    def __init__(self, found: Iterable[Phrase]) -> None:
        self.all = tuple(found)
        self._starts = [each.first for each in self.all]

    def around(self, first: int, end: int) -> tuple[Phrase, ...]:
        low = bisect.bisect_left(self._starts, first - _FARTHEST)
        return self.all[low : bisect.bisect_right(self._starts, end + _FARTHEST)]

    def negate(self, passage: Passage, found: Phrase) -> bool:
        """Tell whether a negation beside a phrase turns it round."""
        end = found.first + found.length
        for other in self.around(found.first, end):
            if other.first < found.first and _NEGATING & other.value:
                gap = passage.tokens[other.first + other.length : found.first]
            elif other.first >= end and Role.NEGATES_AFTER in other.value:
                gap = passage.tokens[end : other.first]
            else:
                continue
            if _is_near(gap, _REACH_OF_NOT):
                return True
        return False


def _follows(role: Role, gap: Sequence[str], after: Sequence[str]) -> bool:
    if role in {Role.IMITATES_AFTER, Role.FITS_AFTER}:
        return _is_near(gap, _REACH_AFTER)
    if role is Role.STYLE_AFTER and any(c.isdigit() for token in after for c in token):
        return False
    return not gap


def _is_near(gap: Sequence[str], reach: int) -> bool:
    return len(gap) <= reach and BREAK not in gap

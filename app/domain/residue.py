"""Residue words: what a title keeps of a motif whose brand it does not name ("screw", "love").

    title ─▶ wordings of motifs, all of whose words stand in it ─▶ how rare that is ─▶ lift

A wording belongs to a motif ("screw love" to the LOVE screw). It is met when all its words stand in
the title, in any order, as whole words: "lovely screwdriver" has neither. What it is worth is its
lift: how many times likelier a listing of the motif is to have these words than an ordinary title
of the category. Both sides are estimates and are shown as such. In ordinary titles each word has
its share; words of one subject keep each other company, for which the chance of several together is
raised tenfold, but never above that of the rarest. A motif's own listings are taken to have its
words in one of ten: an assumption, until somebody counts.

A registry has many wordings, and each may stand in an innocent title. So a wording is also judged
with its family: how many of a million ordinary titles hold this or any wording at least as rare.
That is a false-alarm figure like any other, and the policy has a budget for it. It holds only where
the shares were counted on titles: a language knows how rare "bracelet" is in books, not in shops.

Words in scripts without spaces are not read: nobody has told how common they are.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.listing import Listing
from app.domain.registry import Motif
from app.domain.text import Passage, is_unspaced

Chances = NDArray[np.float64]

_TOGETHER: Final = 10.0  # words of one subject keep each other company
_OWN_SHARE: Final = 0.1  # of a motif's listings that have its words: assumed, not measured


@dataclass(frozen=True, slots=True)
class Residue:
    """A motif's wording met in a title.

    `per_million` ordinary titles hold it, `family_per_million` hold it or another wording of the
    registry at least as rare.
    """

    brand: str
    motif: str
    motif_id: int
    words: tuple[str, ...]
    per_million: float
    family_per_million: float
    counted: bool = True

    @property
    def lift(self) -> float:
        """How many times likelier the words are in the motif's listings than in ordinary titles."""
        return 1e6 * _OWN_SHARE / self.per_million


@dataclass(frozen=True, slots=True)
class _Wording:
    motif: Motif
    words: tuple[str, ...]


class TitleShares(Protocol):
    """How common words are in ordinary titles."""

    @property
    def counted(self) -> bool:
        """Whether the shares were counted on titles of goods, rather than taken from a language."""

    def share(self, word: str, category: str) -> float | None:
        """Return the share of a category's titles that hold a folded word; `None`: not known."""


class ResidueWords:
    """A registry's wordings, found by their words in one look at a title."""

    __slots__ = ("_by_word", "wordings")

    def __init__(self, motifs: Iterable[Motif]) -> None:
        self.wordings = tuple(
            _Wording(motif, words)
            for motif in motifs
            for words in dict.fromkeys(_words(wording) for wording in motif.words)
            if words
        )
        self._by_word: dict[str, list[int]] = {}
        for place, wording in enumerate(self.wordings):
            # The longest word is the rarest as a rule, so that "love" alone wakes nobody.
            self._by_word.setdefault(max(wording.words, key=len), []).append(place)

    def met(self, title: str) -> tuple[int, ...]:
        """Return the places of the wordings whose words all stand in a title."""
        tokens = frozenset(Passage.of(title).tokens) if self.wordings else frozenset()
        return tuple(
            place
            for token in tokens & self._by_word.keys()
            for place in self._by_word[token]
            if tokens.issuperset(self.wordings[place].words)
        )


class ResidueReader:
    """Reads titles for residue words with one source of shares."""

    def __init__(self, shares: TitleShares) -> None:
        self._shares = shares
        self._families = lru_cache(maxsize=64)(self._chances)  # registries in use x categories

    def read(self, listing: Listing, residue: ResidueWords) -> tuple[Residue, ...]:
        """Return the wordings met in a listing's title whose rarity is known, rarest first."""
        met = residue.met(listing.title)
        if not met:
            return ()
        chances, sums = self._families(residue, listing.category)
        found = [
            Residue(
                brand=residue.wordings[place].motif.brand.name,
                motif=residue.wordings[place].motif.name,
                motif_id=residue.wordings[place].motif.id,
                words=residue.wordings[place].words,
                per_million=1e6 * float(chances[place]),
                family_per_million=1e6 * float(sums[place]),
                counted=self._shares.counted,
            )
            for place in met
            if np.isfinite(chances[place])
        ]
        return tuple(sorted(found, key=lambda each: (each.per_million, each.motif_id)))

    def _chances(self, residue: ResidueWords, category: str) -> tuple[Chances, Chances]:
        """Return each wording's chance in an ordinary title, and that of its whole family."""
        each_chance = [self._chance(each.words, category) for each in residue.wordings]
        chances = np.array(each_chance, np.float64)
        order = np.argsort(chances, kind="stable")
        sums = np.empty_like(chances)
        sums[order] = np.minimum(np.cumsum(chances[order]), 1.0)
        return chances, sums

    def _chance(self, words: tuple[str, ...], category: str) -> float:
        """Return the share of ordinary titles that hold all words; infinite where unknown.

        With "love" in 0.8 % of titles and "screw" in 0.021 %, 1.7 in a million have both by chance,
        and 17 are assumed.
        """
        shares = [self._shares.share(word, category) for word in words]
        known = [share for share in shares if share is not None]
        if len(known) < len(words):
            return math.inf
        together = math.prod(known) * (_TOGETHER if len(words) > 1 else 1.0)
        return min(together, *known)


def _words(wording: str) -> tuple[str, ...]:
    """Return a wording's words, each once; none where one cannot be read as a word."""
    words = tuple(dict.fromkeys(Passage.of(wording).phrase))
    readable = all(word.isalnum() and not is_unspaced(word) for word in words)
    return words if readable else ()

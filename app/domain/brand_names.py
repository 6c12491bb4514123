"""Finds a registry's brand names in text, as names and not as the words they are made of.

    brands and aliases ─▶ spellings ─▶ one phrase book ─▶ mentions

Names are found as whole tokens. Most count in any case; a few must look like a name:

- one made of ordinary words ("Apple", "Target", "Red Hat") counts where it opens a title with a
  capital, or has a capital inside a sentence that uses capitals sparingly;
- one of at most two letters a word ("HP", "3M") counts when written as the registry writes it;
- digits alone and single letters never count; a katakana name counts as a whole katakana word
  (プラダ is not in プラダン), while Han, Hangul and Thai names are found as substrings.

Names in disguise are found beside them, and are never counted as plain ones.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.claim import ClaimSource
from app.domain.registry import Brand
from app.domain.text import AMPERSAND, BREAK, Found, Passage, PhraseBook, is_unspaced
from app.domain.wordings import FoundWording, Wordings

_APOSTROPHE: Final = re.compile(r"['`\u2019\u00b4\u02bc]")
_LEGAL_FORMS: Final = frozenset({
    "inc", "incorporated", "ltd", "limited", "llc", "plc", "corp", "corporation", "co", "company",
    "gmbh", "ag", "kg", "sa", "sas", "sarl", "spa", "srl", "bv", "nv", "ab", "oy", "as", "aps",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class BrandForm:
    """One spelling under which brands are found: whose it is and how much it takes to count."""

    names: tuple[str, ...]
    spellings: frozenset[str]
    as_written: bool


class BrandNames:
    """An immutable matcher over a registry's brands and their aliases.

    Build it once for a version of the registry: that takes some tens of milliseconds for thousands
    of brands, while reading with it costs the same however many it holds.
    """

    __slots__ = ("_book", "_owners", "_spellings", "_whole")

    def __init__(self, brands: Iterable[Brand]) -> None:
        spelled: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        whole: dict[str, list[str]] = {}
        owners: dict[str, list[str]] = {}
        for brand in brands:
            for spelling in (brand.name, *brand.aliases):
                owners.setdefault(spelling, []).append(brand.name)
                for phrase in _phrases(spelling):
                    spelled.setdefault(phrase, []).append((brand.name, spelling))
                    whole.setdefault("".join(phrase).replace(BREAK, ""), []).append(brand.name)
        self._whole = {key: distinct(names) for key, names in whole.items()}
        self._owners = {spelling: distinct(names) for spelling, names in owners.items()}
        self._book = PhraseBook(
            {phrase: _form(phrase, uses) for phrase, uses in spelled.items() if _counts(phrase)}
        )
        # Made at first use, once for the one set of ordinary words that there is.
        self._spellings = functools.cache(functools.partial(Wordings, tuple(self._owners)))

    def in_disguise(
        self, text: str, ordinary_words: frozenset[str]
    ) -> tuple[tuple[FoundWording, tuple[str, ...]], ...]:
        """Return the names that stand in a text in disguise, each with the brands it belongs to."""
        found = self._spellings(ordinary_words).disguised(text)
        return tuple((hit, self._owners[hit.wording]) for hit in found)

    def called(self, passage: Passage) -> tuple[str, ...]:
        """Return the brands whose name is the whole text, a legal form ("Inc.") aside."""
        tokens = [token for token in passage.tokens if token not in {BREAK, AMPERSAND}]
        end = len(tokens)
        while end > 1 and tokens[end - 1] in _LEGAL_FORMS:
            end -= 1
        return self._whole.get(passage.compact) or self._whole.get("".join(tokens[:end]), ())

    def mentions(
        self, passage: Passage, ordinary_words: frozenset[str], source: ClaimSource
    ) -> tuple[Found[BrandForm], ...]:
        """Return where a text names brands, by the rules of this file's docstring."""
        # Counted at most once a text, or a text of nothing but "Apple" would take its square.
        long_words = functools.cache(lambda: _long_words(passage, 0, len(passage.tokens)))

        def accept(found: Found[BrandForm]) -> bool:
            first, length, form = found
            if passage.cuts_katakana(first, length):
                return False
            if form.as_written and passage.wording(first, length) not in form.spellings:
                return False
            words = passage.tokens[first : first + length]
            if "".join(words) in ordinary_words or ordinary_words.issuperset(words):
                return _stands_as_name(passage, found, source, long_words)
            return True

        return tuple(self._book.find(passage, accept))


def _phrases(spelling: str) -> set[tuple[str, ...]]:
    """Return the token sequences under which sellers write a brand's name.

    >>> sorted(_phrases("Levi's"))
    [('levi', 's'), ('levis',)]
    >>> sorted(_phrases("Marks & Co"))
    [('marks', '&', 'co'), ('marks', 'and', 'co'), ('marks', 'co'), ('marksco',)]
    """
    texts = (spelling, _APOSTROPHE.sub("", spelling))
    phrases = {Passage.of(text).phrase for text in texts} - {()}
    phrases |= {tuple(word for word in phrase if word != BREAK) for phrase in phrases}
    for phrase in tuple(phrases):
        if AMPERSAND in phrase and set(phrase) != {AMPERSAND}:
            phrases.add(tuple("and" if word == AMPERSAND else word for word in phrase))
            phrases.add(tuple(word for word in phrase if word != AMPERSAND))
    return phrases | {joined for phrase in phrases for joined in run_together(phrase, at_least=5)}


def run_together(phrase: tuple[str, ...], *, at_least: int) -> Iterator[tuple[str, ...]]:
    """Yield the phrase as one word ("nobrand", "cocacola") where that is long enough to be sure."""
    joined = "".join(phrase)
    apart = {AMPERSAND, BREAK, "and"} | {word for word in phrase if is_unspaced(word)}
    if len(phrase) > 1 and len(joined) >= at_least and apart.isdisjoint(phrase):
        yield (joined,)


def _counts(phrase: tuple[str, ...]) -> bool:
    joined = "".join(phrase)
    return len(joined) > 1 and not joined.isdigit()


def _form(phrase: tuple[str, ...], uses: list[tuple[str, str]]) -> BrandForm:
    short = all(len(word) <= 2 and not is_unspaced(word) for word in phrase)
    return BrandForm(
        names=distinct(name for name, _ in uses),
        spellings=frozenset(spelling for _, spelling in uses),
        as_written=short and AMPERSAND not in phrase,
    )


def _stands_as_name(
    passage: Passage,
    found: Found[BrandForm],
    source: ClaimSource,
    long_words: Callable[[], tuple[int, int]],
) -> bool:
    first, length, _ = found
    opens = first == 0 or (first == 1 and passage.tokens[0] == BREAK)
    if opens and source is ClaimSource.TITLE:
        return not passage.wording(first, 1)[0].islower()
    # A word after a break has a capital for its place in the sentence.
    if opens or passage.tokens[first - 1] == BREAK or not _is_capital(passage, first):
        return False
    (every, capitals), (own, own_capitals) = long_words(), _long_words(passage, first, length)
    return (capitals - own_capitals) * 3 < every - own


def _long_words(passage: Passage, first: int, length: int) -> tuple[int, int]:
    """Count the words of four letters or more, and those of them with a capital."""
    long = [i for i in range(first, first + length) if len(passage.tokens[i]) > 3]
    return len(long), sum(_is_capital(passage, i) for i in long)


def _is_capital(passage: Passage, at: int) -> bool:
    return passage.wording(at, 1)[0].isupper()


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return names once each, in their first order."""
    return tuple(dict.fromkeys(names))

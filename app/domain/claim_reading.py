"""Reads what a listing says of its own brand: it denies one, names one, or is silent.

    brand field ─▶ title ─▶ description        the first that speaks makes the claim

In the **brand field** the whole text counts. A denial ("Unbranded", "Sans marque", "Generic")
makes the claim `unbranded`. A placeholder ("N/A", "Does not apply", "Other", "-", "Handmade") says
nothing about whose goods these are, neither that nobody's brand is on them nor somebody's, so it
is read like an empty field and the title speaks next. Anything else names a brand: the registry's
names that stand in it, or else its own text.

In the **title** and the **description** only phrases that mean one thing in running text deny a
brand: "unbranded" does, "generic" and "none" do not. In one text a denial outweighs a name, since
"unbranded strap for Apple Watch" says whose strap it is not. Names are found as whole tokens. Most
count in any case; a few must look like a name:

- one made of ordinary words ("Apple", "Target", "Red Hat") counts where it opens a title with a
  capital, or has a capital inside a sentence that uses capitals sparingly;
- one of at most two letters a word ("HP", "3M") counts when written as the registry writes it;
- digits alone and single letters never count; a katakana name counts as a whole katakana word
  (プラダ is not in プラダン), while Han, Hangul and Thai names are found as substrings.

Reading is lexical. It does not know that "not a generic brand" denies a denial, except for the
harmless phrases in the data; a brand after "for", "compatible with" or "inspired by" is named like
any other, and disguised spellings are not undone. Where a registry holds a brand that is itself
called like a denial ("No Brand"), the denial wins; one called like a placeholder is named. It never
raises, whatever the text.
"""

import functools
import html
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, Final

from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.listing import Listing
from app.domain.registry import Brand
from app.domain.text import AMPERSAND, BREAK, Found, Passage, PhraseBook, is_unspaced

_FIELD_PARTS: Final = re.compile(r"[/|,;()\[\]+&]|\s[-\u2013\u2014]\s")
_APOSTROPHE: Final = re.compile(r"['`\u2019\u00b4\u02bc]")
# Bounded, because a number of thousands of digits makes `html.unescape` raise.
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});")
_LEGAL_FORMS: Final = frozenset({
    "inc", "incorporated", "ltd", "limited", "llc", "plc", "corp", "corporation", "co", "company",
    "gmbh", "ag", "kg", "sa", "sas", "sarl", "spa", "srl", "bv", "nv", "ab", "oy", "as", "aps",
})  # fmt: skip


class Basis(StrEnum):
    """What a language's list of terms rests on."""

    MARKETPLACE = "marketplace"
    USAGE = "usage"
    DICTIONARY = "dictionary"


@dataclass(frozen=True, slots=True)
class LanguageTerms:
    """One language's wordings.

    `text` denies a brand anywhere, `brand_field` only as the whole brand field; a `placeholder`
    says nothing there. `harmless` phrases contain a denial without being one ("no brand new").
    """

    code: str
    name: str
    basis: Basis
    source: str
    text: tuple[str, ...] = ()
    brand_field: tuple[str, ...] = ()
    placeholder: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError(f"{self.code}: a list of terms says what it rests on")
        for term in (*self.text, *self.brand_field, *self.placeholder, *self.harmless):
            if not Passage.of(term).compact:
                raise ValueError(f"{self.code}: {term!r} has no letter or digit")


@dataclass(frozen=True, slots=True)
class UnbrandedTerms:
    """Every language's wordings, and the ordinary words that are brand names too (folded)."""

    languages: tuple[LanguageTerms, ...]
    ordinary_words: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        codes = [language.code for language in self.languages]
        if len(set(codes)) != len(codes):
            raise ValueError("a language is listed twice")
        if both := self.denials & self.placeholders:
            raise ValueError(f"both a denial and a placeholder: {', '.join(sorted(both))}")

    @property
    def denials(self) -> frozenset[str]:
        """What denies a brand as the whole brand field, compact."""
        terms = (term for each in self.languages for term in (*each.text, *each.brand_field))
        return frozenset(Passage.of(term).compact for term in terms)

    @property
    def placeholders(self) -> frozenset[str]:
        """What says nothing as the whole brand field, compact."""
        terms = (term for each in self.languages for term in each.placeholder)
        return frozenset(Passage.of(term).compact for term in terms)

    def phrase_book(self) -> PhraseBook[bool]:
        """Return the phrases of running text: True where one denies, False where it is harmless."""
        phrases: dict[tuple[str, ...], bool] = {}
        for phrase in (Passage.of(term).phrase for each in self.languages for term in each.text):
            phrases |= dict.fromkeys((phrase, *_run_together(phrase, at_least=6)), True)
        harmless = (term for each in self.languages for term in each.harmless)
        phrases |= {Passage.of(term).phrase: False for term in harmless}
        return PhraseBook(phrases)


def load_terms() -> UnbrandedTerms:
    """Read the packaged word lists."""
    data = resources.files("app.domain.data").joinpath("unbranded_terms.toml")
    document = tomllib.loads(data.read_text(encoding="utf-8"))
    return UnbrandedTerms(
        languages=tuple(_language(table) for table in document["language"]),
        ordinary_words=frozenset(document["ordinary_words"].split()),
    )


def _language(table: dict[str, Any]) -> LanguageTerms:
    lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
    return LanguageTerms(**(table | lists | {"basis": Basis(table["basis"])}))


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

    __slots__ = ("_book", "_whole")

    def __init__(self, brands: Iterable[Brand]) -> None:
        spelled: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        whole: dict[str, list[str]] = {}
        for brand in brands:
            for spelling in (brand.name, *brand.aliases):
                for phrase in _phrases(spelling):
                    spelled.setdefault(phrase, []).append((brand.name, spelling))
                    whole.setdefault("".join(phrase).replace(BREAK, ""), []).append(brand.name)
        self._whole = {key: _distinct(names) for key, names in whole.items()}
        self._book = PhraseBook(
            {phrase: _form(phrase, uses) for phrase, uses in spelled.items() if _counts(phrase)}
        )

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


class ClaimReader:
    """Reads claims with one set of terms; holds no state between listings."""

    def __init__(self, terms: UnbrandedTerms) -> None:
        self._denials = terms.denials
        self._known = terms.denials | terms.placeholders
        self._denying = terms.phrase_book()
        self._ordinary_words = terms.ordinary_words

    def read(self, listing: Listing, brands: BrandNames) -> Claim:
        """Return the listing's claim, from the strongest source that makes one.

        >>> reader = ClaimReader(load_terms())
        >>> brands = BrandNames([Brand(1, "Cartier"), Brand(2, "H&M", ("Hennes & Mauritz",))])
        >>> claim = reader.read(Listing("a", brand_field="Markenlos", title="Cartier ring"), brands)
        >>> str(claim.kind), claim.text, str(claim.source), claim.brands
        ('unbranded', 'Markenlos', 'brand_field', ())
        >>> reader.read(Listing("b", brand_field="N/A", title="h & m summer dress"), brands).brands
        ('H&M',)
        """
        return (
            self._read_field(listing.brand_field, brands)
            or self._read_text(listing.title, ClaimSource.TITLE, brands)
            or self._read_text(listing.description, ClaimSource.DESCRIPTION, brands)
            or SILENT
        )

    def _read_field(self, field: str, brands: BrandNames) -> Claim | None:
        source, text = ClaimSource.BRAND_FIELD, _plain(field).strip()
        passage, terms = Passage.of(text), self._terms(text)
        if terms & self._denials:
            return Claim(ClaimKind.UNBRANDED, text, source)
        names = brands.called(passage)
        if not names and (terms or not passage.compact):
            return None
        if not names and self._denial(passage):
            return Claim(ClaimKind.UNBRANDED, text, source)
        names = names or _names(brands.mentions(passage, self._ordinary_words, source))
        return Claim(ClaimKind.NAMES, text, source, names or (" ".join(text.split()),))

    def _terms(self, field: str) -> frozenset[str]:
        """Return the terms a brand field is made of, and none where it holds anything else."""
        # "N/A" as a whole before "Unbranded/Generic" and "No brand (other)" in parts.
        for texts in ([field], _FIELD_PARTS.split(field)):
            terms = frozenset(Passage.of(text).compact for text in texts) - {""}
            if terms <= self._known:
                return terms
        return frozenset()

    def _read_text(self, text: str, source: ClaimSource, brands: BrandNames) -> Claim | None:
        passage = Passage.of(_plain(text))
        if denial := self._denial(passage):
            return Claim(ClaimKind.UNBRANDED, denial, source)
        found = brands.mentions(passage, self._ordinary_words, source)
        if not found:
            return None
        wordings = _distinct(passage.wording(each.first, each.length) for each in found)
        return Claim(ClaimKind.NAMES, ", ".join(wordings), source, _names(found))

    def _denial(self, passage: Passage) -> str:
        found = (each for each in self._denying.find(passage) if each.value)
        return next((passage.wording(each.first, each.length) for each in found), "")


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


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
    return phrases | {joined for phrase in phrases for joined in _run_together(phrase, at_least=5)}


def _run_together(phrase: tuple[str, ...], *, at_least: int) -> Iterator[tuple[str, ...]]:
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
        names=_distinct(name for name, _ in uses),
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


def _names(found: tuple[Found[BrandForm], ...]) -> tuple[str, ...]:
    return _distinct(name for each in found for name in each.value.names)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))

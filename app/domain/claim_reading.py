"""Reads what a listing says of its own brand: it denies one, names one, or is silent.

    brand field ─▶ title ─▶ description        the first that speaks makes the claim,
                                               remarks are taken from all

In the **brand field** the whole text counts. A denial ("Unbranded", "Sans marque", "Generic")
makes the claim `unbranded`. A placeholder ("N/A", "Does not apply", "Other", "-", "Handmade") says
nothing about whose goods these are, neither that nobody's brand is on them nor somebody's, so it
is read like an empty field and the title speaks next. Anything else names a brand: the registry's
names that stand in it, or else its own text.

In the **title** and the **description** only phrases that mean one thing in running text deny a
brand: "unbranded" does, "generic" and "none" do not. In one text a denial outweighs a name, since
"unbranded strap for Apple Watch" says whose strap it is not. What counts as a name is in
`brand_names.py`.

A brand that goods are said to imitate, fit or not to be ("inspired by X", "for X", "not X") is not
named as their maker, and one whose name stands in disguise ("C@rt1er") is not named at all: both
become remarks (`relation_reading.py`, `wordings.py`), from all three texts, beside the claim that
is made by what is left.

Reading is lexical. It does not know that "not a generic brand" denies a denial, except for the
harmless phrases in the data. Where a registry holds a brand that is itself called like a denial
("No Brand"), the denial wins; one called like a placeholder is named. It never raises, whatever the
text.
"""

import html
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, Final

from app.domain.brand_names import BrandNames, distinct, run_together
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.listing import Listing
from app.domain.relation_reading import Mention, RelationReader
from app.domain.relation_terms import RelationTerms, load_relation_terms
from app.domain.remark import Remark, RemarkKind
from app.domain.text import Passage, PhraseBook
from app.domain.wordings import FoundWording

_FIELD_PARTS: Final = re.compile(r"[/|,;()\[\]+&]|\s[-\u2013\u2014]\s")
# Bounded, because a number of thousands of digits makes `html.unescape` raise.
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});")


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
            phrases |= dict.fromkeys((phrase, *run_together(phrase, at_least=6)), True)
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
class Statement:
    """All that a listing says of brands: its claim, and what it remarks beside it."""

    claim: Claim
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one text says: brands named as the maker, remarks on brands, and its tokens."""

    passage: Passage
    names: tuple[Mention, ...]
    remarks: tuple[Remark, ...]


class ClaimReader:
    """Reads claims with one set of terms; holds no state between listings."""

    def __init__(self, terms: UnbrandedTerms, relations: RelationTerms | None = None) -> None:
        self._denials = terms.denials
        self._known = terms.denials | terms.placeholders
        self._denying = terms.phrase_book()
        self._ordinary_words = terms.ordinary_words
        self._relations = RelationReader(relations or load_relation_terms())

    def read(self, listing: Listing, brands: BrandNames) -> Claim:
        """Return the listing's claim, from the strongest source that makes one.

        >>> from app.domain.registry import Brand
        >>> reader = ClaimReader(load_terms())
        >>> brands = BrandNames([Brand(1, "Cartier"), Brand(2, "H&M", ("Hennes & Mauritz",))])
        >>> claim = reader.read(Listing("a", brand_field="Markenlos", title="Cartier ring"), brands)
        >>> str(claim.kind), claim.text, str(claim.source), claim.brands
        ('unbranded', 'Markenlos', 'brand_field', ())
        >>> reader.read(Listing("b", brand_field="N/A", title="h & m summer dress"), brands).brands
        ('H&M',)
        """
        return self.listen(listing, brands).claim

    def listen(self, listing: Listing, brands: BrandNames) -> Statement:
        """Return the listing's claim and its remarks on brands.

        >>> from app.domain.registry import Brand
        >>> reader, brands = ClaimReader(load_terms()), BrandNames([Brand(1, "Cartier")])
        >>> heard = reader.listen(Listing("a", title="Ring inspired by Cartier"), brands)
        >>> str(heard.claim.kind), heard.remarks[0].text
        ('silent', 'inspired by Cartier')
        """
        texts = {
            ClaimSource.BRAND_FIELD: _plain(listing.brand_field).strip(),
            ClaimSource.TITLE: _plain(listing.title),
            ClaimSource.DESCRIPTION: _plain(listing.description),
        }
        heard = {source: self._hear(text, source, brands) for source, text in texts.items()}
        claims = (
            self._claim_of_field(heard[ClaimSource.BRAND_FIELD], brands),
            *(self._claim_of_text(heard[source], source) for source in list(texts)[1:]),
        )
        remarks = tuple(dict.fromkeys(r for each in heard.values() for r in each.remarks))
        return Statement(next(filter(None, claims), SILENT), remarks)

    def _hear(self, text: str, source: ClaimSource, brands: BrandNames) -> _Heard:
        passage = Passage.of(text)
        hidden = [
            (Mention.at(passage, hit.start, hit.end, names), hit)
            for hit, names in brands.in_disguise(passage.text, self._ordinary_words)
        ]
        taken = {at for mention, _ in hidden for at in range(mention.first, mention.end)}
        plain = [
            Mention(each.first, each.first + each.length, each.value.names)
            for each in brands.mentions(passage, self._ordinary_words, source)
            if taken.isdisjoint(range(each.first, each.first + each.length))
        ]
        mentions = sorted((*plain, *(each for each, _ in hidden)), key=lambda each: each.first)
        free, remarks = self._relations.read(passage, mentions, source)
        disguises = tuple(_disguise(passage, hit, each.brands, source) for each, hit in hidden)
        names = tuple(mention for mention in free if mention.first not in taken)
        return _Heard(passage, names, remarks + disguises)

    def _claim_of_field(self, heard: _Heard, brands: BrandNames) -> Claim | None:
        source, passage, text = ClaimSource.BRAND_FIELD, heard.passage, heard.passage.text
        terms = self._terms(text)
        if terms & self._denials:
            return Claim(ClaimKind.UNBRANDED, text, source)
        names = brands.called(passage)
        if not names and (terms or not passage.compact):
            return None
        if not names and self._denial(passage):
            return Claim(ClaimKind.UNBRANDED, text, source)
        names = names or _names(heard.names)
        if not names and heard.remarks:
            return None  # "for X" and "X style" say nothing about whose goods these are
        return Claim(ClaimKind.NAMES, text, source, names or (" ".join(text.split()),))

    def _terms(self, field: str) -> frozenset[str]:
        """Return the terms a brand field is made of, and none where it holds anything else."""
        # "N/A" as a whole before "Unbranded/Generic" and "No brand (other)" in parts.
        for texts in ([field], _FIELD_PARTS.split(field)):
            terms = frozenset(Passage.of(text).compact for text in texts) - {""}
            if terms <= self._known:
                return terms
        return frozenset()

    def _claim_of_text(self, heard: _Heard, source: ClaimSource) -> Claim | None:
        passage = heard.passage
        if denial := self._denial(passage):
            return Claim(ClaimKind.UNBRANDED, denial, source)
        if not heard.names:
            return None
        wordings = distinct(
            passage.wording(each.first, each.end - each.first) for each in heard.names
        )
        return Claim(ClaimKind.NAMES, ", ".join(wordings), source, _names(heard.names))

    def _denial(self, passage: Passage) -> str:
        found = (each for each in self._denying.find(passage) if each.value)
        return next((passage.wording(each.first, each.length) for each in found), "")


def _disguise(
    passage: Passage, hit: FoundWording, brands: tuple[str, ...], source: ClaimSource
) -> Remark:
    note = ", ".join(hit.disguises)
    return Remark(RemarkKind.DISGUISE, passage.text[hit.start : hit.end], source, brands, note)


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def _names(mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    return distinct(name for each in mentions for name in each.brands)

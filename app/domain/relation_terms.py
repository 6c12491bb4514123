"""The phrases by which listings put goods in relation to a brand, language by language.

They live in `data/relation_terms.toml`, whose head says what each list means. All languages are
read at once, since listings mix them; a phrase that means something else in another language is
kept out of the data rather than guarded here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib import resources
from typing import Any

from app.domain.text import Passage, PhraseBook


class Role(StrEnum):
    """What a phrase does where it stands; the values are the data's names."""

    ADMITS = "admits"
    GRADE = "grade"
    IMITATES_BEFORE = "imitates_before"
    IMITATES_AFTER = "imitates_after"
    STYLE_BEFORE = "style_before"
    STYLE_AFTER = "style_after"
    FITS_BEFORE = "fits_before"
    FITS_AFTER = "fits_after"
    DENIES_BEFORE = "denies_before"
    DENIES_AFTER = "denies_after"
    NEGATES = "negators"
    NEGATES_AFTER = "negators_after"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class RelationLanguage:
    """One language's phrases by role, and what its list rests on."""

    code: str
    name: str
    basis: str
    source: str
    phrases: Mapping[Role, tuple[str, ...]]

    def __post_init__(self) -> None:
        if self.basis not in {"usage", "dictionary"} or not self.source.strip():
            raise ValueError(f"{self.code}: a list of phrases says what it rests on")
        for role, phrases in self.phrases.items():
            for phrase in phrases:
                if not Passage.of(phrase).compact:
                    raise ValueError(f"{self.code}, {role}: {phrase!r} has no letter or digit")


@dataclass(frozen=True, slots=True)
class RelationTerms:
    """Every language's phrases, words that may stand between, and those that carry on a list."""

    languages: tuple[RelationLanguage, ...]
    fillers: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        codes = [language.code for language in self.languages]
        if len(set(codes)) != len(codes):
            raise ValueError("a language is listed twice")

    def phrase_book(self) -> PhraseBook[frozenset[Role]]:
        """Return every phrase with its roles; one that is harmless has no other."""
        roles: dict[tuple[str, ...], frozenset[Role]] = {}
        for language in self.languages:
            for role, phrases in language.phrases.items():
                for phrase in (Passage.of(each).phrase for each in phrases):
                    roles[phrase] = roles.get(phrase, frozenset()) | {role}
        harmless = frozenset({Role.HARMLESS})
        return PhraseBook(
            {phrase: harmless if Role.HARMLESS in each else each for phrase, each in roles.items()}
        )


def load_relation_terms() -> RelationTerms:
    """Read the packaged phrases."""
    data = resources.files("app.domain.data").joinpath("relation_terms.toml")
    document = tomllib.loads(data.read_text(encoding="utf-8"))
    return RelationTerms(
        languages=tuple(_language(table) for table in document["language"]),
        fillers=frozenset(Passage.of(document["fillers"]).tokens),
        joiners=frozenset(Passage.of(document["joiners"]).tokens),
    )


def _language(table: dict[str, Any]) -> RelationLanguage:
    about = {field.name for field in fields(RelationLanguage)} - {"phrases"}
    phrases = {Role(key): tuple(value) for key, value in table.items() if key not in about}
    return RelationLanguage(**{key: table[key] for key in about}, phrases=phrases)

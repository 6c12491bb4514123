"""How common words are in ordinary titles: counted on the operator's own, else a language's.

    catalogue titles ─▶ titles that hold each word, by category ─▶ title-words.json ─▶ shares

Counted shares are those of the stream that is judged, and of the category where it had enough
titles. Without them, `wordfreq` knows how often a word stands in books, subtitles and the web, and
a title is taken for twelve words of the language in which it is commonest. What goods are called
("bracelet") is far commoner in shops than in books, so such shares may support a match and never
start a review. A word that is rarer than what is listed is taken to be as common as the rarest.
"""

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from wordfreq import get_frequency_dict

from app.domain.errors import CalibrationError, InvalidInputError
from app.domain.residue import TitleShares
from app.domain.text import Passage, fold

MIN_TITLES: Final = 1_000
_MIN_CATEGORY: Final = 500  # titles, below which the category is judged like any other
_LISTED: Final = 3  # titles that a word must stand in to be kept
_LANGUAGES: Final = ("en", "de", "es", "fr", "it", "nl", "pl", "pt")
_RAREST: Final = 1e-6  # of the words that the small lists hold
_TITLE_WORDS: Final = 12


class NamedShares(TitleShares, Protocol):
    """Shares with a name, which is part of the policy's version."""

    @property
    def name(self) -> str:
        """Names the source and its contents."""


class LanguageShares:
    """Shares of titles from the frequencies of the written language; loaded when first asked."""

    name = "language"
    counted = False

    def share(self, word: str, category: str) -> float | None:  # noqa: ARG002  none is known
        """Return the share of titles of any category that hold a folded word."""
        rate = max(_frequencies(language).get(word, _RAREST) for language in _LANGUAGES)
        return float(1 - (1 - rate) ** _TITLE_WORDS)


@dataclass(frozen=True, slots=True)
class TitleCounts:
    """How many titles there were, and how many of them hold each word."""

    titles: int
    words: Mapping[str, int]

    def share(self, word: str) -> float:
        """Return the share of titles that hold a word, one more than were seen."""
        return (self.words.get(word, _LISTED - 1) + 1) / (self.titles + 1)


@dataclass(frozen=True, slots=True)
class CountedShares:
    """Shares counted on titles, by category where there were enough."""

    name: str
    every: TitleCounts
    categories: Mapping[str, TitleCounts]
    counted: bool = True

    def share(self, word: str, category: str) -> float | None:
        """Return the share of a category's titles that hold a folded word."""
        return self.categories.get(_key(category), self.every).share(word)


def count_titles(titles: Iterable[tuple[str, str]], target: Path) -> TitleCounts:
    """Count the words of `(title, category)` pairs and keep the counts in a file.

    Raises:
        CalibrationError: when there are fewer than `MIN_TITLES`; what was kept stays.
    """
    words: dict[str, Counter[str]] = {"": Counter()}
    sizes: Counter[str] = Counter()
    for title, category in titles:
        tokens = {token for token in Passage.of(title).tokens if token.isalnum()}
        for key in {"", _key(category)} if tokens else ():
            sizes[key] += 1
            words.setdefault(key, Counter()).update(tokens)
    if sizes[""] < MIN_TITLES:
        raise CalibrationError(
            f"{sizes['']} titles are too few to count words in; at least {MIN_TITLES} are needed"
        )
    kept = {
        key: {"titles": sizes[key], "words": {w: n for w, n in each.items() if n >= _LISTED}}
        for key, each in words.items()
        if not key or sizes[key] >= _MIN_CATEGORY
    }
    new = target.with_suffix(".new")
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    new.replace(target)
    return TitleCounts(sizes[""], kept[""]["words"])  # type: ignore[arg-type]


def title_shares(path: Path) -> NamedShares:
    """Return the shares that were counted into a file, or those of the language without one.

    Raises:
        InvalidInputError: when the file does not hold such counts.
    """
    if not path.exists():
        return LanguageShares()
    data = path.read_bytes()
    try:
        counts = {
            key: TitleCounts(int(table["titles"]), dict(table["words"]))
            for key, table in json.loads(data).items()
        }
        every = counts.pop("")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError(f"{path} holds no counts of title words") from error
    return CountedShares(f"titles-{hashlib.sha256(data).hexdigest()[:8]}", every, counts)


def _key(category: str) -> str:
    return " ".join(category.casefold().split())


@functools.cache
def _frequencies(language: str) -> Mapping[str, float]:
    folded: dict[str, float] = {}
    for word, frequency in get_frequency_dict(language, "small").items():
        key = fold(word)
        folded[key] = folded.get(key, 0.0) + frequency
    return folded

"""How often ordinary words are written: the vocabulary that wordings are held against.

The frequencies are those of the package `wordfreq` (Speer 2022: books, subtitles, news, the web),
in the languages that goods are labelled in most; a word of several languages has its highest one.
Loading takes about a second and happens once, at the first wording that is read in a photo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from app.domain.as_read import wording_as_read
from app.services.agreement import agreement, cut_ends, most_edits

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
COMMON = 1e-5  # frequency from which a word is no brand's invention
_RAREST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words in their one spelling, with their frequencies among written words."""

    words: tuple[str, ...]
    frequencies: NDArray[np.float64]
    places: Mapping[str, int]

    @classmethod
    def of(cls, frequencies: Mapping[str, float]) -> "Vocabulary":
        """Fold words; those that become alike share the sum of their frequencies."""
        folded: dict[str, float] = {}
        for word, frequency in frequencies.items():
            spelled = wording_as_read(word)
            if spelled:
                folded[spelled] = folded.get(spelled, 0.0) + frequency
        words = tuple(folded)
        values = np.array([folded[word] for word in words], np.float64)
        return cls(words, values, {word: place for place, word in enumerate(words)})

    @classmethod
    def load(cls) -> "Vocabulary":
        """Read the package's tables."""
        from wordfreq import get_frequency_dict  # noqa: PLC0415  half a second, if words are read

        highest: dict[str, float] = {}
        for language in LANGUAGES:
            for word, frequency in get_frequency_dict(language, wordlist="small").items():
                if frequency >= _RAREST:
                    highest[word] = max(highest.get(word, 0.0), frequency)
        return cls.of(highest)

    def frequency(self, word: str) -> float:
        """Return the frequency of a word in its one spelling; 0 where it is too rare to be kept."""
        place = self.places.get(word)
        return 0.0 if place is None else float(self.frequencies[place])

    def agreements(self, wording: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the places of words that agree with a wording at all, and how well.

        >>> words = Vocabulary.of({"nike": 1e-6, "mike": 1e-4, "bread": 1e-4})
        >>> places, how_well = words.agreements(wording_as_read("Nike"))
        >>> [words.words[place] for place in places], how_well.tolist()
        (['nlke', 'mlke'], [1.0, 0.75])
        """
        near = self._near(wording)
        values = np.array([agreement(wording, self.words[place]) for place in near], np.float64)
        kept = values > 0
        return near[kept], values[kept]

    def _near(self, wording: str) -> NDArray[np.intp]:
        edits = most_edits(len(wording))
        distances = cdist(
            [wording], self.words, scorer=Levenshtein.distance, score_cutoff=edits, dtype=np.uint8
        )[0]
        close = set(np.flatnonzero(distances <= edits).tolist())
        ends = (self.places.get(end) for end in cut_ends(wording))
        close.update(place for place in ends if place is not None)
        if len(wording) >= 4:
            close.update(p for p, word in enumerate(self.words) if wording in word)
        return np.array(sorted(close), np.intp)


class LazyVocabulary:
    """The vocabulary, loaded when it is first asked for."""

    @cached_property
    def value(self) -> Vocabulary:
        """The loaded vocabulary."""
        return Vocabulary.load()

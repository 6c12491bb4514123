"""How many ordinary photos would read a wording at least this well.

    dictionary words that agree at least as well x words in an ordinary photo
    + common words of background photos that do + noise that spells it + a letter misread
    ─▶ chance per photo, never below the background's floor

Books are not goods: "apple" is read on one grocery photo in thirty. A common word therefore counts
`_ON_GOODS` times, which is where a word stands that goods carry more often than nineteen in twenty.
And a photo full of print has many chances: the rate grows with the words that were read in it.

A wording of several words is as frequent as its rarest word, times the chance that the others
stand beside it; words that belong together do so a hundred times as often as chance would have it.
"""

import threading
from collections import OrderedDict

import numpy as np

from app.domain.text_background import TextBackground
from app.services.agreement import agreement
from app.services.ordinary_words import COMMON, Vocabulary
from app.services.wording_book import ReadWording, Wording

_MISREAD = 0.01  # chance that one letter is taken for the one other that makes a wording
_ATTRACTION = 100.0
_ON_GOODS = 5.0  # of a common word, its rate on goods over that in the language
_REMEMBERED = 4096
_STEP = 1e-9


class WordingRates:
    """Chances of wordings on ordinary photos; safe to share between threads."""

    def __init__(self, background: TextBackground, vocabulary: Vocabulary) -> None:
        self._background = background
        self._vocabulary = vocabulary
        self._seen = {word: n / background.photos for word, n in background.common.items()}
        self._known: OrderedDict[tuple[str, float], float] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def photos(self) -> int:
        """How many background photos stand behind the figures."""
        return self._background.photos

    def chance(self, found: ReadWording, words: int) -> float:
        """Return the chance that an ordinary photo reads the wording at least as well.

        Args:
            found: the wording, and how well it was read.
            words: how many words were read in the same photo.
        """
        rate = self._known_rate(found) * max(1.0, words / self._background.words)
        return float(np.clip(-np.expm1(-rate), self._background.floor, 1.0))

    def _known_rate(self, found: ReadWording) -> float:
        key = (found.wording.letters, round(found.agreement, 6))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        rate = self._rate(found.wording, found.agreement - _STEP)
        with self._lock:
            self._known[key] = rate
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return rate

    def _rate(self, wording: Wording, bar: float) -> float:
        """Return how often per photo something agrees with the wording by `bar` or better."""
        letters = wording.letters
        places, values = self._vocabulary.agreements(letters)
        frequencies = self._vocabulary.frequencies[places]
        lift = np.where(frequencies >= COMMON, _ON_GOODS, 1.0)
        rates = self._background.words * frequencies * lift
        one_edit = 1 / len(letters)
        agreeing = float(rates[values >= bar].sum())
        misread = float(rates[(values < bar) & (values >= bar - one_edit)].sum())
        seen = sum(r for word, r in self._seen.items() if agreement(letters, word) >= bar)
        edits = round((1 - bar) * len(letters) - 0.01)
        noise = self._background.noise_rate(letters, edits)
        return max(agreeing, seen) + _MISREAD * misread + noise + self._phrase(wording)

    def _phrase(self, wording: Wording) -> float:
        """Return how often the words of a wording of several stand beside each other."""
        if len(wording.words) < 2:
            return 0.0
        shares = sorted(self._vocabulary.frequency(word) for word in wording.words)
        rate = self._background.words * shares[0]
        for share in shares[1:]:
            rate *= min(1.0, _ATTRACTION * share)
        return rate

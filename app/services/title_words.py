"""How common words are in ordinary titles, as far as a language alone can tell.

`wordfreq` knows how often a word stands in books, subtitles and the web. A title is taken for
twelve words of that language drawn one by one; the language in which a word is commonest counts.
Words rarer than one in a million are not listed and are taken to be that common. What goods are
called ("bracelet") is far commoner in shops than in books, so these shares may support a match and
never start a review.
"""

import functools
from collections.abc import Mapping
from typing import Final

from wordfreq import get_frequency_dict

from app.domain.text import fold

_LANGUAGES: Final = ("en", "de", "es", "fr", "it", "nl", "pl", "pt")
_RAREST: Final = 1e-6  # of the words that the small lists hold
_TITLE_WORDS: Final = 12


class LanguageShares:
    """Shares of titles from the frequencies of the written language; loaded when first asked."""

    counted = False

    def share(self, word: str, category: str) -> float | None:  # noqa: ARG002  none is known
        """Return the share of titles of any category that hold a folded word."""
        rate = max(_frequencies(language).get(word, _RAREST) for language in _LANGUAGES)
        return float(1 - (1 - rate) ** _TITLE_WORDS)


@functools.cache
def _frequencies(language: str) -> Mapping[str, float]:
    folded: dict[str, float] = {}
    for word, frequency in get_frequency_dict(language, "small").items():
        key = fold(word)
        folded[key] = folded.get(key, 0.0) + frequency
    return folded

"""Text as a reading machine leaves it: letters it confuses made one, words kept apart.

    "YAH00!"  ─▶  ("yahoo",)        "COCA COLA"  ─▶  ("coca", "cola")
    "Corner"  ─▶  ("comer",)        l, I and 1; O and 0; rn and m; vv and w: one spelling each

Registered wordings, lines in photos and the ordinary words they are compared with all go through
here, so a confusion can make words alike but never unlike. It is coarser than what listings are
searched with on purpose: a camera confuses shapes, a seller chooses them.
"""

import re
from types import MappingProxyType
from typing import Final

from app.domain.folding import read_letters
from app.domain.text import AMPERSAND, BREAK, Passage

_SHAPES: Final = MappingProxyType(
    str.maketrans({"i": "l", "1": "l", "0": "o", "5": "s", "8": "b", "2": "z", "6": "b"})
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"))
_LETTER: Final = re.compile(r"[^\W\d_]")


def words_as_read(text: str) -> tuple[str, ...]:
    """Return the words of a line in their one spelling; none where there are no letters.

    Digits become letters only beside letters: `501` is a number, `G00GLE` is not.

    >>> words_as_read("YAH00! 501"), words_as_read("L'Oréal"), words_as_read("H&M")
    (('yahoo', '501'), ('l', 'oreal'), ('h', 'm'))
    """
    if text.isascii() and text.isalnum():  # one word; a vocabulary has a hundred thousand
        return (_spelled(text.lower()),)
    tokens = (token for token in Passage.of(text).tokens if token not in {BREAK, AMPERSAND})
    return tuple(_spelled(token) for token in tokens)


def wording_as_read(text: str) -> str:
    """Return a wording as one run of letters.

    >>> wording_as_read("Coca-Cola") == wording_as_read("COCACOLA")
    True
    """
    return "".join(words_as_read(text))


def _spelled(token: str) -> str:
    if _LETTER.search(token) is None:
        return token
    if not token.isascii():
        token = read_letters(token).text or token  # CITROЁN: the camera knows every alphabet
    spelled = token.translate(_SHAPES)
    for pair, one in _PAIRS:
        spelled = spelled.replace(pair, one)
    return spelled

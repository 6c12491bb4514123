"""Text made comparable: words folded to one spelling, each still knowing where it stood.

    raw text ─▶ NFC ─▶ tokens ─▶ fold every token ─▶ Passage ─▶ PhraseBook.find

A token is a run of letters and digits, or a single character in scripts that are written without
spaces (Han, kana, Hangul, Thai, Lao, Khmer, Burmese), so that finding a phrase as whole tokens is
finding a substring there. Hyphens, slashes, apostrophes and underscores separate tokens and leave
nothing behind; punctuation that ends a thought (comma, full stop, bracket, bullet, new line, a
dash between spaces) leaves a `BREAK`, over which no phrase runs unless it holds the break itself.

Folding forgets case, width, Latin and Greek accents, Hebrew points, Arabic vowel signs and letter
variants, zero-width characters; it keeps what makes another word: Thai and Indic vowel signs, the
voicing of kana, Cyrillic й. It undoes no disguise: look-alike letters and letters spelled out one
by one stay what they are.
"""

# ruff: noqa: RUF001, RUF002 - look-alike characters are what this file is about

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Generic, NamedTuple, Self, TypeVar

Value = TypeVar("Value")

BREAK: Final = "."
AMPERSAND: Final = "&"

_UNSPACED: Final = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai letters
    "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u1000-\u102a\u1780-\u17b3"  # Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d"
    "\u3131-\u318e\uac00-\ud7a3"  # Hangul
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
# Word characters to a computer that a reader takes for signs: the º of "Nº", raised apostrophes.
_NO_LETTERS: Final = "_\u00aa\u00ba\u02b9-\u02bf"
_SPELLED_APART: Final = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae",
    "œ": "oe", "ё": "е", "ٱ": "ا", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك",
    "ة": "ه", "ۀ": "ه",
}  # fmt: skip
_DROPPED: Final = (
    (0x300, 0x36F), (0x591, 0x5BD), (0x5BF, 0x5C7), (0x610, 0x61A), (0x640, 0x640),
    (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED), (0x115F, 0x1160), (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F),
)  # fmt: skip
_LATIN_AND_GREEK: Final = ((0xC0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))


def _span(ranges: Sequence[tuple[int, int]]) -> Iterator[str]:
    return (chr(code) for first, last in ranges for code in range(first, last + 1))


def _joining_characters() -> str:
    # Marks and format characters outside these blocks belong to no script a listing is written in.
    blocks = ((0xAD, 0x30FF), (0xA000, 0xABFF), (0xFB00, 0xFFFF), (0xE0000, 0xE007F))
    kinds = {"Mn", "Mc", "Me", "Cf"}
    return "".join(c for c in _span(blocks) if unicodedata.category(c) in kinds) + "\uff9e\uff9f"


def _letter_table() -> Mapping[int, str]:
    table = {ord(c): unicodedata.normalize("NFD", c)[0] for c in _span(_LATIN_AND_GREEK)}
    table |= {ord(c): "" for c in _span(_DROPPED)}
    table = {code: _SPELLED_APART.get(letter, letter) for code, letter in table.items()}
    return MappingProxyType(table | {ord(c): plain for c, plain in _SPELLED_APART.items()})


_JOINING: Final = _joining_characters()
_INVISIBLE: Final = MappingProxyType(
    {ord(c): "" for c in _JOINING if unicodedata.category(c) == "Cf"}
)
_LETTERS: Final = _letter_table()
_TOKEN: Final = re.compile(
    rf"(?P<run>[^\W{_NO_LETTERS}{_UNSPACED}]+(?:[{_JOINING}]+[^\W{_NO_LETTERS}{_UNSPACED}]*)*)"
    rf"|(?P<character>[{_UNSPACED}][{_JOINING}]*)"
    r"|(?P<ampersand>[&＆﹠])"
    r"|(?P<break>[,;:!?|()\[\]{}<>\n\r•…。、，；：！？（）「」【】؛،؟।]|\.(?=\s|$)|(?<=\s)[-–—](?=\s))"
)
_UNSPACED_TOKEN: Final = re.compile(rf"[{_UNSPACED}]")
_KATAKANA: Final = re.compile(r"[\u30a1-\u30fa\u30fc]")


def fold(word: str) -> str:
    """Return the spelling under which a word is compared.

    >>> [fold(word) for word in ("Générique", "MARKASIZ", "markasız", "Straße", "ﾉｰﾌﾞﾗﾝﾄﾞ")]
    ['generique', 'markasiz', 'markasiz', 'strasse', 'ノーブランド']
    """
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word.translate(_INVISIBLE)).casefold().translate(_LETTERS)


def is_unspaced(token: str) -> bool:
    """Tell whether a token is a character of a script written without spaces."""
    return _UNSPACED_TOKEN.match(token) is not None


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and its folded tokens; token i is `text[starts[i]:ends[i]]`."""

    text: str
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Cut a text into tokens.

        >>> Passage.of("Ring, L'Oréal & Co.").tokens
        ('ring', '.', 'l', 'oreal', '&', 'co', '.')
        """
        text = text if text.isascii() else unicodedata.normalize("NFC", text)
        folded: dict[str, str] = {}  # a text repeats its words, and far more its characters
        tokens: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for match in _TOKEN.finditer(text):
            word = match[0]
            token = folded.get(word) or folded.setdefault(word, _folded(match))
            if token and not (token == BREAK and tokens[-1:] == [BREAK]):
                tokens.append(token)
                starts.append(match.start())
                ends.append(match.end())
        return cls(text=text, tokens=tuple(tokens), starts=tuple(starts), ends=tuple(ends))

    @property
    def phrase(self) -> tuple[str, ...]:
        """The tokens without the breaks around them, as a `PhraseBook` takes them."""
        first, last = self.tokens[:1] == (BREAK,), self.tokens[-1:] == (BREAK,)
        return self.tokens[first : len(self.tokens) - last]

    @property
    def compact(self) -> str:
        """Every token in one string, without spaces and breaks: "N/A." is `na`."""
        return "".join(token for token in self.tokens if token != BREAK)

    def wording(self, first: int, length: int) -> str:
        """Return `length` tokens from token `first` on, as they were written."""
        return self.text[self.starts[first] : self.ends[first + length - 1]]

    def cuts_katakana(self, first: int, length: int) -> bool:
        """Tell whether a phrase begins or ends inside a katakana word (プラダ in プラダン)."""
        last = first + length - 1
        return self._katakana_runs_on(first - 1) or self._katakana_runs_on(last)

    def _katakana_runs_on(self, at: int) -> bool:
        if at < 0 or at + 1 >= len(self.tokens) or self.ends[at] != self.starts[at + 1]:
            return False
        return all(_KATAKANA.match(self.tokens[i]) for i in (at, at + 1))


def _folded(match: re.Match[str]) -> str:
    if match.lastgroup == "break":
        return BREAK
    return AMPERSAND if match.lastgroup == "ampersand" else fold(match[0])


class Found(NamedTuple, Generic[Value]):
    """A phrase met in a passage: `length` tokens from token `first` on."""

    first: int
    length: int
    value: Value


class PhraseBook(Generic[Value]):
    """An immutable set of phrases, each with a value, found by their first token in one pass."""

    __slots__ = ("_lengths", "_values")

    def __init__(self, phrases: Mapping[tuple[str, ...], Value]) -> None:
        self._values = dict(phrases)
        lengths: dict[str, set[int]] = {}
        for phrase in self._values:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def __len__(self) -> int:
        return len(self._values)

    def find(
        self, passage: Passage, accept: Callable[[Found[Value]], bool] = lambda _: True
    ) -> Iterator[Found[Value]]:
        """Yield the accepted phrases of a passage, leftmost first, longest first, not overlapping.

        Time grows with the passage's length alone, not with the number of phrases.
        """
        free = 0
        for first, token in enumerate(passage.tokens):
            if first < free or token not in self._lengths:
                continue
            for length in self._lengths[token]:
                phrase = passage.tokens[first : first + length]
                if phrase in self._values and len(phrase) == length:
                    found = Found(first, length, self._values[phrase])
                    if accept(found):
                        yield found
                        free = first + length
                        break

"""Undoes the disguises in which a name is written, and says which of them it undid.

    chunk of text ─▶ clusters (a character and its marks) ─▶ glyphs ─▶ letters, flags, places

`text.fold` makes honest spellings comparable and leaves disguises as they are. Folding here goes
further, in both what is searched and what it is compared with: look-alikes of other scripts become
the Latin letter they imitate (Unicode's confusables, and a few that only an eye confuses), signs
and digits the letter they stand for (`@` is a, `1` is i), `l` and `i` are one letter, and what
stands inside a word without being seen is gone. Each letter remembers where it stood and which
disguise it wore, because only a disguise is evidence: a word that is merely spelled alike is not.

It refuses to guess: a plain letter never turns into another, `l` for `i` aside, and that one counts
as a disguise only where its case is at odds with its neighbours (`RoIex`).
"""

# ruff: noqa: RUF001, RUF002 - look-alike characters are what this file is about

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Final, NamedTuple

from app.domain.text import fold

MASK: Final = "*"


class Disguise(StrEnum):
    """What was done to a name so that a search does not find it; the value is how it is told."""

    LOOK_ALIKE = "letters of another alphabet"
    SIGN = "signs or digits for letters"
    MASK = "letters hidden by a sign"
    SPLIT = "letters set apart"
    REPEATED = "letters repeated"
    INVISIBLE = "invisible characters"


class Glyph(NamedTuple):
    """What a cluster of characters reads as: its folded letters and the disguise they wear."""

    letters: str
    disguise: Disguise | None = None


_NOTHING: Final = Glyph("")
_SIGNS: Final = MappingProxyType({
    "@": "a", "$": "s", "€": "e", "£": "l", "¥": "y", "¢": "c", "!": "i", "|": "i", "¡": "i",
    "+": "t", "0": "o", "1": "i", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t",
    "8": "b", "9": "g",
})  # fmt: skip
_BY_EYE: Final = MappingProxyType({
    "к": "k", "т": "t", "м": "m", "н": "h", "в": "b", "я": "r", "Я": "r", "И": "n", "и": "n",
    "є": "e", "Є": "e", "Λ": "a", "Δ": "a", "π": "n", "η": "n", "ω": "w", "τ": "t", "κ": "k",
    "μ": "u", "ε": "e", "Σ": "e", "ʙ": "b", "ɢ": "g", "ʜ": "h", "ʟ": "l", "ɴ": "n", "ʀ": "r",
    "ᴅ": "d", "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴘ": "p", "ᴛ": "t", "ᴀ": "a", "ꜰ": "f",
})  # fmt: skip
_MASKS: Final = frozenset("*＊•●∗✱×#%")
# Without a word in Latin script they belong to spelling: joiners of Persian and of Indian scripts.
_UNSEEN: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u180e\u2061\u2062\u2063\u2064\u3164")
_FULL_WIDTH: Final = (0xFF01, 0xFF5E)
_CLUSTER: Final = re.compile(
    r".[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f"
    r"\ufe20-\ufe2f\uff9e\uff9f]*",
    re.DOTALL,
)
_HEAPED: Final = 2  # marks on one letter that no orthography puts there


@functools.cache
def _look_alikes() -> Mapping[str, str]:
    data = resources.files("app.domain.data").joinpath("confusables.toml")
    table = tomllib.loads(data.read_text(encoding="utf-8"))
    twins = {twin: letter for letter, all_twins in table.items() for twin in all_twins}
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):  # letters in squares, circles and flags
        twins |= {chr(first + place): chr(ord("a") + place) for place in range(26)}
    return MappingProxyType(twins | _BY_EYE)


@functools.lru_cache(maxsize=4096)
def glyph(cluster: str) -> Glyph:
    """Return what a character, with the marks upon it, reads as.

    >>> glyph("É").letters, glyph("@").letters, glyph("С").disguise.name
    ('e', 'a', 'LOOK_ALIKE')
    """
    first = cluster[0]
    if first in _UNSEEN:
        return Glyph("", Disguise.INVISIBLE)
    if first in _MASKS:
        return Glyph(MASK, Disguise.MASK)
    if first in _SIGNS:
        return Glyph(_SIGNS[first], Disguise.SIGN)
    twin = _look_alikes().get(first) or _look_alikes().get(first.casefold())
    if twin and first != "ı":
        return Glyph(_one(twin), Disguise.LOOK_ALIKE)
    return _lettered(cluster)


def _lettered(cluster: str) -> Glyph:
    plain = unicodedata.normalize("NFKC", cluster)
    letters = "".join(c for c in fold(plain) if c.isalnum())
    letters = "".join(_SIGNS.get(c, c) for c in letters)
    if not letters:
        return _NOTHING
    styled = plain != cluster and plain.isascii() and not _is_full_width(cluster[0])
    heaped = len(cluster) > _HEAPED
    return Glyph(_one(letters), Disguise.LOOK_ALIKE if styled or heaped else None)


def _is_full_width(character: str) -> bool:
    return _FULL_WIDTH[0] <= ord(character) <= _FULL_WIDTH[1]


def _one(letters: str) -> str:
    return letters.replace("l", "i")


@dataclass(frozen=True, slots=True)
class Letters:
    """A piece of text as folded letters, one entry for each: where it stood, what it wore.

    `plain` is the letter as it was read before `l` and `i` became one; `gaps` are the places before
    which something other than a letter stood.
    """

    text: str
    plain: str
    places: tuple[int, ...]
    disguises: tuple[Disguise | None, ...]
    gaps: Mapping[int, str]

    @property
    def has_disguise(self) -> bool:
        """Whether any letter wears one."""
        return any(self.disguises)


def read_letters(text: str, start: int = 0) -> Letters:
    """Fold a text letter by letter; `start` is added to every place."""
    letters: list[str] = []
    plain: list[str] = []
    places: list[int] = []
    worn: list[Disguise | None] = []
    gaps: dict[int, str] = {}
    for cluster, at in _clusters(text):
        read = _in_its_place(glyph(cluster), text, at)
        if not read.letters:
            gaps[len(letters)] = gaps.get(len(letters), "") + cluster
            continue
        for letter in read.letters:
            letters.append(letter)
            plain.append("l" if letter == "i" and cluster in "lLƖ" else letter)
            places.append(start + at)
            worn.append(read.disguise or _odd_case(text, at))
    return Letters("".join(letters), "".join(plain), tuple(places), tuple(worn), gaps)


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    if text.isascii():
        return ((character, at) for at, character in enumerate(text))
    return ((match[0], match.start()) for match in _CLUSTER.finditer(text))


def _in_its_place(read: Glyph, text: str, at: int) -> Glyph:
    """Take a sign for a letter only beside one: `$warovski` has an s, `$50` and `Wow!` have not."""
    if text[at].isalnum() or read.disguise not in {Disguise.SIGN, Disguise.MASK}:
        return read
    before, after = at > 0 and _is_letter(text[at - 1]), _is_letter(text[at + 1 : at + 2])
    if before and after:
        return read
    opens = text[at] in "@$€" and text[at + 1 : at + 2].isalpha()
    closes = before and text[at] == "$"
    return read if opens or closes else _NOTHING


def _is_letter(character: str) -> bool:
    return character.isalnum() or character in {"$", "@"}


def _odd_case(text: str, at: int) -> Disguise | None:
    """Tell an I that plays a small l, or an l that plays a capital I, by its neighbours."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] == "I" and before.islower() and (after.islower() or not after.strip()):
        return Disguise.LOOK_ALIKE
    if text[at] == "l" and before.isupper() and after.isupper():
        return Disguise.LOOK_ALIKE
    return None


def without_repeats(letters: str) -> str:
    """Return letters with `vv` read as w and every run of one letter written once.

    >>> without_repeats("gucci"), without_repeats("vvatch")
    ('guci', 'watch')
    """
    return re.sub(r"(.)\1+", r"\1", letters.replace("vv", "w"))


def skeleton(text: str) -> str:
    """Return what is left of a text once every disguise is undone; alike texts have the same.

    >>> skeleton("C@rt1er") == skeleton("С-а-r-t-i-e-r") == skeleton("Cartier")
    True
    >>> skeleton("Louis Vuitton")
    'iouisvuiton'
    """
    while (folded := without_repeats(read_letters(text).text.replace(MASK, ""))) != text:
        text = folded
    return folded

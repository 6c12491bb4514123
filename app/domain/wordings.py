"""Finds names in text in whatever way they are spelled: plainly, in disguise, or nearly.

    text ─▶ chunks ─▶ windows of up to four chunks ─▶ skeleton looked up ─▶ letters compared

A *chunk* is what stands between spaces, brackets and commas. Only windows with something odd in
them are looked at for disguises, so ordinary text costs one pass of a regular expression.

A spelling is **disguised** where letters are replaced by signs, digits or look-alikes, hidden,
set apart, heaped or interrupted by invisible characters. A word that is merely spelled alike is
not: Carter is no Cartier. Where half of the letters or more would have to be guessed (`B055`) it is
a code, not a name. Names of fewer than four letters are never looked for in disguise, and repeated
or spaced letters make no name of an ordinary word ("sooo cool", "L O V E").

With `edits`, near spellings are found too, as a reader of photos produces them: one edit from five
letters, two from nine. Those are reported with their distance and as what they are, not disguised.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from app.domain.folding import MASK, Disguise, Letters, read_letters, without_repeats

_CHUNK: Final = re.compile(r"[^\s,;:?()\[\]{}<>\"“”«»/\\'’`´…、。，；：？（）【】「」]+")  # noqa: RUF001
# Letters with something among them that a plain word has not; digits alone are a plain number.
_ODD: Final = re.compile(
    r"[^\x00-\x7f]|[A-Za-z][0-9@$!|+*#%._~^=-]+[A-Za-z]|[0-9@$][A-Za-z]|[A-Za-z][0-9$]"
    r"|([A-Za-z])\1\1|[a-z]I|[A-Z]l[A-Z]|vv|VV"
)
_SPLITTING: Final = frozenset("._~^*|·•=+")
_WINDOW: Final = 4  # words of a name
_RUN: Final = 24  # letters that stand apart, looked at together
_SHORTEST: Final = 4


def edit_allowance(length: int) -> int:
    """Return how many edits a name of so many letters may be away and still be that name.

    >>> [edit_allowance(length) for length in (4, 5, 8, 9, 20)]
    [0, 1, 1, 2, 2]
    """
    return 0 if length < 5 else 1 if length < 9 else 2


def wording_distance(written: str, wording: str) -> int:
    """Return how many letters must be put in, left out or changed, disguises undone beforehand.

    >>> wording_distance("C@rt1er", "Cartier"), wording_distance("Carter", "CARTIER")
    (0, 1)
    """
    one, two = read_letters(written).text, read_letters(wording).text
    return _distance(without_repeats(one), without_repeats(two), max(len(one), len(two)))


def _distance(one: str, two: str, most: int) -> int:
    """Levenshtein's distance, `most + 1` once it is sure to be more; a mask equals any letter."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    row = list(range(len(two) + 1))
    for place, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], place
        for other in range(1, len(two) + 1):
            same = letter in (two[other - 1], MASK)
            best = min(row[other] + 1, row[other - 1] + 1, diagonal + (not same))
            diagonal, row[other] = row[other], best
        if min(row) > most:
            return most + 1
    return row[-1]


@dataclass(frozen=True, slots=True)
class FoundWording:
    """A name met in a text: `text[start:end]`, and how it was spelled there."""

    wording: str
    start: int
    end: int
    edits: int = 0
    disguises: tuple[Disguise, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a wording stands somewhere")

    @property
    def disguised(self) -> bool:
        """Whether the spelling shows that it was meant not to be found."""
        return bool(self.disguises)


@dataclass(frozen=True, slots=True)
class _Name:
    wording: str
    letters: Letters
    key: str
    ordinary: bool


class _Chunk(NamedTuple):
    start: int
    end: int
    letters: str
    odd: bool


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int
    letters: Letters


class Wordings:
    """An immutable set of names to be found in texts; safe to share between threads."""

    def __init__(self, wordings: Iterable[str], ordinary_words: Collection[str] = ()) -> None:
        ordinary = frozenset(ordinary_words)
        names = [
            _name(wording, ordinary.issuperset(wording.casefold().split()))
            for wording in dict.fromkeys(wordings)
        ]
        self._names = [name for name in names if len(name.key) >= 2]
        self._by_key: dict[str, list[_Name]] = {}
        self._by_shape: dict[tuple[int, str], list[_Name]] = {}
        for name in self._names:
            self._by_key.setdefault(name.key, []).append(name)
            self._by_shape.setdefault(_shape(name.letters.text), []).append(name)

    def disguised(self, text: str) -> tuple[FoundWording, ...]:
        """Return the names that stand in a text in disguise, leftmost first, not overlapping."""
        chunks = _chunks(text)
        spans = {*_odd_spans(chunks), *_spaced_out(chunks)}
        hits: list[FoundWording] = []
        candidates = functools.cache(self._candidates)  # a description repeats its oddities
        for first, last in spans:
            names = candidates("".join(chunk.letters for chunk in chunks[first : last + 1]))
            if names and (window := _window(text, chunks[first].start, chunks[last].end)):
                hits += filter(None, (_in_disguise(window, name, text) for name in names))
        return _apart(hits)

    def find(self, text: str) -> tuple[FoundWording, ...]:
        """Return the names that stand in a text in any spelling, near ones included."""
        chunks = _chunks(text)
        near = [
            hit
            for first, last in _spans(chunks, range(len(chunks)))
            if (window := _window(text, chunks[first].start, chunks[last].end))
            for hit in self._near(window)
        ]
        return _apart([*self.disguised(text), *near])

    def _candidates(self, letters: str) -> list[_Name]:
        if MASK not in letters:
            return self._by_key.get(without_repeats(letters), [])
        masked = self._by_shape.get(_shape(letters), []) if len(letters) >= _SHORTEST else []
        unmasked = self._by_key.get(without_repeats(letters.replace(MASK, "")), [])
        return [*unmasked, *(n for n in masked if _fits_mask(letters, n.letters.text))]

    def _near(self, window: _Window) -> Iterator[FoundWording]:
        key = without_repeats(window.letters.text.replace(MASK, ""))
        reach = range(max(2, len(key) - 2), len(key) + 3)
        names = {id(name): name for length in reach for name in self._sharing(key, length)}
        for name in (*names.values(), *self._by_key.get(key, ())):
            most = 0 if name.ordinary else edit_allowance(len(name.key))
            edits = _distance(key, name.key, most)
            if edits <= most and (edits or not window.letters.has_disguise):
                yield FoundWording(name.wording, window.start, window.end, edits)

    def _sharing(self, key: str, length: int) -> Iterator[_Name]:
        """Yield names of a length that share a part with a key: n edits leave one of n + 1."""
        most = edit_allowance(length)
        if most < abs(length - len(key)):
            return
        for part, (start, end) in enumerate(_parts(length)):
            for shift in range(max(-most, -start), most + 1):
                yield from self._parts.get((length, part, key[start + shift : end + shift]), ())

    @cached_property
    def _parts(self) -> dict[tuple[int, int, str], list[_Name]]:
        parts: dict[tuple[int, int, str], list[_Name]] = {}
        for name in self._names:
            if edit_allowance(len(name.key)) and not name.ordinary:
                for part, (start, end) in enumerate(_parts(len(name.key))):
                    parts.setdefault((len(name.key), part, name.key[start:end]), []).append(name)
        return parts


def find_wording(text: str, wording: str) -> tuple[FoundWording, ...]:
    """Return where one name stands in a text, in any spelling.

    >>> [(hit.start, hit.end, hit.disguised) for hit in find_wording("a C-a-r-t-1-e-r ring", "Cartier")]
    [(2, 15, True)]
    """  # noqa: E501
    return Wordings([wording]).find(text)


@functools.lru_cache(maxsize=65_536)  # a registry changes by a few names at a time
def _name(wording: str, ordinary: bool) -> _Name:
    letters = read_letters(wording)
    return _Name(wording, letters, without_repeats(letters.text), ordinary)


def _parts(length: int) -> tuple[tuple[int, int], ...]:
    count = edit_allowance(length) + 1
    cuts = [length * part // count for part in range(count + 1)]
    return tuple(itertools.pairwise(cuts))


def _chunks(text: str) -> list[_Chunk]:
    known: dict[str, tuple[str, bool]] = {}
    chunks = []
    for match in _CHUNK.finditer(text):
        if (read := known.get(match[0])) is None:
            read = known[match[0]] = _read_chunk(match[0])
        chunks.append(_Chunk(match.start(), match.end(), *read))
    return chunks


def _read_chunk(chunk: str) -> tuple[str, bool]:
    if _ODD.search(chunk) is None and chunk.isascii() and chunk.isalpha():
        return chunk.lower().replace("l", "i"), False
    letters = read_letters(chunk)
    return letters.text, _ODD.search(chunk) is not None and not _is_code(letters)


def _is_code(letters: Letters) -> bool:
    """Tell whether so many letters would have to be guessed that it is a code (`B055`, `316L`)."""
    guessed = sum(worn in {Disguise.SIGN, Disguise.MASK} for worn in letters.disguises)
    return 2 * guessed > len(letters.text)


def _odd_spans(chunks: list[_Chunk]) -> Iterator[tuple[int, int]]:
    return _spans(chunks, (place for place, chunk in enumerate(chunks) if chunk.odd))


def _spans(chunks: list[_Chunk], around: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last chunk of windows that hold one of some chunks, each once."""
    seen: set[tuple[int, int]] = set()
    for place in around:
        for first in range(max(0, place - _WINDOW + 1), place + 1):
            for last in range(place, min(first + _WINDOW, len(chunks))):
                if (first, last) not in seen:
                    seen.add((first, last))
                    yield first, last


def _spaced_out(chunks: list[_Chunk]) -> Iterator[tuple[int, int]]:
    """Yield windows over runs of chunks of one or two characters: `C a r t i e r`."""
    begun = 0
    for place in range(len(chunks) + 1):
        if place < len(chunks) and chunks[place].end - chunks[place].start <= 2:
            continue
        for first in range(begun, place - _SHORTEST + 1):
            for last in range(first + _SHORTEST - 1, min(place, first + _RUN)):
                yield first, last
        begun = place + 1


def _window(text: str, start: int, end: int) -> _Window | None:
    letters = read_letters(text[start:end], start)
    if not letters.text:
        return None
    return _Window(letters.places[0], _end_of(text, letters.places[-1]), letters)


def _end_of(text: str, place: int) -> int:
    end = place + 1
    while end < len(text) and unicodedata.category(text[end]) == "Mn":
        end += 1
    return end


def _shape(letters: str) -> tuple[int, str]:
    return len(letters), letters[:1]


def _fits_mask(written: str, name: str) -> bool:
    return all(letter in (MASK, other) for letter, other in zip(written, name, strict=True))


def _in_disguise(window: _Window, name: _Name, text: str) -> FoundWording | None:
    letters = window.letters
    if len(name.letters.text) < _SHORTEST or not _reads_as(letters, name.letters):
        return None
    worn = {each for each in letters.disguises if each is not None}
    if _are_a_foreign_script(letters, text):
        worn.discard(Disguise.LOOK_ALIKE)
    if _is_code(letters):
        return None
    if "vv" in letters.text and "vv" not in name.letters.text:
        worn.add(Disguise.LOOK_ALIKE)
    worn |= _between(letters, name.letters, name.ordinary)
    if not name.ordinary and _repeats(letters.text) > max(2, _repeats(name.letters.text)):
        worn.add(Disguise.REPEATED)
    # What the registered name itself is written with is no disguise of it: 3M, Ke$ha.
    worn -= {each for each in name.letters.disguises if each is not None}
    if not worn:
        return None
    order = tuple(each for each in Disguise if each in worn)
    return FoundWording(name.wording, window.start, window.end, disguises=order)


def _reads_as(written: Letters, name: Letters) -> bool:
    """Tell whether letters differ in what is disguised alone: no plain l stands for an i."""
    for shown, worn in zip(written.plain, written.disguises, strict=True):
        if worn is None and shown in "il" and shown not in name.plain:
            return False
    return True


def _between(written: Letters, name: Letters, ordinary: bool) -> set[Disguise]:
    """Return the disguises that lie between the letters: what splits them, and what is not seen."""
    if len(written.text) != len(name.text):
        gaps = [gap for place, gap in written.gaps.items() if 0 < place < len(written.text)]
    else:
        gaps = [
            gap
            for place, gap in written.gaps.items()
            if 0 < place < len(written.text) and place not in name.gaps
        ]
    if _is_dotted(name.text, gaps):
        return set()
    found: set[Disguise] = set()
    if any("\u200b" <= c <= "\u200d" or c in "\u2060\ufeff" for gap in gaps for c in gap):
        found.add(Disguise.INVISIBLE)
    signs = [gap for gap in gaps if _SPLITTING.intersection(gap)]
    many = len(gaps) >= max(2, len(written.text) // 2)
    if not ordinary and len(written.text) >= _SHORTEST and (signs or many):
        found.add(Disguise.SPLIT)
    return found


def _is_dotted(name: str, gaps: list[str]) -> bool:
    """Tell whether a short name is written as initials are (`D.K.N.Y.`)."""
    return len(name) <= _SHORTEST and len(gaps) >= len(name) - 1 and {*gaps} <= {".", ". "}


def _are_a_foreign_script(letters: Letters, text: str) -> bool:
    """Tell whether look-alikes are honest letters: a word of their script in a text of it."""
    if not all(worn is Disguise.LOOK_ALIKE for worn in letters.disguises):
        return False
    others = read_letters(text)
    return any(c.isalpha() and not c.isascii() for c in others.text)


def _repeats(letters: str) -> int:
    return max((len(match[0]) for match in re.finditer(r"(.)\1*", letters)), default=0)


def _apart(found: Iterable[FoundWording]) -> tuple[FoundWording, ...]:
    """Keep what does not overlap: plain or disguised before near, longest first."""
    kept: list[FoundWording] = []
    for hit in sorted(found, key=lambda h: (h.edits, h.start - h.end, not h.disguised, h.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return tuple(sorted(kept, key=lambda hit: hit.start))

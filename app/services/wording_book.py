"""The registry's wordings, and where lines of a photo agree with them.

    brand names and aliases ─▶ every motif of the brand        motif words ─▶ that motif
    lines ─▶ runs of up to three neighbouring words ─▶ the best agreement of each wording

A word set apart from its neighbours and one without its spaces are found alike. Time grows with
the photo's words; the registry's wordings are compared in one call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from app.domain.as_read import words_as_read
from app.domain.registry import Motif
from app.services.agreement import agreement, cut_ends, most_edits
from models.reading.lines import TextLine

_WORDS_IN_A_RUN = 3
_SHORTEST = 2  # a letter alone is no wording
_SHORTEST_INSIDE = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """What may be read: as it was registered, as a reader would leave it, and for which motifs."""

    text: str
    words: tuple[str, ...]
    motif_ids: tuple[int, ...]

    @property
    def letters(self) -> str:
        """The words as one run of letters."""
        return "".join(self.words)


@dataclass(frozen=True, slots=True)
class ReadWording:
    """A wording that was read in a photo: by which line, and how well the two agree."""

    wording: Wording
    line: TextLine
    agreement: float


class WordingBook:
    """The wordings of a registry; immutable, safe to share between threads."""

    def __init__(self, motifs: Iterable[Motif]) -> None:
        self.wordings = _wordings(motifs)
        self._runs = [wording.letters for wording in self.wordings]
        self._whole: dict[str, list[int]] = {}
        for place, letters in enumerate(self._runs):
            for spelled in {letters, *cut_ends(letters)}:
                self._whole.setdefault(spelled, []).append(place)
        self._lengths = np.array([most_edits(len(letters)) for letters in self._runs], np.int16)

    def __len__(self) -> int:
        return len(self.wordings)

    def find(self, lines: Sequence[TextLine]) -> tuple[ReadWording, ...]:
        """Return each wording that is read, by the line that agrees best, surest first."""
        best: dict[int, ReadWording] = {}
        runs = [(run, line) for line in lines for run in _line_runs(line.text)]
        for (run, line), places in zip(runs, self._candidates([r for r, _ in runs]), strict=True):
            for place in places:
                value = agreement(self._runs[place], run)
                found = ReadWording(self.wordings[place], line, value)
                if value > 0 and (place not in best or _key(found) < _key(best[place])):
                    best[place] = found
        return tuple(sorted(best.values(), key=_key))

    def _candidates(self, runs: Sequence[str]) -> list[set[int]]:
        """Return, for each run, the places of wordings that may agree with it."""
        if not runs or not self._runs:
            return [set() for _ in runs]
        distances = cdist(runs, self._runs, scorer=Levenshtein.distance, dtype=np.uint8)
        near = distances <= self._lengths
        return [
            {*np.flatnonzero(row).tolist(), *self._whole.get(run, ()), *self._inside(run)}
            for run, row in zip(runs, near, strict=True)
        ]

    def _inside(self, run: str) -> Iterable[int]:
        """Return the places of wordings that stand inside a longer run."""
        parts = {
            run[first:last]
            for first in range(len(run) - _SHORTEST_INSIDE + 1)
            for last in range(first + _SHORTEST_INSIDE, len(run) + 1)
        }
        return (place for part in parts for place in self._whole.get(part, ()))


def _wordings(motifs: Iterable[Motif]) -> tuple[Wording, ...]:
    owners: dict[str, tuple[str, tuple[str, ...], list[int]]] = {}
    for motif in motifs:
        for text in (motif.brand.name, *motif.brand.aliases, *motif.words):
            words = words_as_read(text)
            letters = "".join(words)
            if len(letters) >= _SHORTEST:
                owners.setdefault(letters, (text, words, []))[2].append(motif.id)
    return tuple(
        Wording(text, words, tuple(dict.fromkeys(ids))) for text, words, ids in owners.values()
    )


def _line_runs(text: str) -> list[str]:
    """Return the words of a line and up to three neighbours as one, each once."""
    words = words_as_read(text)
    runs = (
        "".join(words[first : first + count])
        for count in range(1, _WORDS_IN_A_RUN + 1)
        for first in range(len(words) - count + 1)
    )
    return [run for run in dict.fromkeys(runs) if len(run) >= _SHORTEST]


def _key(found: ReadWording) -> tuple[float, float]:
    return (-found.agreement, -found.line.confidence)

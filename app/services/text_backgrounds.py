"""Makes a background of text from lines read in ordinary photos, and reads the shipped one.

Only counts and common dictionary words are kept, never a line.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files

from app.domain.as_read import words_as_read
from app.domain.text_background import TextBackground
from app.services.ordinary_words import COMMON, Vocabulary
from models.reading.lines import TextLine

_FILE = "text_background.json"
_LONGEST = 12


def gather(
    reader: str, photos: Iterable[Sequence[TextLine]], vocabulary: Vocabulary
) -> TextBackground:
    """Count what ordinary photos carry.

    Args:
        reader: its name; a background belongs to one.
        photos: the lines of each.
        vocabulary: tells words from noise.

    Raises:
        CalibrationError: when there are too few photos.
    """
    number = words = 0
    runs: Counter[int] = Counter()
    letters: Counter[str] = Counter()
    common: Counter[str] = Counter()
    for lines in photos:
        number += 1
        read = [word for line in lines for word in words_as_read(line.text)]
        known = [word for word in read if vocabulary.frequency(word) > 0]
        noise = [word for word in read if vocabulary.frequency(word) == 0]
        words += len(known)
        runs.update(min(len(word), _LONGEST) for word in noise)
        letters.update(letter for word in noise for letter in word)
        common.update(word for word in set(known) if vocabulary.frequency(word) >= COMMON)
    total = max(letters.total(), 1)
    return TextBackground(
        reader=reader,
        photos=number,
        words=max(words, 1) / max(number, 1),
        runs={length: count / number for length, count in runs.items()},
        letters={letter: count / total for letter, count in letters.items()},
        common=common,
    )


def shipped_text_background() -> TextBackground:
    """Return the background that ships."""
    text = (files("app.domain.data") / _FILE).read_text(encoding="utf-8")
    return TextBackground.from_document(json.loads(text))

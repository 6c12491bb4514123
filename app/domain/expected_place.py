"""Where a motif sits on its product: a box in shares of the photo, and the goods it holds for.

A screw motif runs around the middle of a bangle; a maker's label sits inside a collar. Whoever
registers such a motif may say so, and then an area of that place that was made unrecognisable
counts for more than one elsewhere. Shares and not pixels, because photos differ in size: the whole
photo is `0 0 1 1`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.box import Box
from app.domain.errors import InvalidInputError
from app.domain.text import Passage, PhraseBook

_EDGES = 4
_LEAST = 0.01  # of a side: a place is an area and is written with six digits


@dataclass(frozen=True, slots=True)
class ExpectedPlace:
    """Four shares of a photo, and words of the goods; without words it holds for all goods."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float
    goods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        edges = (self.x_min, self.y_min, self.x_max, self.y_max)
        inside = all(math.isfinite(edge) and 0 <= edge <= 1 for edge in edges)
        least = min(self.x_max - self.x_min, self.y_max - self.y_min)
        if not (inside and least >= _LEAST):
            raise InvalidInputError(
                "an expected place is x_min y_min x_max y_max in shares of the photo, from 0 to 1 "
                f"and {_LEAST} apart or more, not {list(edges)}"
            )
        if not all(Passage.of(word).compact and ";" not in word for word in self.goods):
            raise InvalidInputError(
                "a word of an expected place's goods holds a letter or a digit, and no ';'"
            )

    @classmethod
    def parse(cls, text: str) -> "ExpectedPlace":
        """Read the manifest's form, four shares and then words of the goods between `;`.

        >>> ExpectedPlace.parse("0.1 0.3 0.9 0.7 bracelet; bangle").goods
        ('bracelet', 'bangle')
        """
        parts = text.split(maxsplit=_EDGES)
        try:
            edges = [float(part) for part in parts[:_EDGES]]
        except ValueError:
            edges = []
        if len(edges) != _EDGES:
            raise InvalidInputError(f"expected place {text!r} does not start with four numbers")
        words = parts[_EDGES].split(";") if len(parts) > _EDGES else []
        left, top, right, bottom = edges
        return cls(left, top, right, bottom, tuple(w.strip() for w in words if w.strip()))

    def __str__(self) -> str:
        """Return the form that `parse` reads.

        >>> str(ExpectedPlace.parse("0.1 .3 0.9 1 bracelet;bangle"))
        '0.1 0.3 0.9 1 bracelet; bangle'
        """
        edges = " ".join(f"{edge:g}" for edge in (self.x_min, self.y_min, self.x_max, self.y_max))
        return f"{edges} {'; '.join(self.goods)}".rstrip()

    def covered(self, box: Box, width: int, height: int) -> float:
        """Return how much of the smaller of the two, the place and a photo's box, both share.

        >>> ExpectedPlace(0.0, 0.0, 0.5, 1.0).covered(Box(40, 0, 60, 10), 100, 100)
        0.5
        """
        place = (self.x_min * width, self.y_min * height, self.x_max * width, self.y_max * height)
        wide = min(place[2], box.x_max) - max(place[0], box.x_min)
        high = min(place[3], box.y_max) - max(place[1], box.y_min)
        smaller = min((place[2] - place[0]) * (place[3] - place[1]), box.area)
        return max(wide, 0) * max(high, 0) / smaller

    def holds_for(self, texts: Iterable[str]) -> bool:
        """Tell whether any of a listing's texts names goods of this place, as whole words.

        >>> ExpectedPlace(0, 0, 1, 1, ("bangle",)).holds_for(["Women's bangle, gold"])
        True
        """
        if not self.goods:
            return True
        book = PhraseBook({Passage.of(word).phrase: word for word in self.goods})
        return any(next(book.find(Passage.of(text)), None) is not None for text in texts)

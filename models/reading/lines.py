"""`TextLine`: one line of text in a photo, as a reader saw it.

Nothing is folded or corrected here. What a line means for a registry is for others to judge.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text.

    Attributes:
        text: As it was read, with its spaces; never blank.
        box: `x_min, y_min, x_max, y_max` in the photo's pixels, around the whole line.
        confidence: Mean probability of its characters, between 0 and 1.
        mirrored: Whether it only made sense from behind, as in a mirrored photo.
    """

    text: str
    box: tuple[int, int, int, int]
    confidence: float
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a line has text")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} is not a probability")
        x_min, y_min, x_max, y_max = self.box
        if not (0 <= x_min < x_max and 0 <= y_min < y_max):
            raise ValueError(f"the box {self.box} has no area")

"""Photos with words printed on them: drawn here, in the fonts that come with the libraries."""

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.reading.lines import TextLine
from models.regions import Photo
from tests.images import photo_array

FONTS = ("sans", "simplex", "duplex", "triplex")
_HERSHEY = {
    "simplex": cv2.FONT_HERSHEY_SIMPLEX,
    "duplex": cv2.FONT_HERSHEY_DUPLEX,
    "triplex": cv2.FONT_HERSHEY_TRIPLEX,
}


def printed(
    text: str, font: str = "sans", *, turn: float = 0.0, size: int = 40, seed: int = 1
) -> Photo:
    """An ordinary photo, 480 x 360, with a white label that says `text`, turned by degrees."""
    label = _label(text, font, size).rotate(turn, expand=True, fillcolor=(250, 250, 250))
    photo = Image.fromarray(photo_array(seed, (480, 360)))
    photo.paste(label, ((480 - label.width) // 2, (360 - label.height) // 2))
    return np.asarray(photo)


def _label(text: str, font: str, size: int) -> Image.Image:
    width = 40 + int(size * 0.75 * len(text))
    label = np.full((size * 2, width, 3), 250, np.uint8)
    if font == "sans":
        image = Image.fromarray(label)
        drawn = ImageFont.load_default(size)
        ImageDraw.Draw(image).text((20, size // 3), text, fill=(20, 20, 20), font=drawn)
        return image
    corner, colour = (20, int(size * 1.4)), (20, 20, 20)
    cv2.putText(label, text, corner, _HERSHEY[font], size / 30, colour, 3, cv2.LINE_AA)
    return Image.fromarray(label)


class FakeReader:
    """Reads what it was told is there, and counts how often it was asked."""

    name = "fake"

    def __init__(self, lines: Sequence[TextLine] = ()) -> None:
        self.lines = tuple(lines)
        self.glances = 0
        self.reads = 0

    def has_text(self, photo: Photo) -> bool:  # noqa: ARG002
        self.glances += 1
        return bool(self.lines)

    def read(self, photo: Photo) -> tuple[TextLine, ...]:  # noqa: ARG002
        self.reads += 1
        return self.lines


def line(text: str, box: tuple[int, int, int, int] = (10, 10, 110, 40)) -> TextLine:
    """A line that was read without doubt."""
    return TextLine(text, box, 0.99)

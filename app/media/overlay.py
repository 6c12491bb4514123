"""Draws matches into a photo, for people who were not there when it was scored."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.domain.match import Match

_STRONG, _WEAK, _PAPER = (196, 18, 48), (90, 100, 115), (255, 255, 255)


def overlay_png(photo: NDArray[np.uint8], matches: Sequence[Match]) -> bytes:
    """Return the photo as PNG with a labelled box for each match, the best one drawn last.

    Args:
        photo: `(height, width, 3)` uint8 RGB.
        matches: best first, as an assessment lists them.
    """
    picture = Image.fromarray(photo)
    draw = ImageDraw.Draw(picture)
    line = max(2, min(picture.size) // 200)
    font = ImageFont.load_default(size=max(12, min(picture.size) // 32))
    for place, match in reversed(list(enumerate(matches))):
        colour = _WEAK if place else _STRONG
        box = match.box
        draw.rectangle((box.x_min, box.y_min, box.x_max - 1, box.y_max - 1), None, colour, line)
        _label(draw, font, match, colour)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _label(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    match: Match,
    colour: tuple[int, int, int],
) -> None:
    text = f"{match.brand} / {match.motif}"
    left, top, right, bottom = draw.textbbox((match.box.x_min, match.box.y_min), text, font=font)
    draw.rectangle((left, top, right + 4, bottom + 4), fill=colour)
    draw.text((match.box.x_min + 2, match.box.y_min + 2), text, fill=_PAPER, font=font)

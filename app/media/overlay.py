"""Draws matches into a photo, for people who were not there when it was scored.

    photo (RGB) + matches ─▶ frame and label each, weakest first ─▶ PNG bytes

The strongest match is red and drawn last, the others grey; patches where something seems hidden are
violet and lie below all of them. A label stands above its box where there
is room, else inside it, and never leaves the photo. The photo itself is not altered.
"""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.domain.box import Box
from app.domain.concealment import Concealment
from app.domain.match import Match

Colour = tuple[int, int, int]
_STRONG: Final[Colour] = (196, 18, 48)
_WEAK: Final[Colour] = (84, 94, 108)
_HIDDEN: Final[Colour] = (108, 52, 168)
_PAPER: Final[Colour] = (255, 255, 255)
_PADDING: Final = 3


def overlay_png(
    photo: NDArray[np.uint8], matches: Sequence[Match], concealed: Sequence[Concealment] = ()
) -> bytes:
    """Return the photo as PNG with a labelled box for each match, the best one drawn last.

    Args:
        photo: (height, width, 3) UInt8 RGB, upright.
        matches: Best first, as an assessment lists them; none gives the photo as it is.
        concealed: Patches to draw beside them, rarest first.
    """
    picture = Image.fromarray(photo)
    draw = ImageDraw.Draw(picture)
    line = max(2, min(picture.size) // 250)
    font = ImageFont.load_default(size=max(12, min(picture.size) // 32))
    for patch in reversed(concealed):
        _frame(draw, patch.box, _HIDDEN, line)
        _label(draw, font, f"hidden? {patch.kind}", patch.box, _HIDDEN)
    for place, match in reversed(list(enumerate(matches))):
        colour = _WEAK if place else _STRONG
        _frame(draw, match.box, colour, line)
        _label(draw, font, f"{match.brand} / {match.motif}", match.box, colour)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _frame(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, line: int) -> None:
    """Draw a box's outline inwards, with a hair of white so that it shows on any ground."""
    corners = (box.x_min, box.y_min, box.x_max - 1, box.y_max - 1)
    # Two frames need two lines on either side, or there is no inside to draw them in.
    if min(box.width, box.height) > 4 * line:
        inner = (corners[0] + line, corners[1] + line, corners[2] - line, corners[3] - line)
        draw.rectangle(inner, None, _PAPER, max(line // 2, 1))
    draw.rectangle(corners, None, colour, line)


def _label(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    text: str,
    box: Box,
    colour: Colour,
) -> None:
    left, top, right, bottom = (round(edge) for edge in draw.textbbox((0, 0), text, font=font))
    wide, high = right - left + 2 * _PADDING, bottom - top + 2 * _PADDING
    page_wide, page_high = round(draw.im.size[0]), round(draw.im.size[1])
    x = max(min(box.x_min, page_wide - wide), 0)
    y = box.y_min - high if box.y_min >= high else box.y_min
    y = max(min(y, page_high - high), 0)
    draw.rectangle((x, y, x + wide - 1, y + high - 1), fill=colour)
    draw.text((x + _PADDING - left, y + _PADDING - top), text, fill=_PAPER, font=font)

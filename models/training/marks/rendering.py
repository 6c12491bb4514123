"""From a drawing to the pixels that training starts from.

    SVG ─▶ resvg ─▶ crop to what is visible ─▶ longest side 192 px ─▶ tinted or coloured

Left out, with a reason: what does not render, is empty or nearly so, is too thin to be seen, or is
no more than a filled rectangle or ellipse. Fonts of the machine are never used, so a picture does
not depend on where it was made.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from models.training.marks.drawings import Drawing

SIDE: Final = 192  # pixels of a mark's longest side
_DRAWN: Final = 256  # pixels it is drawn at before cropping; area filtering brings it to SIDE
_LARGEST: Final = 1536
_VISIBLE: Final = 8  # of 255 in alpha
_THINNEST: Final = 8  # pixels of the shorter side
_LEAST_AREA: Final = 0.005
_PLAIN: Final = 0.98
_ONE_COLOUR: Final = 24  # of 255, between the extremes of a channel

Pixels = NDArray[np.uint8]


class LeftOutError(Exception):
    """A drawing that makes no mark; the message is a short reason, for counting."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The pixels of a mark.

    Attributes:
        rgba: (h, w, 4), straight alpha, no empty border, longest side `SIDE`.
        tinted: Whether it is one neutral colour, and then black.
    """

    rgba: Pixels
    tinted: bool

    def __post_init__(self) -> None:
        if self.rgba.ndim != 3 or self.rgba.shape[2] != 4 or max(self.rgba.shape[:2]) != SIDE:
            raise ValueError(f"a picture is (h, w, 4) with a longest side of {SIDE}")


def render(drawing: Drawing) -> Picture:
    """Draw a mark.

    Raises:
        LeftOutError: it makes no mark.
    """
    rgba = _draw(drawing, _DRAWN)
    if float(rgba[..., 3].mean()) / 255 < _LEAST_AREA:
        raise LeftOutError("empty")
    cropped = crop_to_visible(rgba)
    largest = max(cropped.shape[:2])
    if largest < SIDE:
        # A mark that fills little of its box is drawn again, large enough to lose nothing.
        cropped = crop_to_visible(_draw(drawing, min(_LARGEST, _DRAWN * _DRAWN // largest)))
    return as_picture(cropped)


def as_picture(rgba: Pixels) -> Picture:
    """Bring a cropped drawing to size and find out whether it is tinted.

    Args:
        rgba: (h, w, 4), straight alpha, no empty border.

    Raises:
        LeftOutError: it is too thin, or a plain filled shape.
    """
    sized = _resize(rgba)
    if min(sized.shape[:2]) < _THINNEST:
        raise LeftOutError("thin")
    colour = _only_colour(sized)
    if colour is not None and _is_plain(sized[..., 3]):
        raise LeftOutError("plain")
    tinted = colour is not None and int(colour.max()) - int(colour.min()) <= _ONE_COLOUR
    if tinted:
        sized[..., :3] = 0
    return Picture(sized, tinted)


def crop_to_visible(rgba: Pixels) -> Pixels:
    """Cut away the border in which nothing is visible.

    Raises:
        LeftOutError: nothing is visible at all.
    """
    visible = rgba[..., 3] > _VISIBLE
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    if rows.size == 0:
        raise LeftOutError("empty")
    return rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _draw(drawing: Drawing, side: int) -> Pixels:
    """Return the whole view box, its longest side `side` pixels: (h, w, 4), straight alpha."""
    scale = side / max(drawing.width, drawing.height)
    width, height = (max(1, round(scale * x)) for x in (drawing.width, drawing.height))
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing.svg, width=width, height=height, skip_system_fonts=True
        )
    except ValueError as error:
        raise LeftOutError("not rendered") from error
    decoded = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise LeftOutError("not rendered")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA), np.uint8)


def _resize(rgba: Pixels) -> Pixels:
    """Bring the longest side to `SIDE`; colours are weighted by alpha, so no dark rim appears."""
    height, width = rgba.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    weighted = rgba.astype(np.float32)
    weighted[..., 3] /= 255
    weighted[..., :3] *= weighted[..., 3:]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(weighted, size, interpolation=method)
    small: NDArray[np.float32] = np.asarray(np.clip(resized, 0, 255), np.float32)
    small[..., 3] = np.minimum(small[..., 3], 1)
    small[..., :3] /= np.maximum(small[..., 3:], 1 / 255)
    small[..., 3] *= 255
    return np.asarray(np.rint(np.minimum(small, 255)), np.uint8)


def _only_colour(rgba: Pixels) -> NDArray[np.uint8] | None:
    """Return the mean colour (3,) of a picture of one colour, None for any other."""
    solid = rgba[rgba[..., 3] > 200][:, :3]
    if solid.size == 0:
        return None
    spread = cv2.reduce(solid, 0, cv2.REDUCE_MAX) - cv2.reduce(solid, 0, cv2.REDUCE_MIN)
    if spread.max() > _ONE_COLOUR:
        # The hundredth at either end may be specks of anti-aliasing between overlapping shapes.
        low, high = np.percentile(solid, [1, 99], axis=0)
        if (high - low).max() > _ONE_COLOUR:
            return None
    return np.asarray(solid.mean(axis=0), np.uint8)


def _is_plain(alpha: NDArray[np.uint8]) -> bool:
    """Return whether a shape is no more than a filled rectangle or a filled ellipse."""
    height, width = alpha.shape
    filled = alpha > 127
    if filled.mean() > _PLAIN:
        return True
    y, x = np.ogrid[:height, :width]
    ellipse = ((2 * y + 1) / height - 1) ** 2 + ((2 * x + 1) / width - 1) ** 2 <= 1
    return bool((filled & ellipse).sum() / (filled | ellipse).sum() > _PLAIN)

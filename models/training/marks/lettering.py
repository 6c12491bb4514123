"""Letters on a canvas, and what sign writers do to them.

    text, face ─▶ set_line ─▶ slant · hollow · arch · underline · frame · beside ─▶ canvas

A canvas is (h, w, 2) uint8: how much of the first and of the second ink a pixel holds. Every
function returns a new canvas, cropped or padded as it needs; none knows what colour an ink has.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Canvas = NDArray[np.uint8]
Outline = Literal["rectangle", "rounded", "ellipse"]

EM: Final = 96  # pixels of the font size


@lru_cache(maxsize=16)
def _open(path: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, EM, layout_engine=ImageFont.Layout.BASIC)


def set_line(text: str, face: Path, *, spacing: float = 0.0, first_apart: bool = False) -> Canvas:
    """Set one line of text.

    Args:
        text: Letters and spaces that the face has.
        face: A font file.
        spacing: Added between letters, in ems.
        first_apart: Whether the first letter is in the second ink.

    Returns:
        The canvas, cropped.
    """
    font = _open(face)
    runs = [text] if spacing == 0 and not first_apart else list(text)
    widths = [font.getlength(run) + spacing * EM for run in runs]
    size = (round(sum(widths)) + 4 * EM, 5 * EM)
    inks = [Image.new("L", size), Image.new("L", size)]
    x = 2.0 * EM
    for number, (run, width) in enumerate(zip(runs, widths, strict=True)):
        ink = inks[1 if first_apart and number == 0 else 0]
        ImageDraw.Draw(ink).text((x, 3 * EM), run, fill=255, font=font, anchor="ls")
        x += width
    return crop(np.dstack([np.asarray(ink) for ink in inks]))


def crop(canvas: Canvas) -> Canvas:
    """Cut away the border without ink; a canvas without any stays as it is."""
    inked = np.maximum(canvas[..., 0], canvas[..., 1]) > 8  # 20 times as fast as max(axis=2)
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if rows.size == 0:
        return canvas
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def pad(canvas: Canvas, top: int, bottom: int, left: int, right: int) -> Canvas:
    """Add empty pixels around a canvas."""
    return np.pad(canvas, ((top, bottom), (left, right), (0, 0)))


def slant(canvas: Canvas, shear: float) -> Canvas:
    """Lean the letters: `shear` pixels to the right for each pixel up."""
    height, width = canvas.shape[:2]
    reach = int(np.ceil(abs(shear) * height))
    matrix = np.array([[1, -shear, shear * height if shear > 0 else 0], [0, 1, 0]], np.float64)
    return crop(_two(cv2.warpAffine(canvas, matrix, (width + reach, height))))


def hollow(canvas: Canvas, thickness: int) -> Canvas:
    """Keep the outline of the letters alone, `thickness` pixels wide, outside their edge."""
    room = thickness + 2
    padded = pad(canvas, room, room, room, room)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * thickness + 1, 2 * thickness + 1))
    return crop(_two(cv2.dilate(padded, disc)) - padded)


def arch(canvas: Canvas, angle: float) -> Canvas:
    """Bend a line along a circle: `angle` radians of it, upwards if positive, else downwards."""
    if angle < 0:
        return arch(canvas[::-1], -angle)[::-1]
    height, width = canvas.shape[:2]
    radius = width / angle  # of the baseline, which keeps its length
    half = (radius + height) * np.sin(min(angle, np.pi) / 2) + 2
    lowest = -radius * np.cos(angle / 2) + 2
    x = np.arange(-half, half, dtype=np.float32)[None, :]
    y = np.arange(-radius - height - 2, lowest, dtype=np.float32)[:, None]
    turn = np.arctan2(x, -y)  # 0 at the top, clockwise
    across = np.float32(width / 2) + turn * np.float32(radius)
    down = np.float32(height + radius) - np.hypot(x, y)
    bent = cv2.remap(canvas, across, down, cv2.INTER_LINEAR)
    return crop(_two(bent))


def underline(canvas: Canvas, thickness: int, *, curved: bool, ink: int) -> Canvas:
    """Put a line, or a curved stroke that runs out at both ends, below a canvas."""
    height, width = canvas.shape[:2]
    sag = round(0.06 * width) if curved else 0
    top = height + thickness
    wide = pad(canvas, 0, 2 * thickness + sag, 0, 0)
    x = np.linspace(0, width - 1, 60)
    bow = 1 - (2 * x / (width - 1) - 1) ** 2 if curved else np.ones_like(x)
    upper = top + sag * bow if curved else np.full_like(x, top)
    lower = upper + thickness * bow
    stroke = np.concatenate([np.stack([x, upper], 1), np.stack([x, lower], 1)[::-1]])
    return _painted(wide, np.rint(stroke).astype(np.int32), ink)


def frame(canvas: Canvas, outline: Outline, thickness: int, room: float, *, ink: int) -> Canvas:
    """Draw a frame round a canvas, with `room` ems between the two."""
    filled, padded = _panel(canvas, outline, room, thickness)
    inner = np.zeros_like(filled)
    height, width = filled.shape
    shape = _shape(outline, height - 2 * thickness, width - 2 * thickness)
    inner[thickness : height - thickness, thickness : width - thickness] = shape
    framed = padded.copy()
    framed[..., ink] = np.maximum(framed[..., ink], filled - np.minimum(inner, filled))
    return framed


def panel(canvas: Canvas, outline: Outline, room: float, *, knocked_out: bool) -> Canvas:
    """Put a canvas on a filled panel: letters knocked out of it, or in the second ink on it."""
    filled, padded = _panel(canvas, outline, room, 0)
    letters = np.maximum(padded[..., 0], padded[..., 1])
    ground = filled - np.minimum(letters, filled)
    return np.dstack([ground, np.zeros_like(letters) if knocked_out else letters])


def join(first: Canvas, second: Canvas, gap: int, *, below: bool) -> Canvas:
    """Put a second canvas to the right of the first, or below it, both centred."""
    across = 1 if below else 0
    length = max(first.shape[across], second.shape[across])
    parts = [_centred(part, length, across) for part in (first, second)]
    space = list(parts[0].shape)
    space[1 - across] = gap
    return np.concatenate([parts[0], np.zeros(space, np.uint8), parts[1]], axis=1 - across)


def scaled(canvas: Canvas, scale: float) -> Canvas:
    """Return a canvas of another size."""
    height, width = canvas.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return _two(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA))


def paint(canvas: Canvas, inks: tuple[tuple[int, int, int], tuple[int, int, int]]) -> Canvas:
    """Return a canvas as (h, w, 4) straight RGBA, the second ink over the first."""
    first, second = (canvas[..., ink].astype(np.float32) / 255 for ink in (0, 1))
    lower = first * (1 - second)
    alpha = lower + second
    share = (second / np.maximum(alpha, 1e-6))[..., None]  # (h, w, 1)
    colour = (1 - share) * np.array(inks[0]) + share * np.array(inks[1])
    return np.asarray(np.rint(np.dstack([colour, alpha * 255])), np.uint8)


def _two(canvas: NDArray[np.generic]) -> Canvas:
    return np.asarray(canvas, np.uint8)


def _centred(canvas: Canvas, length: int, axis: int) -> Canvas:
    before = (length - canvas.shape[axis]) // 2
    widths = [(0, 0), (0, 0), (0, 0)]
    widths[axis] = (before, length - canvas.shape[axis] - before)
    return np.pad(canvas, widths)


def _panel(
    canvas: Canvas, outline: Outline, room: float, thickness: int
) -> tuple[NDArray[np.uint8], Canvas]:
    """Return a filled outline, and the canvas padded to its size."""
    height, width = canvas.shape[:2]
    space = round(room * EM) + thickness
    # An ellipse round a box is wider and higher than the box by the root of two.
    grow = (np.sqrt(2) - 1) / 2 if outline == "ellipse" else 0.0
    down, across = space + round(grow * height), space + round(grow * width)
    padded = pad(canvas, down, down, across, across)
    return _shape(outline, *padded.shape[:2]), padded


def _shape(outline: Outline, height: int, width: int) -> NDArray[np.uint8]:
    """Return a filled outline: (height, width), 0 to 255."""
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    box = (0, 0, width - 1, height - 1)
    if outline == "ellipse":
        draw.ellipse(box, fill=255)
    elif outline == "rounded":
        draw.rounded_rectangle(box, radius=0.35 * min(height, width), fill=255)
    else:
        draw.rectangle(box, fill=255)
    return np.array(mask)


def _painted(canvas: Canvas, outline: NDArray[np.int32], ink: int) -> Canvas:
    layer = np.ascontiguousarray(canvas[..., ink])
    cv2.fillPoly(layer, [outline], 255, lineType=cv2.LINE_AA)
    painted = canvas.copy()
    painted[..., ink] = layer
    return painted

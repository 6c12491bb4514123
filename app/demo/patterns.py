"""Innocent decoration: plain dyes, stripes, dots, flowers, a line of words.

A `Dye` gives the colour at each place of a good. None of these is anyone's mark; goods decorated
with them must come out clear.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.demo.canvas import Lit, coloured, lit, mixed
from app.demo.fields import Field, ramp, sample

# From each pixel's place on a good, two (height, width) fields, to (height, width, 3) of light.
Dye = Callable[[Field, Field], Lit]
_PAGE: Final = 600


def plain(colour: str) -> Dye:
    """Return one colour all over."""
    return lambda x, _: coloured(colour, np.ones_like(x))


def striped(ground: str, stripe: str, *, pitch: float, share: float, top: float = -9.0) -> Dye:
    """Return stripes across, from `top` downwards; lengths in the good's units."""

    def dye(x: Field, y: Field) -> Lit:
        phase = np.abs((y / pitch) % 1 - 0.5) * 2
        band = ramp(share + 0.06, share - 0.06, phase) * ramp(top - 0.01, top, y)
        return mixed(coloured(ground, np.ones_like(x)), lit(stripe), band)

    return dye


def dotted(ground: str, dot: str, *, pitch: float, top: float, bottom: float) -> Dye:
    """Return rows of dots, every second row moved by half, between two heights."""

    def dye(x: Field, y: Field) -> Lit:
        row = np.floor(y / pitch)
        along = (x / pitch + 0.5 * (row % 2)) % 1 - 0.5
        down = (y / pitch) % 1 - 0.5
        within = (row * pitch >= top) & ((row + 1) * pitch <= bottom)
        return mixed(
            coloured(ground, np.ones_like(x)),
            lit(dot),
            ramp(0.3, 0.25, np.hypot(along, down)) * within,
        )

    return dye


def flowered(ground: str, petals: tuple[str, ...], rng: np.random.Generator, count: int) -> Dye:
    """Return flowers of five to eight petals, scattered over -1 to 1 both ways."""
    places = rng.uniform(-0.95, 0.95, (count, 2))
    sizes, turns = rng.uniform(0.08, 0.19, count), rng.uniform(0, 6.28, count)
    leaves = rng.integers(5, 9, count)

    def dye(x: Field, y: Field) -> Lit:
        cloth = coloured(ground, np.ones_like(x))
        for number in range(count):
            away_x = (x - np.float32(places[number, 0])) / np.float32(sizes[number])
            away_y = (y - np.float32(places[number, 1])) / np.float32(sizes[number])
            near = (np.abs(away_x) < 1.2) & (np.abs(away_y) < 1.2)
            reach = np.hypot(away_x[near], away_y[near])
            angle = np.arctan2(away_y[near], away_x[near]) * np.float32(leaves[number])
            edge = 0.72 + 0.25 * np.cos(angle + np.float32(turns[number]))
            # (pixels, 3): only the flower's own neighbourhood is painted
            part = cloth[near]
            petal, heart = lit(petals[number % len(petals)]), lit("#e8b93c")
            part = mixed(part, petal * (0.75 + reach[:, None] * 0.4),
                         ramp(0.04, -0.04, reach - edge))  # fmt: skip
            cloth[near] = mixed(part, heart, ramp(0.28, 0.22, reach))
        return cloth

    return dye


def worded(ground: str, ink: str, lines: tuple[str, ...], *, top: float, width: float) -> Dye:
    """Return lines of words set in Pillow's own typeface, centred, `width` units wide."""
    page = Image.new("L", (_PAGE, _PAGE))
    draw = ImageDraw.Draw(page)
    for number, words in enumerate(lines):
        place = (_PAGE / 2, _PAGE * (number + 0.5) / 6)
        draw.text(place, words, fill=255, font=ImageFont.load_default(78), anchor="mm")
    # (page, page) of ink, 0 to 1
    written = np.asarray(page, np.float32) / 255

    def dye(x: Field, y: Field) -> Lit:
        scale = _PAGE / width
        letters = sample(written, x * scale + _PAGE / 2, (y - top) * scale)
        return mixed(coloured(ground, np.ones_like(x)), lit(ink), letters)

    return dye

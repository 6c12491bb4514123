"""The evasion grid as a picture: tricks down, sizes across, recall as colour and as a number.

Colours run from dark violet to yellow, which stays readable in grey and for colour-blind eyes
(after "viridis", Smith and van der Walt 2015). The picture is a function of the figures alone.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_CELL, _HEAD, _MARGIN = (84, 36), 46, 18  # pixels
_LEFT = 130
_STOPS = np.array(
    [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]], np.float64
)
_INK, _PAPER = (34, 34, 34), (255, 255, 255)

Grid = Mapping[str, Mapping[str, Mapping[str, float]]]
Colour = tuple[int, int, int]


def colour_of(value: float) -> Colour:
    """Return the colour of a share from 0 to 1.

    >>> colour_of(0.0), colour_of(1.0)
    ((68, 1, 84), (253, 231, 37))
    """
    places = np.linspace(0, 1, len(_STOPS))
    channels = [round(float(np.interp(value, places, _STOPS[:, c]))) for c in range(3)]
    return (channels[0], channels[1], channels[2])


def draw_heat_map(grid: Grid, title: str) -> Image.Image:
    """Return the picture of a grid of shares, row by row as they come."""
    columns = list(next(iter(grid.values())))
    width = _LEFT + _CELL[0] * len(columns) + _MARGIN
    height = _HEAD + 24 + _CELL[1] * len(grid) + _MARGIN
    image = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, 14), title, fill=_INK, font=ImageFont.load_default(15))
    for column, name in enumerate(columns):
        _centred(draw, (_LEFT + (column + 0.5) * _CELL[0], _HEAD + 10), name, _INK)
    for row, (trick, cells) in enumerate(grid.items()):
        top = _HEAD + 24 + row * _CELL[1]
        draw.text((_MARGIN, top + 10), trick, fill=_INK, font=ImageFont.load_default(14))
        for column, name in enumerate(columns):
            _cell(draw, _LEFT + column * _CELL[0], top, cells[name])
    return image


def save_heat_map(grid: Grid, title: str, path: Path) -> None:
    """Write the picture as PNG, with the folder that it goes into."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw_heat_map(grid, title).save(path, "PNG", optimize=True)


def _cell(draw: ImageDraw.ImageDraw, left: int, top: int, share: Mapping[str, float]) -> None:
    value = share["value"] if share["cases"] else 0.0
    colour = colour_of(value) if share["cases"] else _PAPER
    draw.rectangle((left, top, left + _CELL[0] - 3, top + _CELL[1] - 3), fill=colour)
    ink = _PAPER if value < 0.55 and share["cases"] else _INK
    text = f"{value:.2f}" if share["cases"] else "-"
    _centred(draw, (left + _CELL[0] / 2 - 1, top + _CELL[1] / 2 - 1), text, ink)


def _centred(
    draw: ImageDraw.ImageDraw, middle: tuple[float, float], text: str, ink: Colour
) -> None:
    draw.text(middle, text, fill=ink, font=ImageFont.load_default(14), anchor="mm")

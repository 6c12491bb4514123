"""Hard and stitched goods: a phone case, a leather key tag, a carton, a paper price tag.

Leather is a relief of pores, a carton three flat faces in perspective, a mark on a soft case a
dent. The functions lay the good on a canvas and return nothing else.
"""

from collections.abc import Sequence

import numpy as np

from app.demo.canvas import Canvas, Decal, Lit, Print, Shadow, coloured, lit, mixed
from app.demo.fields import Field, blur, fractal, noise, normals, ramp
from app.demo.metal import mirrored_room
from app.demo.outlines import (
    Corner,
    View,
    covered,
    curve,
    face,
    filled,
    rounded_box,
    stroked,
)


def phone_case(
    canvas: Canvas,
    view: View,
    colour: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Lay a soft phone case, its back up; it spans -0.5 to 0.5 and -1 to 1."""
    size = canvas.size
    x, y = view.good(size)
    distance = rounded_box(x, y, (0.5, 1.0), 0.15)
    mask = covered(distance, 1.2 / unit)
    edge = ramp(-0.075, 0.0, distance)
    relief = -edge * edge * (unit * 0.09)
    bump = rounded_box(x + 0.2, y + 0.7, (0.24, 0.24), 0.09)
    lip = np.exp(-((bump / 0.022) ** 2)) * (unit * 0.02)
    surface, prints = coloured(colour, 1 + 0.03 * noise(rng, size, 0.8)), []
    for decal in decals:
        coverage = decal.on(x, y)
        # Debossed: a dent with soft walls as well as another shade of the same colour.
        relief = relief - blur(coverage, 1.6) * (2.4 * decal.strength)
        surface = mixed(surface, lit(decal.colour), coverage)
        prints.append(Print(decal.mark.title, coverage))
    shade = canvas.light.on_relief(relief + lip)
    sheen = canvas.light.glint(*normals(relief + lip), sharpness=14) * 0.1
    band = np.exp(-(((x * 0.8 + y * 0.5 + 0.1) / 0.35) ** 2)) * 0.05
    canvas.cast(mask, Shadow(lift=unit * 0.05, softness=unit * 0.045, depth=0.7))
    canvas.lay(mask, surface * shade[..., None] + (sheen + band)[..., None], tuple(prints))
    canvas.lay(covered(bump, 1.2 / unit), coloured("#15161a", 1 + 0.15 * (x - y)))
    # Three lenses, as phones have them now.
    for place in ((-0.305, -0.805), (-0.305, -0.595), (-0.1, -0.7)):
        _camera_eye(canvas, x - np.float32(place[0]), y - np.float32(place[1]), unit)


def _camera_eye(canvas: Canvas, x: Field, y: Field, unit: float) -> None:
    reach = np.hypot(x, y)
    ring = coloured("#7d8288", 0.7 - x * 4 - y * 6)
    canvas.lay(covered(reach - 0.092, 1.2 / unit), np.clip(ring, 0.02, 1.0))
    canvas.lay(covered(reach - 0.078, 1.2 / unit), coloured("#07080a", reach * 0 + 1))
    glass = coloured("#1b2748", 0.6 + y * 9)
    canvas.lay(covered(reach - 0.048, 1.2 / unit), np.clip(glass, 0, 1))
    spark = covered(np.hypot(x + 0.02, y + 0.025).astype(np.float32) - 0.011, 2 / unit)
    canvas.lay(spark, coloured("#dfe7ff", reach * 0 + 1))


def key_tag(
    canvas: Canvas,
    view: View,
    leather: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 250,
) -> None:
    """Lay a stitched leather tag on a steel ring; it spans -0.55 to 0.55 and -1 to 1."""
    size = canvas.size
    x, y = view.good(size)
    distance = rounded_box(x, y, (0.55, 1.0), 0.3)
    hole = 0.085 - np.hypot(x, y + 0.78)
    mask = covered(np.maximum(distance, hole), 1.2 / unit)
    grains = np.abs(fractal(rng, size, 4.5, 2))
    relief = np.minimum(grains, 0.8) * 1.1 + ramp(0.0, -0.06, distance) * (unit * 0.035)
    stitch = np.exp(-(((distance + 0.075) / 0.014) ** 2)) * ramp(
        0.1, 0.5, np.sin(np.arctan2(y * 0.7, x) * 46)
    )
    surface = coloured(leather, 1 + 0.06 * fractal(rng, size, 40, 3))
    prints = []
    for decal in decals:
        coverage = decal.on(x, y)
        relief = relief * (1 - coverage * 0.7)
        relief = relief - blur(coverage, 1.3) * 3.2
        surface = mixed(surface, lit(decal.colour), coverage * decal.strength)
        prints.append(Print(decal.mark.title, coverage))
    surface = mixed(surface, lit("#e4d6b4"), stitch)
    shade = canvas.light.on_relief(relief + stitch * 2)
    sheen = canvas.light.glint(*normals(relief), sharpness=16) * 0.12
    canvas.cast(mask, Shadow(lift=unit * 0.06, softness=unit * 0.05, depth=0.65))
    canvas.lay(mask, surface * shade[..., None] + sheen[..., None], tuple(prints))
    _split_ring(canvas, x, y, unit)


def _split_ring(canvas: Canvas, x: Field, y: Field, unit: float) -> None:
    for radius in (0.42, 0.385):
        away = np.hypot(x + 0.08, y + 1.17) - radius
        tube = np.abs(away) - 0.026
        # The ring passes behind the leather below the hole.
        behind = (y > -0.74) & (np.abs(x) < 0.5)
        mask = covered(tube, 1.2 / unit) * ~behind
        relief = np.sqrt(np.clip(1 - (tube / 0.026 + 1) ** 2, 0.01, 1)) * (unit * 0.026)
        right, down, _ = normals(relief)
        canvas.cast(mask, Shadow(lift=unit * 0.04, softness=unit * 0.03, depth=0.5))
        canvas.lay(mask, coloured("#c4c7cb", mirrored_room(right, down)))


def carton(
    canvas: Canvas,
    corners: Sequence[Corner],
    colour: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
) -> None:
    """Stand a lidded carton given by seven corners on the photo, in pixels.

    They are those of the top, from the far left one clockwise (4), then the lower ones of the left
    edge, the front edge and the right edge (3). Marks go on the left face.
    """
    far_left, far, right, front, low_left, low_front, low_right = corners
    ground = filled(canvas.size, np.asarray([low_left, low_front, low_right, far]))
    canvas.cast(ground, Shadow(lift=26, softness=26, depth=0.7))
    _side(canvas, (front, right, low_right, low_front), colour, 0.62, rng, ())
    _side(canvas, (far_left, front, low_front, low_left), colour, 0.9, rng, decals)
    _side(canvas, (far_left, far, right, front), colour, 1.08, rng, (), lid=False)


def _side(
    canvas: Canvas,
    corners: Sequence[Corner],
    colour: str,
    brightness: float,
    rng: np.random.Generator,
    decals: tuple[Decal, ...],
    *,
    lid: bool = True,
) -> None:
    size = canvas.size
    x, y = face(corners).good(size)
    mask = filled(size, np.asarray(corners))
    paper = brightness * (1 + 0.02 * noise(rng, size, 1.5, along=8))
    if lid:
        # The lid overlaps the box: a lit edge, and its shadow below.
        below = y + 0.42
        paper = paper * (1 - 0.35 * ramp(-0.005, 0.01, below) * ramp(0.22, 0.0, below))
        paper = paper - 0.07 * ramp(0.6, 1.0, y)
    surface: Lit = coloured(colour, paper.astype(np.float32))
    prints = []
    for decal in decals:
        coverage = decal.on(x * 1.55, y)
        surface = mixed(surface, lit(decal.colour) * brightness, coverage)
        prints.append(Print(decal.mark.title, coverage))
    canvas.lay(mask, surface, tuple(prints))


def hang_tag(canvas: Canvas, view: View, rng: np.random.Generator, *, unit: float = 200) -> None:
    """Lay a blank price tag of brown paper with its string; it spans -0.5 to 0.5 and -1 to 1."""
    size = canvas.size
    x, y = view.good(size)
    corner = np.abs(x) + np.maximum(-y - 0.72, 0) * 1.1
    distance = np.maximum(corner - 0.5, np.abs(y) - 1)
    hole = 0.06 - np.hypot(x, y + 0.8)
    mask = covered(np.maximum(distance, hole), 1.2 / unit)
    fibres = 1 + 0.05 * noise(rng, size, 0.9, along=4, turn=0.4)
    lines = ramp(0.86, 0.94, np.cos((y - 0.1) * 18)) * (np.abs(x) < 0.36) * (y > -0.3)
    surface = mixed(coloured("#c49a66", fibres), lit("#6d5233"), lines * 0.55)
    string = curve([(0.0, -0.8), (-0.06, -1.15), (0.1, -1.6), (0.02, -2.3)], closed=False)
    thread = stroked(size, [view.pixels(string)], unit * 0.03)
    canvas.cast(mask, Shadow(lift=unit * 0.09, softness=unit * 0.06, depth=0.6))
    canvas.lay(mask, surface)
    canvas.cast(thread, Shadow(lift=unit * 0.04, softness=unit * 0.02, depth=0.5))
    canvas.lay(thread, coloured("#efe6d2", canvas.light.on_relief(blur(thread, 1.2) * 3)))

"""Goods of cloth: a T-shirt, a cap, a tote bag, a cushion.

Each is an outline, a relief of folds and seams, and a dye; light on the relief shades the dye and
whatever is printed into it, and the folds push the print about. The functions lay the good on
a canvas and return nothing else; which good shows whose mark is decided in `listings.py`.
"""

import numpy as np

from app.demo.canvas import Canvas, Decal, Lit, Print, Shadow, coloured, lit, mixed
from app.demo.fields import Field, Size, blur, fractal, noise, ramp
from app.demo.outlines import (
    View,
    covered,
    curve,
    dashed,
    filled,
    mirrored,
    rounded_box,
    stroked,
)
from app.demo.patterns import Dye


def folds(rng: np.random.Generator, size: Size, scale: float, depth: float) -> Field:
    """Return the relief of soft waves and a few sharper creases, in pixels."""
    soft = np.zeros(size, np.float32)
    for turn, part in ((0.5, 1.0), (1.9, 0.8), (2.7, 0.6)):
        soft += noise(rng, size, scale * 0.16, along=scale * 0.5, turn=turn) * part
    ridge = noise(rng, size, scale * 0.1, along=scale * 0.42, turn=1.15)
    where = ramp(0.2, 1.6, noise(rng, size, scale * 0.3))
    crease = np.exp(-((ridge * 2.6) ** 2)) * where
    relief: Field = depth * (soft + 1.1 * crease)
    return relief


def knit(rng: np.random.Generator, size: Size) -> Field:
    """Return the fine brightness of knitted cotton around 1.0."""
    return 1 + 0.035 * noise(rng, size, 0.8, along=3.5, turn=1.57)


def printed(
    dyed: Lit, decals: tuple[Decal, ...], x: Field, y: Field, relief: Field, unit: float
) -> tuple[Lit, tuple[Print, ...]]:
    """Print marks into a dyed cloth; folds move them by up to a few pixels.

    `unit` is a unit of the good in pixels, about.
    """
    push_y, push_x = np.gradient(blur(relief, 3))
    prints = []
    for decal in decals:
        coverage = decal.on(x + push_x * (3 / unit), y + push_y * (3 / unit))
        dyed = mixed(dyed, lit(decal.colour), coverage * decal.strength)
        prints.append(Print(decal.mark.title, coverage))
    return dyed, tuple(prints)


_TEE_HALF = (
    (0.0, -0.64), (0.12, -0.665), (0.21, -0.735), (0.26, -0.86), (0.26, -0.86), (0.5, -0.765),
    (0.66, -0.66), (1.0, -0.2), (1.0, -0.2), (0.745, 0.0), (0.745, 0.0), (0.6, -0.22),
    (0.6, -0.22), (0.585, 0.1), (0.59, 0.45), (0.605, 0.82), (0.605, 0.82), (0.3, 0.855),
    (0.0, 0.86),
)  # fmt: skip
_NECK = ((-0.26, -0.86), (-0.21, -0.735), (-0.12, -0.665), (0.0, -0.64),
         (0.12, -0.665), (0.21, -0.735), (0.26, -0.86))  # fmt: skip
_RIB = ((-0.315, -0.84), (-0.26, -0.705), (-0.15, -0.61), (0.0, -0.58),
        (0.15, -0.61), (0.26, -0.705), (0.315, -0.84))  # fmt: skip
_BACK = ((-0.25, -0.85), (-0.25, -0.85), (0.0, -0.82), (0.25, -0.85), (0.25, -0.85), (0.22, -0.6),
         (0.0, -0.55), (-0.22, -0.6))  # fmt: skip


def tee(
    canvas: Canvas,
    view: View,
    dye: Dye,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Lay a T-shirt flat, its front up. It spans -1 to 1 in both directions."""
    size = canvas.size
    x, y = view.good(size)
    inside = filled(size, view.pixels(curve(_BACK)))
    canvas.cast(inside, Shadow(lift=8))
    # The inner back of the collar lies in the shade of the front.
    canvas.lay(inside, dye(x, y) * 0.45)
    mask = filled(size, view.pixels(curve(mirrored(_TEE_HALF))))
    relief = folds(rng, size, unit * 0.75, unit * 0.026) + _tee_seams(size, view, unit)
    relief += blur(mask, unit * 0.012) * (unit * 0.02) + _pulled(rng, size, view, unit)
    dyed, prints = printed(dye(x, y), decals, x, y, relief, unit)
    shade = canvas.light.on_relief(relief) * knit(rng, size)
    canvas.cast(mask, Shadow(lift=unit * 0.03, softness=unit * 0.025))
    canvas.lay(mask, dyed * shade[..., None], prints)


def _pulled(rng: np.random.Generator, size: Size, view: View, unit: float) -> Field:
    """Return the relief of the folds that run from the armpits and up from the hem."""
    thick, thin = [], []
    for side in (-1, 1):
        for line in (
            [(0.6, -0.24), (0.44, -0.12), (0.3, 0.06), (0.2, 0.26)],
            [(0.6, -0.2), (0.52, 0.0), (0.46, 0.2), (0.43, 0.42)],
            [(0.58, -0.3), (0.68, -0.35), (0.78, -0.38), (0.9, -0.38)],
            [(0.38, 0.86), (0.34, 0.7), (0.35, 0.55), (0.4, 0.4)],
        ):
            moved = np.asarray(line) + rng.normal(0, 0.035, (4, 2)) * [[0], [1], [1], [1]]
            drawn = view.pixels(curve([(side * x, y) for x, y in moved], closed=False))
            thick.append(drawn[: len(drawn) // 2])
            thin.append(drawn)
    # A fold is deepest where it starts and runs out.
    deep = blur(stroked(size, thick, unit * 0.05), unit * 0.028)
    flat = blur(stroked(size, thin, unit * 0.03), unit * 0.03)
    return (deep * 0.6 + flat * 0.9) * (unit * 0.055)


def _tee_seams(size: Size, view: View, unit: float) -> Field:
    """Return the relief of collar, sleeve seams and hems."""
    rib = curve(_RIB, closed=False)
    seams, stitches = [rib], []
    for side in (-1, 1):
        seams.append(curve([(side * 0.51, -0.76), (side * 0.53, -0.5), (side * 0.6, -0.22)],
                           closed=False))  # fmt: skip
        stitches += dashed(
            np.asarray([[side * 0.965, -0.225], [side * 0.725, -0.035]]), 0.016, 0.008
        )
    for rise in (0.79, 0.806):
        hem = curve([(-0.6, rise), (0.0, rise + 0.038), (0.6, rise)], closed=False)
        stitches += dashed(hem, 0.016, 0.008)
    dent = stroked(size, [view.pixels(line) for line in seams], unit * 0.008)
    thread = stroked(size, [view.pixels(line) for line in stitches], unit * 0.005)
    band = filled(size, view.pixels(np.vstack([curve(_NECK, closed=False), rib[::-1]])))
    x, _ = view.good(size)
    ribbing = np.sin(x * 170) * band * 0.5
    return blur(band, 2.5) * 3 - blur(dent, 1.2) * 5 - blur(thread, 0.8) * 2 + ribbing


_DOME = (
    (-0.7, 0.3), (-0.7, 0.3), (-0.77, 0.12), (-0.77, -0.18), (-0.64, -0.52), (-0.36, -0.74),
    (0.0, -0.82), (0.36, -0.74), (0.64, -0.52), (0.77, -0.18), (0.77, 0.12), (0.7, 0.3),
    (0.7, 0.3), (0.4, 0.36), (0.0, 0.38), (-0.4, 0.36),
)  # fmt: skip
_BRIM = (
    (-0.73, 0.25), (-0.73, 0.25), (-0.6, 0.13), (-0.34, 0.04), (0.0, 0.01), (0.34, 0.04),
    (0.6, 0.13), (0.73, 0.25), (0.73, 0.25), (0.79, 0.42), (0.68, 0.475), (0.36, 0.49),
    (0.0, 0.495), (-0.36, 0.49), (-0.68, 0.475), (-0.79, 0.42),
)  # fmt: skip


def cap(
    canvas: Canvas,
    view: View,
    colour: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Lay a baseball cap facing the camera, marks embroidered on its front panel."""
    size = canvas.size
    x, y = view.good(size)
    dome = filled(size, view.pixels(curve(_DOME)))
    # An ellipsoid stands in for the head that shapes the cap.
    bulge = np.sqrt(np.clip(1.06 - (x / 0.86) ** 2 - ((y - 0.16) / 1.02) ** 2, 0.02, 1))
    relief = bulge * (unit * 0.55) + _cap_seams(size, view, unit)
    relief += noise(rng, size, unit * 0.05) * (unit * 0.003)
    # A flat print on a round front is seen from the side towards its edges.
    round_x = np.arcsin(np.clip(x / 0.9, -1, 1)) * 0.9
    threads = np.sin((x + y) * (unit * 1.6)) * 0.16 + 0.95
    surface = coloured(colour, knit(rng, size))
    prints = []
    for decal in decals:
        coverage = decal.on(round_x, y)
        relief = relief + blur(coverage, 1.4) * 3
        surface = mixed(surface, coloured(decal.colour, threads), coverage)
        prints.append(Print(decal.mark.title, coverage))
    canvas.cast(dome, Shadow(lift=unit * 0.1, softness=unit * 0.09))
    canvas.lay(dome, surface * canvas.light.on_relief(relief)[..., None], tuple(prints))
    _brim(canvas, view, colour, rng, unit)


def _cap_seams(size: Size, view: View, unit: float) -> Field:
    seams = [curve([(0, -0.81), (0, -0.3), (0, 0.1)], closed=False)]
    eyelets = []
    for side in (-1, 1):
        seams.append(curve([(0, -0.8), (side * 0.34, -0.5), (side * 0.5, 0.22)], closed=False))
        angles = np.linspace(0, 6.3, 20)
        ring = np.column_stack([np.cos(angles), np.sin(angles)]) * 0.02
        eyelets += [
            ring + np.asarray(place) for place in ((side * 0.2, -0.56), (side * 0.56, -0.34))
        ]
    dent = stroked(size, [view.pixels(line) for line in seams], unit * 0.008)
    raised = stroked(size, [view.pixels(ring) for ring in eyelets], unit * 0.012)
    aside = [np.asarray([step, 0.0]) for step in (-0.018, 0.018)]
    double = [view.pixels(line + step) for line in seams for step in aside]
    stitched = stroked(size, [part for line in double for part in dashed(line, 6, 4)], 1.4)
    return blur(raised, 1.2) * 5 - blur(dent, 1.5) * 7 - blur(stitched, 0.7) * 1.6


def _brim(canvas: Canvas, view: View, colour: str, rng: np.random.Generator, unit: float) -> None:
    size = canvas.size
    x, y = view.good(size)
    mask = filled(size, view.pixels(curve(_BRIM)))
    arcs = []
    for step in np.linspace(0.1, 0.9, 6):
        arc = [(-0.7 - 0.05 * step, 0.27 + 0.13 * step), (-0.36, 0.04 + 0.45 * step),
               (0, 0.01 + 0.485 * step), (0.36, 0.04 + 0.45 * step),
               (0.7 + 0.05 * step, 0.27 + 0.13 * step)]  # fmt: skip
        arcs += dashed(view.pixels(curve(arc, closed=False)), 7, 4)
    stitched = blur(stroked(size, arcs, 1.5), 0.8)
    # The brim runs towards the camera, droops at its sides and turns down at its edge.
    reach = (y + 0.05) / 0.52
    arch = np.sqrt(np.clip(1.05 - (x / 0.84) ** 2, 0.02, 1)) * unit * 0.34
    relief = (arch + unit * (0.3 * reach - 0.24 * reach**3)).astype(np.float32) - stitched * 3
    relief += blur(mask, 4) * 8
    shade = canvas.light.on_relief(relief) * knit(rng, size)
    canvas.cast(mask, Shadow(lift=-unit * 0.04, softness=unit * 0.035, depth=0.55))
    canvas.cast(mask, Shadow(lift=unit * 0.08, softness=unit * 0.07, depth=0.5))
    canvas.lay(mask, coloured(colour, shade))


def tote(
    canvas: Canvas,
    view: View,
    dye: Dye,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Hang up a cotton bag by its handles. The bag spans -0.75 to 0.75 and -0.55 to 1."""
    size = canvas.size
    x, y = view.good(size)
    for drop, brightness in ((-0.03, 0.62), (0.0, 1.0)):
        _handle(canvas, view, dye, drop, brightness, unit)
    body = ((-0.72, -0.52), (-0.72, -0.52), (0.0, -0.5), (0.72, -0.52), (0.72, -0.52),
            (0.745, 0.3), (0.735, 0.985), (0.735, 0.985), (0.0, 1.0), (-0.735, 0.985),
            (-0.735, 0.985), (-0.745, 0.3))  # fmt: skip
    mask = filled(size, view.pixels(curve(body)))
    hang = noise(rng, size, unit * 0.09, along=unit * 0.7, turn=1.5) * (unit * 0.02)
    relief = folds(rng, size, unit, unit * 0.011) + hang * ramp(1.0, -0.6, y)
    hem = dashed(view.pixels(np.asarray([[-0.72, -0.42], [0.72, -0.42]])), 6, 4)
    relief += blur(mask, 7) * 9 - blur(stroked(size, hem, 1.6), 0.8) * 2.4
    weave = 1 + 0.05 * (noise(rng, size, 0.7, along=8) + noise(rng, size, 0.7, along=8, turn=1.571))
    dyed, prints = printed(dye(x, y), decals, x, y, relief, unit)
    shade = canvas.light.on_relief(relief) * weave
    canvas.cast(mask, Shadow(lift=unit * 0.06, softness=unit * 0.05))
    canvas.lay(mask, dyed * shade[..., None], prints)


def _handle(
    canvas: Canvas, view: View, dye: Dye, drop: float, brightness: float, unit: float
) -> None:
    x, y = view.good(canvas.size)
    loop = curve(
        [(-0.3, -0.4), (-0.3, -0.62), (-0.22, -0.9 + drop), (-0.07, -1.08 + drop),
         (0.07, -1.08 + drop), (0.22, -0.9 + drop), (0.3, -0.62), (0.3, -0.4)],
        closed=False,
    )  # fmt: skip
    strap = stroked(canvas.size, [view.pixels(loop)], unit * 0.085)
    relief = blur(strap, 4) * 9
    lit_up = canvas.light.on_relief(relief) * brightness
    canvas.cast(strap, Shadow(lift=unit * 0.05, softness=unit * 0.03, depth=0.45))
    canvas.lay(strap, dye(x, y) * lit_up[..., None])


def cushion(
    canvas: Canvas, view: View, dye: Dye, rng: np.random.Generator, *, unit: float = 400
) -> None:
    """Lay a filled square cushion with piping around its edge."""
    size = canvas.size
    x, y = view.good(size)
    # Corners stand out and sides draw in, as stuffing makes them.
    drawn_in = 0.09 * (1 - np.abs(x * y))
    distance = rounded_box(x, y, (0.95, 0.95), 0.12) + drawn_in.astype(np.float32)
    mask = covered(distance, 1.5 / unit)
    depth = np.clip(-distance, 0, 1)
    puff = np.clip(1 - (x / 0.97) ** 2, 0, 1) * np.clip(1 - (y / 0.97) ** 2, 0, 1)
    pucker = noise(rng, size, unit * 0.02, along=unit * 0.12, turn=0.8) * ramp(0.35, 0.02, depth)
    relief = np.sqrt(puff) * (unit * 0.5) + pucker * 2.5
    relief += folds(rng, size, unit, unit * 0.006)
    piping = np.exp(-(((depth - 0.03) / 0.018) ** 2)) * 7
    shade = canvas.light.on_relief(relief + piping) * (1 + 0.05 * fractal(rng, size, 1.6, 2))
    canvas.cast(mask, Shadow(lift=unit * 0.13, softness=unit * 0.1, depth=0.6))
    canvas.lay(mask, dye(x, y) * shade[..., None])
